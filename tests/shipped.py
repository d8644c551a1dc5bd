"""The shipped cases: all of them, and the few that stand for the rest where a test is slow."""

from __future__ import annotations

import pytest

from answerable import rooms

CASES = sorted((rooms.room("data") / "cases").glob("*.yaml"))
CORE = [path for path in CASES if path.stem in ("loan-refusal", "moffatt-v-air-canada", "schufa")]
REST = [path for path in CASES if path not in CORE]
MOSTLY_EXHAUSTIVE = [*CORE, *(pytest.param(path, marks=pytest.mark.exhaustive) for path in REST)]
"""The core in every run, the rest where all is asked for (`make agreement`)."""


def name(value: object) -> str | None:
    """The id of a parameter: the stem of a path."""
    return getattr(value, "stem", None)
