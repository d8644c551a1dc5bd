"""Files that can be made again, kept for the next time."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

KEPT = 4
"""Versions of a file: several checkouts may take turns."""


def cache_file(name: str) -> Path:
    """Where such a file is kept."""
    base = os.environ.get("ANSWERABLE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    folder = Path(base) if base else Path.home() / ".cache"
    return folder / "answerable" / name


def write_cache(path: Path, content: bytes) -> None:
    """Keep a file, whole or not at all."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_bytes(content)
        temporary.replace(path)


def forget_older(newest: Path, pattern: str) -> None:
    """Leave the last few versions of a file."""
    with suppress(OSError):
        for old in sorted(newest.parent.glob(pattern), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)


def digest(files: Iterable[Path]) -> str:
    """A name for the state of files, under this version of Python."""
    found = hashlib.sha256(sys.version.encode())
    for path in files:
        found.update(f"{path.name}\0".encode())
        found.update(path.read_bytes())
    return found.hexdigest()[:24]
