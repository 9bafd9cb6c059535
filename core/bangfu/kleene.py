"""Three-valued logic and unknown-keeping arithmetic on Polars expressions.

Polars leaves nulls out of sums and lets a null condition of ``when`` fall through to
``otherwise``. Both would turn *unknown* into *zero* or *false*. The functions here don't:
whatever could still go either way stays null.
"""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = [
    "all_of",
    "any_of",
    "count_of",
    "decide",
    "every_of",
    "largest",
    "not_null",
    "plus",
    "smallest",
    "some_of",
    "total_of",
    "years_before",
]


def all_of(*tests: pl.Expr) -> pl.Expr:
    """Return true where all tests hold, false where one fails, else null; true for no tests."""
    if len(tests) == 1:
        return tests[0]
    return pl.all_horizontal(*tests) if tests else pl.lit(True)


def any_of(*tests: pl.Expr) -> pl.Expr:
    """Return true where one test holds, false where all fail, else null; false for no tests."""
    if len(tests) == 1:
        return tests[0]
    return pl.any_horizontal(*tests) if tests else pl.lit(False)


def decide(*cases: tuple[pl.Expr, Any], otherwise: Any) -> pl.Expr:
    """Return the value of the first case that holds; null once a case before it is unknown."""
    result = otherwise if isinstance(otherwise, pl.Expr) else pl.lit(otherwise)
    for condition, value in reversed(cases):
        chosen = value if isinstance(value, pl.Expr) else pl.lit(value)
        result = pl.when(condition).then(chosen).when(condition.is_not_null()).then(result)
    return result


def plus(*amounts: pl.Expr) -> pl.Expr:
    """Return the sum of the amounts; null where one is."""
    return pl.sum_horizontal(*amounts, ignore_nulls=False)


def largest(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return the larger of two amounts; null where either is."""
    return pl.when(one >= other).then(one).when(one < other).then(other)


def smallest(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return the smaller of two amounts; null where either is."""
    return pl.when(one <= other).then(one).when(one > other).then(other)


def not_null(value: pl.Expr) -> pl.Expr:
    """Return true where the value is known, null where it isn't (never false)."""
    return value == value  # noqa: PLR0124 - null where the value is null, true everywhere else


def years_before(day: pl.Expr, years: int | pl.Expr) -> pl.Expr:
    """Return the day that lies so many years before; null where the day or the number is."""
    number = pl.lit(str(years)) if isinstance(years, int) else years.cast(pl.String)
    return day.dt.offset_by(pl.concat_str(pl.lit("-"), number, pl.lit("y")))


def some_of(test: pl.Expr) -> pl.Expr:
    """Aggregate: return whether the test holds for one member at least."""
    return test.any(ignore_nulls=False)


def every_of(test: pl.Expr) -> pl.Expr:
    """Aggregate: return whether the test holds for every member."""
    return test.all(ignore_nulls=False)


def count_of(test: pl.Expr) -> pl.Expr:
    """Aggregate: return for how many members the test holds; null where it is unknown for one."""
    return pl.when(test.is_not_null().all()).then(test.sum()).cast(pl.Int64)


def total_of(amount: pl.Expr) -> pl.Expr:
    """Aggregate: return the sum over the members; null where it is unknown for one."""
    return pl.when(amount.is_not_null().all()).then(amount.sum())
