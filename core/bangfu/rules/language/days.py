"""Days (日期): moved by years, months or days, and the completed years between two."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum
from functools import lru_cache, partial
from typing import ClassVar

from attrs import frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.expression import Expression
from bangfu.rules.language.kinds import DAY, YEARS, Sort
from bangfu.rules.language.known import Exact, Number, high_of, if_both, low_of, within
from bangfu.rules.language.misuse import must_be, settle, shown

_MONTHS = 12
_NO_LEAP_YEAR = 2001
_MOST_DAYS = 50_000
"""Days that are kept with what was worked out from them: as many as people are born on."""


class Unit(StrEnum):
    """By what a day is moved."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"


def moved(day: Number, by: Number, unit: Unit) -> Number:
    """Return a day moved: the later it is or the more it is moved, the later."""
    move = partial(_moved_exactly, unit)
    return within(if_both(move, low_of(day), low_of(by)), if_both(move, high_of(day), high_of(by)))


@lru_cache(_MOST_DAYS)
def _moved_exactly(unit: Unit, day: Exact, by: Exact) -> int | None:
    if unit is Unit.DAYS:
        moved = int(day + by)
        return moved if date.min.toordinal() <= moved <= date.max.toordinal() else None
    start = date.fromordinal(int(day))
    months = start.year * _MONTHS + start.month - 1 + int(by) * (_MONTHS if unit is Unit.YEARS else 1)
    year, month = divmod(months, _MONTHS)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1])).toordinal()


def coming(since: Number, month: int, day: int) -> Number:
    """Return the first day with a date from another day on: the later that is, the later."""
    return within(_coming(low_of(since), month, day), _coming(high_of(since), month, day))


def _coming(since: Exact | None, month: int, day: int) -> int | None:
    if since is None:
        return None
    first = date.fromordinal(int(since))
    year = first.year + ((month, day) < (first.month, first.day))
    return date(year, month, day).toordinal() if year <= date.max.year else None


def age(since: Number, on: Number) -> Number:
    """Return the completed years between two days."""
    return within(if_both(_completed, high_of(since), low_of(on)), if_both(_completed, low_of(since), high_of(on)))


@lru_cache(_MOST_DAYS)
def _completed(since: Exact, on: Exact) -> int:
    first, last = date.fromordinal(int(since)), date.fromordinal(int(on))
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


@frozen(eq=False)
class Moved(Expression):
    """The day so many years, months or days later, or (below zero) earlier.

    A month that has no such day gives its last (Civil Code art. 202).
    """

    day: Expression
    number: Expression
    unit: Unit
    parts: ClassVar = ("day", "number")
    of_known: ClassVar = staticmethod(moved)

    def __attrs_post_init__(self) -> None:
        must_be(_("a day"), self.day, {Sort.DAY})
        must_be(_("a number"), self.number, {Sort.NUMBER, Sort.YEARS})
        if self.number.kind is not None and not self.number.kind.whole:
            told = _(
                "a day is moved by whole {unit}, and {text} may be a part of one",
                unit=self.unit,
                text=shown(self.number),
            )
            raise RuleError(told)
        settle(self, kind=DAY)


@frozen(eq=False)
class Coming(Expression):
    """The first day with a date (such as 31 March) that is not before another day."""

    since: Expression
    month: int
    day: int
    parts: ClassVar = ("since",)
    of_known: ClassVar = staticmethod(coming)

    def __attrs_post_init__(self) -> None:
        must_be(_("a day"), self.since, {Sort.DAY})
        if not 1 <= self.month <= _MONTHS or not 1 <= self.day <= calendar.monthrange(_NO_LEAP_YEAR, self.month)[1]:
            told = _("no year has a day {day} of month {month}, or not every year has", day=self.day, month=self.month)
            raise RuleError(told)
        settle(self, kind=DAY)


@frozen(eq=False)
class Age(Expression):
    """The completed years between two days."""

    since: Expression
    on: Expression
    parts: ClassVar = ("since", "on")
    of_known: ClassVar = staticmethod(age)

    def __attrs_post_init__(self) -> None:
        must_be(_("a day"), self.since, {Sort.DAY})
        must_be(_("a day"), self.on, {Sort.DAY})
        settle(self, kind=YEARS)
