"""Words of a declaration (声明用语): a level, a period, a way of rounding, given as such or as the word for it."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.facts.catalog import near
from bangfu.messages import _

_Word = TypeVar("_Word", bound=StrEnum)


def word_of(words: type[_Word], value: object) -> _Word:
    """Return what is given as one of some words.

    Raises:
        RuleError: it is none of them; says which there are, and the nearest.
    """
    if isinstance(value, str) and value in list(words):
        return words(value)
    raise RuleError(
        _(
            "{value!r} is no {name}, which is one of {list}{near}",
            value=value,
            name=words.__name__,
            list=", ".join(words),
            near=near(str(value), list(words)),
        )
    )


def as_level(value: Level | str) -> Level:
    """Return whom a rule is about."""
    return word_of(Level, value)


def as_period(value: Per | str) -> Per:
    """Return the period of an amount."""
    return word_of(Per, value)
