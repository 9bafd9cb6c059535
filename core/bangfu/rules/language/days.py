"""Days (日期): moved by years, months or days, and the completed years between two."""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from attrs import frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language import known
from bangfu.rules.language.expression import Expression
from bangfu.rules.language.kinds import DAY, YEARS, Sort
from bangfu.rules.language.known import Number
from bangfu.rules.language.misuse import must_be, set_kind, shown

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
    return known.within(
        _moved_exactly(known.low_of(day), known.low_of(by), unit),
        _moved_exactly(known.high_of(day), known.high_of(by), unit),
    )


@lru_cache(_MOST_DAYS)
def _moved_exactly(day: known.Exact | None, by: known.Exact | None, unit: Unit) -> int | None:
    if day is None or by is None:
        return None
    if unit is Unit.DAYS:
        moved = int(day + by)
        return moved if date.min.toordinal() <= moved <= date.max.toordinal() else None
    start = date.fromordinal(int(day))
    months = start.year * 12 + start.month - 1 + int(by) * (12 if unit is Unit.YEARS else 1)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1])).toordinal()


def coming(since: Number, month: int, day: int) -> Number:
    """Return the first day with a date from another day on: the later that is, the later."""
    low, high = known.low_of(since), known.high_of(since)
    return known.within(_coming(low, month, day), _coming(high, month, day))


def _coming(since: known.Exact | None, month: int, day: int) -> int | None:
    if since is None:
        return None
    first = date.fromordinal(int(since))
    year = first.year + ((month, day) < (first.month, first.day))
    return date(year, month, day).toordinal() if year <= date.max.year else None


def age(since: Number, on: Number) -> Number:
    """Return the completed years between two days."""
    return known.within(
        _completed(known.high_of(since), known.low_of(on)), _completed(known.low_of(since), known.high_of(on))
    )


@lru_cache(_MOST_DAYS)
def _completed(since: known.Exact | None, on: known.Exact | None) -> int | None:
    if since is None or on is None:
        return None
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
            raise RuleError(
                _(
                    "a day is moved by whole {unit}, and {text} may be a part of one",
                    unit=self.unit,
                    text=shown(self.number),
                )
            )
        set_kind(self, DAY)


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
            raise RuleError(
                _("no year has a day {day} of month {month}, or not every year has", day=self.day, month=self.month)
            )
        set_kind(self, DAY)


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
        set_kind(self, YEARS)
