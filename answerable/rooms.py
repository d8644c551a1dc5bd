"""Where the five rooms of knowledge are: beside the code in a checkout, inside the package when installed."""

from functools import cache
from pathlib import Path

ROOMS = ("ontology", "shapes", "reasoner", "queries", "data")


@cache
def root() -> Path:
    """The folder that holds the rooms."""
    package = Path(__file__).resolve().parent
    installed = package / "_rooms"
    return installed if installed.is_dir() else package.parent


def room(name: str) -> Path:
    """The folder of one room."""
    if name not in ROOMS:
        raise ValueError(f"no room {name!r}; the rooms are {', '.join(ROOMS)}")
    return root() / name


def files(name: str, suffix: str) -> list[Path]:
    """The files of a room that end in `suffix`, at any depth, in a fixed order."""
    return sorted(path for path in room(name).rglob(f"*{suffix}") if path.is_file())
