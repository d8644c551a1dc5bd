"""Where the five rooms of knowledge are: beside the code in a checkout, inside the package when installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.errors import InputError

if TYPE_CHECKING:
    from pyoxigraph import Quad

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


@cache
def turtle(path: Path) -> tuple[Quad, ...]:
    """The statements of a Turtle file, read once a process.

    Raises:
        InputError: naming the file and the place of a syntax error.
    """
    from pyoxigraph import RdfFormat, parse

    try:
        # Files are merged, so the blank nodes of one must not carry the labels of another's.
        return tuple(parse(path=str(path), format=RdfFormat.TURTLE, rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        raise InputError(file=str(path), found=str(error), expected="Turtle") from error
