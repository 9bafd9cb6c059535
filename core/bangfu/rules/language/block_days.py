"""Days of a block (成批的日期): columns of ordinals moved, and the completed years between two."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import numpy as np

from bangfu.rules.language.blocks import Marks, Numbers, TooLargeError, Whole, either_mark, numbers
from bangfu.rules.language.days import Unit

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def moved(day: Numbers, by: Numbers, unit: Unit) -> Numbers:
    """Return days moved: the later they are or the more they are moved, the later.

    Raises:
        TooLargeError: by a part of a month, or by more than a calendar has; row by row it is told.
    """
    if not isinstance(by.over, int) or by.over != 1 or by.most > _LAST:
        raise TooLargeError
    low, beyond_low = _later(day.low, by.low, unit)
    exact = day.exact and by.exact
    high, beyond_high = (low, beyond_low) if exact else _later(day.high, by.high, unit)
    return numbers(
        low,
        high,
        open_low=either_mark(either_mark(day.open_low, by.open_low), beyond_low),
        open_high=either_mark(either_mark(day.open_high, by.open_high), beyond_high),
    )


def coming(since: Numbers, month: int, day: int) -> Numbers:
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


def age(since: Numbers, on: Numbers) -> Numbers:
    """Return completed years between two days."""
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
