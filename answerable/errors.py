"""What a user can put right: the file, the place in it, what was found and what was expected."""

from collections.abc import Sequence

_SHOWN = 5


class InputError(Exception):
    """An input that cannot be read; `more` holds the further problems of the same file."""

    def __init__(
        self,
        file: str,
        place: str = "",
        found: str = "",
        expected: str = "",
        hint: str = "",
        more: Sequence["InputError"] = (),
    ) -> None:
        super().__init__(file, place, found, expected, hint)
        self.file = file
        self.place = place
        self.found = found
        self.expected = expected
        self.hint = hint
        self.more = tuple(more)

    def __str__(self) -> str:
        parts = [self._block(), *(problem._block() for problem in self.more[:_SHOWN])]
        if len(self.more) > _SHOWN:
            parts.append(f"and {len(self.more) - _SHOWN} more")
        return "\n".join(parts)

    def _block(self) -> str:
        lines = [":".join(part for part in (self.file, self.place) if part)]
        for label, text in (("found", self.found), ("expected", self.expected), ("hint", self.hint)):
            if text:
                lines.append(f"  {label + ':':<10}{text}")
        return "\n".join(lines)
