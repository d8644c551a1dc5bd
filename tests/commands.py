"""Runs the command line in this process."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest

from answerable.cli import main


def run(*arguments: str, status: int = 0) -> str:
    """What the command prints, to stderr where it ends with status 2."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["answerable", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
    assert code == status, out.getvalue() + err.getvalue()
    return err.getvalue() if status == 2 else out.getvalue()
