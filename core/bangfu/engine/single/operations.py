"""What each operation of an expression does to single values, as Polars does it to columns.

A value is a bool, int, Decimal, str, date or None (unknown). The functions here take readers, functions
from a row to a value, and return a reader. ``row`` stands for whatever the readers are given.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import polars as pl

Reader = Callable[[Any], Any]

EXACT = Context(prec=76, rounding=ROUND_HALF_EVEN)
"""Wide enough for the product of two columns of 38 digits; ties go to even, as in Polars' decimals."""


def constant(value: Any) -> Reader:
    """Return the reader of a literal."""
    return lambda _row: value


def both(left: Reader, right: Reader) -> Reader:
    """Return ``left & right``: false where one is false, unknown where one is unknown, else true."""
    return every((left, right))


def either(left: Reader, right: Reader) -> Reader:
    """Return ``left | right``: true where one is true, unknown where one is unknown, else false."""
    return some((left, right))


def every(parts: Sequence[Reader]) -> Reader:
    """Return whether all parts hold (Kleene)."""

    def read(row: Any) -> bool | None:
        known: bool | None = True
        for part in parts:
            value = part(row)
            if value is None:
                known = None
            elif not value:
                return False
        return known

    return read


def some(parts: Sequence[Reader]) -> Reader:
    """Return whether one of the parts holds (Kleene)."""

    def read(row: Any) -> bool | None:
        known: bool | None = False
        for part in parts:
            value = part(row)
            if value is None:
                known = None
            elif value:
                return True
        return known

    return read


def opposite(part: Reader) -> Reader:
    """Return ``~part``."""

    def read(row: Any) -> bool | None:
        value = part(row)
        return None if value is None else not value

    return read


def absent(part: Reader) -> Reader:
    """Return whether a value is unknown."""
    return lambda row: part(row) is None


def present(part: Reader) -> Reader:
    """Return whether a value is known."""
    return lambda row: part(row) is not None


def binary(operation: Callable[[Any, Any], Any], left: Reader, right: Reader) -> Reader:
    """Return an operation on two known values; null where one is not."""

    def read(row: Any) -> Any:
        a = left(row)
        if a is None:
            return None
        b = right(row)
        return None if b is None else operation(a, b)

    return read


def with_constant(operation: Callable[[Any, Any], Any], left: Reader, right: Any) -> Reader:
    """Return an operation on a value and a constant; null where the value is."""

    def read(row: Any) -> Any:
        a = left(row)
        return None if a is None else operation(a, right)

    return read


def apply(operation: Callable[[Any], Any], part: Reader) -> Reader:
    """Return an operation on a known value; null where it is not."""

    def read(row: Any) -> Any:
        value = part(row)
        return None if value is None else operation(value)

    return read


def one_of(part: Reader, values: Collection[Any]) -> Reader:
    """Return whether a value is among some constants."""

    def read(row: Any) -> bool | None:
        value = part(row)
        return None if value is None else value in values

    return read


def chosen(condition: Reader, then: Reader, otherwise: Reader) -> Reader:
    """Return ``then`` where the condition holds, else (also where it is unknown) ``otherwise``."""
    return lambda row: then(row) if condition(row) else otherwise(row)


def first_known(parts: Sequence[Reader]) -> Reader:
    """Return the first known value."""

    def read(row: Any) -> Any:
        for part in parts:
            value = part(row)
            if value is not None:
                return value
        return None

    return read


def largest_known(parts: Sequence[Reader]) -> Reader:
    """Return the largest of the known values."""

    def read(row: Any) -> Any:
        values = [value for part in parts if (value := part(row)) is not None]
        return max(values, default=None)

    return read


def added_up(parts: Sequence[Reader]) -> Reader:
    """Return the sum of the values; null where one is unknown."""

    def read(row: Any) -> Any:
        total: Any = 0
        for part in parts:
            value = part(row)
            if value is None:
                return None
            total += value
        return total

    return read


def at_least(part: Reader, bound: Reader) -> Reader:
    """Return the value, or the bound where that is greater; an unknown bound does not bind."""

    def read(row: Any) -> Any:
        value = part(row)
        if value is None:
            return None
        least = bound(row)
        return value if least is None or value >= least else least

    return read


def joined(parts: Sequence[Reader]) -> Reader:
    """Return the texts one after the other; null where one is unknown."""

    def read(row: Any) -> str | None:
        texts = [part(row) for part in parts]
        return None if None in texts else "".join(texts)

    return read


def scaled(scale: int) -> Callable[[Decimal | int], Decimal]:
    """Return the function that gives a number so many decimals, ties to even."""
    step = Decimal(1).scaleb(-scale)

    def fit(value: Decimal | int) -> Decimal:
        # plus() turns a negative zero into zero.
        return EXACT.plus(EXACT.quantize(Decimal(value), step))

    return fit


def rounded(decimals: int, mode: str) -> Callable[[Decimal], Decimal]:
    """Return the function that rounds a number to so many decimals (``mode`` as in ``decimal``)."""
    step = Decimal(1).scaleb(-decimals)

    def fit(value: Decimal) -> Decimal:
        return EXACT.plus(value.quantize(step, mode, EXACT))

    return fit


_OFFSET = re.compile(r"(-?)(\d+)(y|mo)")
_MONTHS = {"y": 12, "mo": 1}


def within(choices: Collection[str]) -> Callable[[str], str]:
    """Return what gives a choice back and raises ``PolarsError`` for any other text, as Polars' cast does."""

    def check(value: str) -> str:
        if value not in choices:
            raise pl.exceptions.InvalidOperationError(f"{value!r} is none of {', '.join(choices)}")
        return value

    return check


def offset(day: date, by: str) -> date:
    """Return the day so many years or months (``-3y``, ``6mo``) from another; there is no 31 June, so 30."""
    found = _OFFSET.fullmatch(by)
    if found is None:
        moved: date = pl.Series([day]).dt.offset_by(by).item()
        return moved
    sign, number, unit = found.groups()
    months = int(number) * _MONTHS[unit] * (-1 if sign else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def all_hold(part: Reader, *, ignore_nulls: bool) -> Reader:
    """Aggregate: return whether a test holds in every row, by the known ones or Kleene."""

    def read(rows: Sequence[Any]) -> bool | None:
        values = [part(row) for row in rows]
        if False in values:
            return False
        return True if ignore_nulls or None not in values else None

    return read


def any_holds(part: Reader, *, ignore_nulls: bool) -> Reader:
    """Aggregate: return whether a test holds in one row, by the known ones or Kleene."""

    def read(rows: Sequence[Any]) -> bool | None:
        values = [part(row) for row in rows]
        if True in values:
            return True
        return False if ignore_nulls or None not in values else None

    return read


def total(part: Reader) -> Reader:
    """Aggregate: return the sum of the known values, zero for none."""
    return lambda rows: sum(value for row in rows if (value := part(row)) is not None)
