"""Days of a block (成批的日期): columns of ordinals moved, and the completed years between two.

They are looked up in a calendar of a thousand years; where one lies beyond it, ``TooLargeError`` leaves the block to be
worked out row by row.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bangfu.rules.language.blocks import Marks, NumberColumn, TooLargeError, Whole, either_mark
from bangfu.rules.language.days import Unit

_FIRST_YEAR, _YEARS = 1500, 1000
_LAST = date.max.toordinal()
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = np.arange(_YEARS * 12 + 1) + np.datetime64(f"{_FIRST_YEAR}-01", "M")
_BEGINS: Whole = _MONTHS.astype("datetime64[D]").astype(np.int64) + _EPOCH
"""The first day of each month of the calendar, by the month's number."""
_LASTS = (np.diff(_BEGINS) - 1).astype(np.int8)
"""The last day of each month, counted from 0."""
_MONTH_OF = np.repeat(np.arange(_YEARS * 12, dtype=np.int32), np.diff(_BEGINS))
_IN_MONTH = (np.arange(_BEGINS[0], _BEGINS[-1]) - _BEGINS[_MONTH_OF]).astype(np.int8)
"""For each day of the calendar which of its month it is, counted from 0, as ``_MONTH_OF`` says which month."""


def moved(day: NumberColumn, by: NumberColumn, unit: Unit) -> NumberColumn:
    """Return days moved: the later they are or the more they are moved, the later.

    Raises:
        TooLargeError: by a part of a month, or by more than a calendar has; row by row it is told.
    """
    if not isinstance(by.over, int) or by.over != 1 or by.most > _LAST:
        raise TooLargeError
    open_low, open_high = either_mark(day.open_low, by.open_low), either_mark(day.open_high, by.open_high)
    low, open_low = _later(day.low, by.low, unit, open_low)
    if day.exact and by.exact:
        return NumberColumn(low, low, 1, open_low, open_low, _LAST)
    high, open_high = _later(day.high, by.high, unit, open_high)
    return NumberColumn(low, high, 1, open_low, open_high, _LAST)


def _later(day: Whole, by: Whole, unit: Unit, opened: Marks | None) -> tuple[Whole, Marks | None]:
    """Return days moved, and which are open or were moved out of the calendar that Python has."""
    if unit is Unit.DAYS:
        made = day + by
        beyond: Marks = (made < 1) | (made > _LAST)
        return (np.where(beyond, 0, made), either_mark(opened, beyond)) if beyond.any() else (made, opened)
    at = _place(day, opened)
    month = _within(_MONTH_OF[at] + by * (12 if unit is Unit.YEARS else 1), _LASTS)
    return _BEGINS[month] + np.minimum(_IN_MONTH[at], _LASTS[month]), opened


def _place(day: Whole, opened: Marks | None) -> Whole:
    """Return where days stand in the calendar; in its midst those that are open."""
    at = day - _BEGINS[0]
    return _within(at if opened is None else np.where(opened, len(_MONTH_OF) // 2, at), _MONTH_OF)


def _within(places: Whole, table: NDArray[Any]) -> Whole:
    if np.size(places) and not (np.min(places) >= 0 and np.max(places) < len(table)):
        raise TooLargeError
    return places


def coming(since: NumberColumn, month: int, day: int) -> NumberColumn:
    """Return the first day with a date from each day on."""

    def first(days: Whole, opened: Marks | None) -> Whole:
        at = _MONTH_OF[_place(days, opened)]
        this = at - at % 12 + month - 1
        made = _BEGINS[this] + day - 1
        return np.where(made >= days, made, _BEGINS[_within(this + 12, _BEGINS)] + day - 1)

    low = first(since.low, since.open_low)
    high = low if since.exact else first(since.high, since.open_high)
    return NumberColumn(low, high, 1, since.open_low, since.open_high, _LAST)


def age(since: NumberColumn, on: NumberColumn) -> NumberColumn:
    """Return completed years between two days: the later since when, the fewer."""
    open_low, open_high = either_mark(since.open_high, on.open_low), either_mark(since.open_low, on.open_high)
    low = _completed(_place(since.high, since.open_high), _place(on.low, on.open_low))
    if since.exact and on.exact:
        return NumberColumn(low, low, 1, most=_YEARS)
    high = _completed(_place(since.low, since.open_low), _place(on.high, on.open_high))
    return NumberColumn(low, high, 1, open_low, open_high, _YEARS)


def _completed(since: Whole, on: Whole) -> Whole:
    months = _MONTH_OF[on] - _MONTH_OF[since] - (_IN_MONTH[on] < _IN_MONTH[since])
    return (months // 12).astype(np.int64)
