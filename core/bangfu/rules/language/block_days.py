"""Days of a block (成批的日期): columns of ordinals moved, and the completed years between two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast

import numpy as np

from bangfu.rules.language.blocks import Marks, NumberColumn, TooLargeError, Whole, either_mark, numbers
from bangfu.rules.language.days import Unit

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()
_FROM, _TO = date(1800, 1, 1).toordinal(), date(2200, 1, 1).toordinal()
"""The days of which tables are made: what holds for each of them is worked out once, and looked up for millions."""
_DAYS = np.arange(_FROM, _TO)
_FEW = 64


def moved(day: NumberColumn, by: NumberColumn, unit: Unit) -> NumberColumn:
    """Return days moved: the later they are or the more they are moved, the later.

    Raises:
        TooLargeError: by a part of a month, or by more than a calendar has; row by row it is told.
    """
    if not isinstance(by.over, int) or by.over != 1 or by.most > _LAST:
        raise TooLargeError
    if not by.exact:
        return _moved(day, by, unit)
    if np.ndim(by.low) == 0:
        return _looked_up(day, lambda: _moved_by(int(by.low), unit)) or _moved(day, by, unit)
    return _moved_by_few(day, by, unit) or _moved(day, by, unit)


def _moved_by_few(day: NumberColumn, by: NumberColumn, unit: Unit) -> NumberColumn | None:
    """Return days moved by one of a few numbers, such as two ages of retirement; None where there are many."""
    if not by.low.size or int(by.low.max() - by.low.min()) > _FEW:
        return None
    least = int(by.low.min())
    result: NumberColumn | None = None
    for more in np.flatnonzero(np.bincount(by.low - least)):
        number = least + int(more)
        made = _looked_up(day, partial(_moved_by, number, unit))
        if made is None:
            return None
        result = made if result is None else _where(by.low == number, made, result)
    return result


def _where(marks: Marks, one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return one day where marked, else the other; both are known within bounds in the same rows."""
    low = np.where(marks, one.low, other.low)
    high = low if one.high is one.low else np.where(marks, one.high, other.high)
    return NumberColumn(low, high, open_low=one.open_low, open_high=one.open_high, most=_LAST)


def _moved(day: NumberColumn, by: NumberColumn, unit: Unit) -> NumberColumn:
    low, beyond_low = _later(day.low, by.low, unit)
    exact = day.exact and by.exact
    high, beyond_high = (low, beyond_low) if exact else _later(day.high, by.high, unit)
    return numbers(
        low,
        high,
        open_low=either_mark(either_mark(day.open_low, by.open_low), beyond_low),
        open_high=either_mark(either_mark(day.open_high, by.open_high), beyond_high),
    )


@lru_cache(maxsize=64)
def _moved_by(by: int, unit: Unit) -> Whole | None:
    """Return every day of the tables moved; None where one leaves the calendar."""
    made, beyond = _later(_DAYS, np.int64(by), unit)  # type: ignore[arg-type]
    return made if beyond is None else None


def _looked_up(day: NumberColumn, table_of: Callable[[], Whole | None]) -> NumberColumn | None:
    """Return what a table has for days, the later the later; None where one lies beyond it, or there is none."""
    low = _taken(day.low, day.open_low, table_of)
    high = low if day.high is day.low and day.open_high is day.open_low else _taken(day.high, day.open_high, table_of)
    if low is None or high is None:
        return None
    return NumberColumn(low, high, open_low=day.open_low, open_high=day.open_high, most=_LAST)


def _taken(days: Whole, unbounded: Marks | None, table_of: Callable[[], Whole | None]) -> Whole | None:
    at = days - _FROM
    if unbounded is not None:
        at = np.where(unbounded, 0, at)
    if not np.size(at) or int(np.min(at)) < 0 or int(np.max(at)) >= len(_DAYS):
        return None
    table = table_of()
    return None if table is None else table[at]


def coming(since: NumberColumn, month: int, day: int) -> NumberColumn:
    """Return the first day with a date from each day on."""
    low = _coming(since.low, month, day)
    return numbers(
        low,
        low if since.high is since.low else _coming(since.high, month, day),
        open_low=since.open_low,
        open_high=since.open_high,
    )


def _coming(since: Whole, month: int, day: int) -> Whole:
    years = _dates(since).astype("datetime64[Y]")
    this, following = (_in_year(year, month, day) for year in (years, years + 1))
    return np.where(this >= since, this, following)


def _in_year(year: Any, month: int, day: int) -> Whole:
    made = year.astype("datetime64[M]") + (month - 1)
    return cast("Whole", made.astype("datetime64[D]").astype(np.int64) + _EPOCH + day - 1)


def age(since: NumberColumn, on: NumberColumn) -> NumberColumn:
    """Return completed years between two days."""
    if on.exact and np.ndim(on.low) == 0:
        on_day = int(on.low)
        made = _looked_up(since, lambda: _ages_on(on_day))
        if made is not None:  # the later since when, the fewer
            return NumberColumn(made.high, made.low, open_low=made.open_high, open_high=made.open_low, most=_LAST)
    return _ages(since, on)


@lru_cache(maxsize=64)
def _ages_on(on: int) -> Whole:
    """Return how many years are completed on a day since every day of the tables."""
    return _completed(_DAYS, np.int64(on))  # type: ignore[arg-type]


def _ages(since: NumberColumn, on: NumberColumn) -> NumberColumn:
    low = _completed(since.high, on.low)
    exact = since.exact and on.exact
    return numbers(
        low,
        low if exact else _completed(since.low, on.high),
        open_low=either_mark(since.open_high, on.open_low),
        open_high=either_mark(since.open_low, on.open_high),
    )


def _later(day: Whole, by: Whole, unit: Unit) -> tuple[Whole, Marks | None]:
    """Return days moved, and which were moved out of the calendar."""
    if unit is Unit.DAYS:
        made = day + by
    else:
        days = _dates(day)
        months = days.astype("datetime64[M]")
        in_month = days - months.astype("datetime64[D]")
        to = months + by * (12 if unit is Unit.YEARS else 1)
        last = (to + 1).astype("datetime64[D]") - 1
        made = np.minimum(to.astype("datetime64[D]") + in_month, last).astype(np.int64) + _EPOCH
    beyond: Marks = (made < _FIRST) | (made > _LAST)
    return (np.where(beyond, 0, made), beyond) if beyond.any() else (made, None)


def _dates(day: Whole) -> Any:
    return (day - _EPOCH).astype("datetime64[D]")


def _completed(since: Whole, on: Whole) -> Whole:
    """Return completed years between two days."""
    (y1, md1), (y2, md2) = _year_and_day(since), _year_and_day(on)
    return cast("Whole", y2 - y1 - (md2 < md1))


def _year_and_day(day: Whole) -> tuple[Whole, Whole]:
    days = _dates(day)
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    month = months.astype(np.int64) - years.astype("datetime64[M]").astype(np.int64)
    in_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    return years.astype(np.int64), month * 32 + in_month
