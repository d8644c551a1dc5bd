"""Hugging Face model cards: YAML metadata and Markdown sections, by the headings of the usual template.

What a card says is stated by whoever issued it, and nobody disputes it: the standing `undisputed` of the case. The card
is judged as it stands, so template text is passed on: that it says nothing is for the shapes. What the card is silent
on is unknown. The model is an AI model; whether it is a general-purpose one, a card does not settle. Its headings, the
words that make a developer an organisation, and which section answers which item are `data/imports/model-card.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from answerable.casefile import read_yaml
from answerable.cases import Case
from answerable.errors import InputError
from answerable.importers.source import Found, Ids, Source, slug
from answerable.importers.words import excerpt, settings

MAX_BYTES = 2_000_000
MAX_PASSAGES = 10
MAX_NAMES = 200
MAX_NAME = 200

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_LABEL = re.compile(
    r"[ \t]*(?P<bullet>[-*+][ \t]+)?(?:\*\*|__)(?P<label>[^*_\n]{1,99}?)(?P<end>:?(?:\*\*|__)[ \t]*:?)(?P<rest>.*)$"
)
_BULLET = re.compile(r"[ \t]*([-*+]|\d+[.)])[ \t]")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")
_TEMPLATE_LINE = re.compile(r"[ \t]*\{\{.*\}\}[ \t]*$")
_NAME = re.compile(r"https?://\S+|[\w.-]+(/[\w.-]+)?")


@dataclass
class _Passage:
    """Words under one heading, or behind one label."""

    name: str
    lines: list[tuple[int, str]] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)

    @cached_property
    def found(self) -> Found | None:
        """The words and their line; a comment where there is nothing else; nothing where there is nothing."""
        for lines in (self.lines, self.comments):
            if words := [(number, text) for number, text in lines if text.strip()]:
                first, last = words[0][0], words[-1][0]
                return excerpt("\n".join(t for n, t in lines if first <= n <= last)), f"L{first}"
        return None


@dataclass
class _Card:
    data: dict[str, Any]
    lines: dict[str, int]
    """The line of each key of the metadata."""
    title: str
    passages: dict[str, list[_Passage]]
    """By field, in the order of the file."""

    def all(self, name: str) -> list[Found]:
        words = settings("model-card")["only_with"].get(name)
        found = [passage.found for passage in self.passages.get(name, ())]
        kept = [f for f in found if f and (not words or set(words) & set(re.findall(r"[a-z]+", f[0].lower())))]
        return kept[:MAX_PASSAGES]


def read(source: Source) -> list[Case]:
    """The one case that a model card describes.

    Raises:
        InputError: naming the line; also for a card of a dataset, and for what is no card.
    """
    text = source.text
    if len(text) > MAX_BYTES:
        raise source.wrong("", f"{len(text):,} characters", f"at most {MAX_BYTES:,}: a card is read by people")
    if "\0" in text:
        raise source.wrong(f"{text.count(chr(10), 0, text.index(chr(0))) + 1}:1", "bytes that are no text", "Markdown")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    data, keys, start = _metadata(source, lines)
    title, passages, headings = _sections(lines, start)
    if not data and not headings and not passages:
        raise source.wrong("", "neither metadata nor a heading", "a model card: Markdown with headings")
    card = _Card(data, keys, title, passages)
    known = settings("model-card")["dataset_card"]
    shown = next((key for key in known["keys"] if key in data), "")
    if shown or _normal(title).startswith(known["title"]):
        place = f"L{keys.get(shown, start + 1)}" if shown else ""
        raise source.wrong(place, shown or title[:80], "the card of a model", "this is the card of a dataset")
    return [_case(source, card)]


# -- metadata


def _metadata(source: Source, lines: list[str]) -> tuple[dict[str, Any], dict[str, int], int]:
    """The metadata, the line of each key, and how many lines stand before the text."""
    if lines[0].rstrip() != "---":
        return {}, {}, 0
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise source.wrong("1:1", "metadata that do not end", "a second line ---")
    # As many lines as in the file, so that a mistake is named where it stands.
    front = ["", *("" if _TEMPLATE_LINE.match(line) else line for line in lines[1:end])]
    if all(not line.strip() or line.lstrip().startswith("#") for line in front):
        return {}, {}, end + 1
    expected = "metadata of a card: keys such as license, datasets, base_model"
    try:
        data = read_yaml("\n".join(front), str(source.path))
    except InputError as error:
        raise source.wrong(
            error.place, error.found, expected if " case" in error.expected else error.expected, error.hint
        ) from None
    if not isinstance(data, dict):
        raise source.wrong("2:1", "text", expected)
    keys: dict[str, int] = {}
    for number, line in enumerate(front, 1):
        if match := re.match(r"[\"']?([\w-]+)[\"']?\s*:", line):
            keys.setdefault(match[1], number)
    return data, keys, end + 1


class _Metadata:
    """Fields of the metadata, as words."""

    def __init__(self, source: Source, card: _Card) -> None:
        self.source, self.card = source, card

    def wrong(self, key: str, path: str, found: Any, expected: str) -> InputError:
        line = self.card.lines.get(key, 1)
        shown = "a list" if isinstance(found, list) else "a map" if isinstance(found, dict) else str(found)[:80]
        return self.source.wrong(f"{line}:1 ({path})", shown, expected)

    def names(self, key: str) -> list[str]:
        """One text or a list of texts."""
        value = self.card.data.get(key, [])
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list):
            raise self.wrong(key, key, values, "a text or a list of texts")
        for number, entry in enumerate(values):
            if not isinstance(entry, str):
                raise self.wrong(key, f"{key}[{number}]", entry, "a text")
        if len(values) > MAX_NAMES:
            raise self.wrong(key, key, f"{len(values)} entries", f"at most {MAX_NAMES}")
        return [entry for entry in dict.fromkeys(values) if entry.strip()]

    def text(self, key: str) -> str:
        return ", ".join(self.names(key))

    def found(self, key: str) -> list[Found]:
        words = {
            "license": self._licence,
            "model-index": self._results,
            "co2_eq_emissions.hardware_used": self._hardware,
            "base_model": self._base,
        }.get(key, lambda: self.text(key))()
        return [(excerpt(words), f"L{self.card.lines.get(key.split('.')[0], 1)}")] if words.strip() else []

    def _licence(self) -> str:
        nothing = settings("model-card")["says_nothing"]["license"]
        kept = [name for name in self.names("license") if name.lower() not in nothing]
        return ", ".join((*kept, *self.names("license_name"), *self.names("license_link")))

    def _base(self) -> str:
        how = self.text("base_model_relation")
        return self.text("base_model") + (f" ({how})" if how and self.text("base_model") else "")

    def _hardware(self) -> str:
        value = self.card.data.get("co2_eq_emissions")
        used = value.get("hardware_used", "") if isinstance(value, dict) else ""
        if not isinstance(used, str):
            raise self.wrong("co2_eq_emissions", "co2_eq_emissions.hardware_used", used, "a text")
        return used

    def _results(self) -> str:
        """Each result as task, dataset, metric and value."""
        lines = []
        for at, entry in self._maps("model-index", "model-index", self.card.data.get("model-index", [])):
            for place, result in self._maps("model-index", f"{at}.results", entry.get("results", [])):
                task, data = self._map(place, result, "task"), self._map(place, result, "dataset")
                about = " on ".join(word for word in (self._word(task), self._word(data)) if word)
                for path, metric in self._maps("model-index", f"{place}.metrics", result.get("metrics", [])):
                    value = metric.get("value", "")
                    if isinstance(value, list | dict):
                        value = "several values"
                    if not isinstance(value, str):
                        raise self.wrong("model-index", f"{path}.value", value, "a value")
                    said = f"{self._word(metric)} {value}".strip()
                    lines.append(f"{about}: {said}" if about else said)
        return "\n".join(line for line in lines if line)

    def _maps(self, key: str, path: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if not isinstance(value, list):
            raise self.wrong(key, path, value, "a list of maps")
        for number, entry in enumerate(value):
            if not isinstance(entry, dict):
                raise self.wrong(key, f"{path}[{number}]", entry, "a map of keys and values")
            yield f"{path}[{number}]", entry

    def _map(self, path: str, holder: dict[str, Any], key: str) -> dict[str, Any]:
        value = holder.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong("model-index", f"{path}.{key}", value, "a map of keys and values")
        return value

    @staticmethod
    def _word(entry: dict[str, Any]) -> str:
        return next((entry[key] for key in ("name", "type") if isinstance(entry.get(key), str)), "")


# -- sections


@cache
def _vocabulary(part: str) -> dict[str, list[str]]:
    """The fields that a heading or a label may mean."""
    found: dict[str, list[str]] = {}
    for name, words in settings("model-card")[part].items():
        for word in words:
            found.setdefault(word, []).append(name)
    return found


def _normal(text: str) -> str:
    """A heading or label in small letters: no markup, no brackets, no number before it."""
    text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", _LINK.sub(r"\1", text[:300])).replace("&", " and ")
    return re.sub(r"^(\d+ )+", "", " ".join(re.findall(r"[^\W_]+", text.lower())))


def _sections(lines: list[str], start: int) -> tuple[str, dict[str, list[_Passage]], int]:
    """The title, the passages of each field, and how many headings there are."""
    title, headings = "", 0
    stack: list[tuple[int, str]] = []
    current = _Passage("")
    passages: dict[str, list[_Passage]] = {}
    label: _Passage | None = None
    is_bullet = False

    def begin(name: str) -> _Passage:
        passage = _Passage(name)
        if name:
            passages.setdefault(name, []).append(passage)
        return passage

    def enter(level: int, words: str) -> None:
        nonlocal title, headings, label, current
        headings, label = headings + 1, None
        while stack and stack[-1][0] >= level:
            stack.pop()
        around = stack[-1][1] if stack else ""
        normal = _normal(words)
        inside = [f for f in _vocabulary("subsections").get(normal, ()) if f.split(".")[0] == around.split(".")[0]]
        name = next(iter((*inside, *_vocabulary("sections").get(normal, ()))), "")
        if headings == 1 and not name and (level == 1 or "card" in normal.split()):
            title = words
        stack.append((level, name or around))
        # What stands under a heading that nobody knows belongs to the section around it.
        if name or current.name != around:
            current = begin(name or around)

    for number, line, comment, is_code in _visible(lines, start):
        if comment and not line.strip():
            (label or current).comments.append((number, comment))
        if is_code:
            current.lines.append((number, line))
            continue
        if match := _HEADING.match(line):
            words = (match[2] or "")[:500].strip(" \t#")
            if words:  # a heading without words parts nothing
                enter(len(match[1]), words)
            continue
        if _UNDERLINE.match(line) and current.lines and _is_title(current.lines[-1], number):
            enter(1 if "=" in line else 2, current.lines.pop()[1][:500].strip())
            continue
        match = _LABEL.match(line)
        if match and ":" in match["end"] + match["label"][-1:]:
            names = _vocabulary("labels").get(_normal(match["label"]), ())
            is_bullet = bool(match["bullet"])
            label = None
            if names and (is_bullet or names[0] != current.name):
                label = begin(names[0])
                label.lines.append((number, match["rest"]))
                if is_bullet:
                    continue
        elif not line.strip() or (is_bullet and _BULLET.match(line)):
            label = None
        elif label is not None:
            label.lines.append((number, line))
            if is_bullet:
                continue
        current.lines.append((number, line))
    return title, passages, headings


def _is_title(before: tuple[int, str], number: int) -> bool:
    text = before[1].strip()
    return before[0] == number - 1 and bool(text) and not text.startswith(("|", ">", "<")) and not _BULLET.match(text)


def _visible(lines: list[str], start: int) -> Iterator[tuple[int, str, str, bool]]:
    """Each line with its number: what is shown, what is a comment, and whether it is code."""
    fence = ""
    hidden = False
    for number, line in enumerate(lines[start:], start + 1):
        if fence:
            yield number, line, "", True
            match = _FENCE.match(line)
            if match and match[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if not hidden and (match := _FENCE.match(line)):
            fence = match[1]
            yield number, line, "", True
            continue
        shown: list[str] = []
        comment: list[str] = []
        at = 0
        while at < len(line):
            mark = "-->" if hidden else "<!--"
            end = line.find(mark, at)
            if hidden:
                comment.append(line[at : len(line) if end < 0 else end + 3])
            else:
                shown.append(line[at : len(line) if end < 0 else end])
                comment.append("" if end < 0 else mark)
            if end < 0:
                break
            at, hidden = end + len(mark), not hidden
        yield number, "".join(shown), "".join(comment), False


# -- the case


def _case(source: Source, card: _Card) -> Case:
    metadata = _Metadata(source, card)
    name = _model_name(source, card)
    ids = Ids(source.profiles)
    model = ids.new(name)
    artefact: dict[str, Any] = {"id": model, "type": "AIModel", "name": excerpt(name, 200), "source": source.stated("")}
    artefacts, events = [artefact], []
    for key, kind, link in (("base_model", "AIModel", "derived_from"), ("datasets", "Dataset", "trained_on")):
        stated = source.stated(f"L{card.lines.get(key, 1)}")
        for other in metadata.names(key):
            if len(other) <= MAX_NAME and _NAME.fullmatch(other):  # other words are no name of a model or dataset
                ident = ids.new(other)
                artefacts.append({"id": ident, "type": kind, "name": other, "source": stated})
                artefact.setdefault(link, []).append(ident)
    developer, parties = _developer(source, card, ids)
    if developer or "derived_from" in artefact:
        relation = metadata.text("base_model_relation").lower() if "derived_from" in artefact else ""
        kind = settings("model-card")["relations"].get(relation, "Development")
        place = f"L{card.lines.get('base_model', 1)}" if "derived_from" in artefact else ""
        event = {"id": ids.new(f"{model}-made"), "type": kind, "of": model, "source": source.stated(place)}
        events.append(event | ({"by": developer} if developer else {}))

    def found(key: str) -> Iterable[Found]:
        if key == "details.developed-by":
            return [(_public(text), place) for text, place in card.all(key)]
        return card.all(key) if key.split(".")[0] in _roots() else metadata.found(key)

    dossiers = source.documents(model, developer, found)
    ident = ids.new("model-card")
    itself = {"id": ident, "type": "ModelCard", "of": model, "source": source.stated("")}
    documents = [itself | ({"by": developer} if developer else {}), *dossiers]
    return source.case(
        {
            "id": slug(f"card {name}"),
            "title": f"Model card: {excerpt(name, 200)}",
            "parties": parties,
            "artefacts": artefacts,
            "events": events,
            "documents": documents,
        }
    )


@cache
def _roots() -> frozenset[str]:
    """What the names of sections begin with."""
    parts = ("sections", "subsections", "labels")
    return frozenset(name.split(".")[0] for part in parts for name in settings("model-card")[part])


def _model_name(source: Source, card: _Card) -> str:
    title = re.sub(r"(?i)^\s*model card\s*(for|of|:|-)?\s*|\s*[-:]?\s*model card\s*$", "", card.title).strip(" *_`#")
    if title and "{{" not in title:
        return title
    index = card.data.get("model-index")
    first = index[0] if isinstance(index, list) and index else {}
    named = first.get("name") if isinstance(first, dict) else None
    return named if isinstance(named, str) and named.strip() else source.path.stem or "model"


def _developer(source: Source, card: _Card, ids: Ids) -> tuple[str | None, list[dict[str, Any]]]:
    """Who developed the model: named only where its words show an organisation."""
    for text, place in card.all("details.developed-by"):
        words = _LINK.sub(r"\1", text).strip(" *_`.")
        if not words or _holds_place(words):
            continue
        if _is_organisation(words):
            ident = ids.new(words)
            return ident, [{"id": ident, "type": "Organisation", "name": words, "source": source.stated(place)}]
        ident = ids.new("developer")
        return ident, [{"id": ident, "type": "Party", "name": "Developer", "source": source.stated(place)}]
    return None, []


def _public(text: str) -> str:
    words = _LINK.sub(r"\1", text).strip(" *_`.")
    if not words or _holds_place(words) or _is_organisation(words):
        return text
    return "The card names the developer; a name that may be that of a person is not taken over."


def _holds_place(words: str) -> bool:
    return words.startswith(("[", "{", "<"))


def _is_organisation(words: str) -> bool:
    """Whether it is one name, and one of its words is a word for organisations."""
    known = settings("model-card")["organisation_words"]
    small = {word.lower() for word in known if len(word) > 3}

    def shows(text: str) -> list[bool]:
        return [part in known or part.lower() in small for part in re.findall(r"[^\W_]+", text)]

    names = [shown for part in re.split(r"[,;/&()\n]| and ", words) if (shown := shows(part)) and not all(shown)]
    return len(names) == 1 and any(shows(words)) and len(words) <= 120
