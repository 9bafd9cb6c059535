"""Where a rule is declared (规则的出处): the file and line of a plugin's code, for whoever has to mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.errors import RuleError

_OURS = str(Path(__file__).resolve().parents[1])
_PARTS = 2


def declared_at() -> str:
    """Return the file and line, outside of bangfu itself, from which this is called; empty where there is none."""
    frame = sys._getframe(1)  # noqa: SLF001 - as ``logging`` finds its caller
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(("<", _OURS)):
            return place(file, frame.f_lineno)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return ""


def place(file: str, line: int | None) -> str:
    """Return a place in a file, by its folder and name alone."""
    return f"{'/'.join(Path(file).parts[-_PARTS:])}:{line or 0}"


@contextmanager
def told_at(at: str) -> Iterator[None]:
    """Add to an error in a rule where the rule is declared."""
    try:
        yield
    except RuleError as error:
        error.at = error.at or at
        raise
