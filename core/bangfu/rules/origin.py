"""What declared rules have in common: their words (声明用语), and where they stand (规则的出处), for who mends them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TypeVar

from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.facts.catalog import near
from bangfu.messages import _

_OURS = str(Path(__file__).resolve().parents[1])
_PARTS = 2


def declared_at() -> str:
    """Return the file and line, outside of bangfu itself, from which this is called; empty where there is none."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as ``logging`` finds its caller
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(("<", _OURS)):
            return place(file, frame.f_lineno)
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


_Word = TypeVar("_Word", bound=StrEnum)


def _word_of(words: type[_Word], value: object) -> _Word:
    """Return what is given as one of some words; an error says which there are, and the nearest."""
    if isinstance(value, str) and value in list(words):
        return words(value)
    told = _(
        "{value!r} is no {name}, which is one of {list}{near}",
        value=value,
        name=words.__name__,
        list=", ".join(words),
        near=near(str(value), list(words)),
    )
    raise RuleError(told)


class DeclaredWord(StrEnum):
    """A word of a declaration, given as such or as its text."""

    @classmethod
    def _missing_(cls, value: object) -> DeclaredWord:
        return _word_of(cls, value)


def as_level(value: Level | str) -> Level:
    """Return whom a rule is about."""
    return _word_of(Level, value)


def as_period(value: Per | str) -> Per:
    """Return the period of an amount."""
    return _word_of(Per, value)
