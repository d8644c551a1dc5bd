"""Compares the public sets with our answers and writes docs/public-benchmarks.md."""

from __future__ import annotations

import sys

from .adapters import ROOT
from .comparison import FOLDERS, is_there
from .report import PAGE, whole


def main() -> int:
    missing = [name for name in FOLDERS if not is_there(name)]
    if missing:
        print(f"not on this machine: {', '.join(missing)}", file=sys.stderr)
        return 1
    text = whole()
    (ROOT / "docs" / PAGE).write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
