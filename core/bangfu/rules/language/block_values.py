"""What ``known`` does with one value, done with columns of them: logic, tests and arithmetic that keep the bounds."""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from bangfu.rules.language.blocks import (
    MAYBE,
    TRUE,
    Column,
    Marks,
    NumberColumn,
    Truths,
    Whole,
    WordColumn,
    alike,
    either_mark,
    fitting,
    holding,
    numbers,
    three_valued,
)
from bangfu.rules.language.known import HUNDREDTHS


def is_exact(column: Column) -> Marks:
    """Mark the rows whose value is known."""
    if isinstance(column, NumberColumn):
        if column.exact:
            return cast("Marks", np.True_)
        return closed(column.low == column.high, column.open_low, column.open_high)
    if isinstance(column, WordColumn):
        one = column.bits.dtype.type(1)
        return cast("Marks", np.True_ if column.exact else (column.bits & (column.bits - one)) == 0)
    return cast("Marks", np.True_ if column.dtype == np.bool_ else column != MAYBE)


def from_marks(true: Marks, false: Marks) -> Truths:
    """Return truths from the rows that are true and those that are false; the others are unknown."""
    if (true | false).all():
        return true
    return cast("Truths", np.int8(1) + true.view(np.int8) - false.view(np.int8))


def negated(truths: Truths) -> Truths:
    """Return the opposite; unknown stays unknown."""
    return ~truths if truths.dtype == np.bool_ else cast("Truths", TRUE - truths)


def below(one: NumberColumn, other: NumberColumn) -> Truths:
    """Return in which rows a number is less than another."""
    one, other = alike(one, other)
    if one.exact and other.exact:
        return cast("Truths", one.low < other.low)
    sure = closed(one.high < other.low, one.open_high, other.open_low)
    never = closed(one.low >= other.high, one.open_low, other.open_high)
    return from_marks(sure, never)


def closed(marks: Marks, *opened: Marks | None) -> Marks:
    """Return the marks without the rows that are open in one of several columns."""
    for open_ in opened:
        marks = marks if open_ is None else marks & ~open_
    return marks


def both(one: Truths, other: Truths) -> Truths:
    """Return whether both hold: false where one fails, else unknown where one is."""
    if one.dtype == np.bool_ and other.dtype == np.bool_:
        return one & other
    return cast("Truths", np.minimum(three_valued(one), three_valued(other)))


def filled(truths: Truths, rows: Any, others: Truths) -> Truths:
    """Return truths with those of some rows in their place."""
    made = truths.copy() if others.dtype == truths.dtype else three_valued(truths).copy()
    made[rows] = others if others.dtype == made.dtype else three_valued(others)
    return made


def equal(one: Column, other: Column) -> Truths:
    """Return in which rows two values are the same."""
    if isinstance(one, NumberColumn) and isinstance(other, NumberColumn):
        a, b = alike(one, other)
        if a.exact and b.exact:
            return cast("Truths", a.low == b.low)
        differ = holding(below(one, other)) | holding(below(other, one))
        return from_marks(is_exact(one) & is_exact(other) & (a.low == b.low), differ)
    if isinstance(one, WordColumn) and isinstance(other, WordColumn):
        if one.exact and other.exact:
            return cast("Truths", one.bits == other.bits)
        same = is_exact(one) & is_exact(other) & (one.bits == other.bits)
        return from_marks(same, (one.bits & other.bits) == 0)
    if isinstance(one, NumberColumn | WordColumn) or isinstance(other, NumberColumn | WordColumn):
        raise TypeError("a number and a word or a truth are never compared")
    if one.dtype == other.dtype == np.bool_:
        return cast("Truths", one == other)
    one, other = three_valued(one), three_valued(other)
    known: Marks = is_exact(one) & is_exact(other)
    same = one == other
    return from_marks(known & same, known & ~same)


def one_of(words: WordColumn, wanted: Any) -> Truths:
    """Return in which rows a word is one of those that the bits stand for."""
    some: Marks = (words.bits & wanted) != 0
    if words.exact:
        return cast("Truths", some)
    return from_marks((words.bits & ~wanted) == 0, ~some)


def plus(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return sums."""
    one, other = alike(one, other)
    low = one.low + other.low
    high = low if one.high is one.low and other.high is other.low else one.high + other.high
    open_low, open_high = either_mark(one.open_low, other.open_low), either_mark(one.open_high, other.open_high)
    most_over = max(one.most_over, other.most_over)
    return NumberColumn(low, high, one.over, open_low, open_high, fitting(one.most + other.most), most_over)


def opposite(column: NumberColumn) -> NumberColumn:
    """Return the numbers with the other sign."""
    low = -column.high
    high = low if column.high is column.low else -column.low
    return NumberColumn(low, high, column.over, column.open_high, column.open_low, column.most, column.most_over)


def minus(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return differences."""
    return plus(one, opposite(other))


def times(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return products."""
    most, most_over = fitting(one.most * other.most), fitting(one.most_over * other.most_over)
    over = one.over * other.over
    if one.exact and other.exact:
        made = one.low * other.low
        return NumberColumn(made, made, over, most=most, most_over=most_over)
    if not _below_zero(one) and not _below_zero(other):
        open_high = _open_product(one, other)
        high = one.high * other.high
        return NumberColumn(one.low * other.low, high, over, None, open_high, most, most_over)
    ends = [_product(a, b) for a in _ends(one) for b in _ends(other)]
    (low, open_low), (high, open_high) = _outermost(ends, -1), _outermost(ends, 1)
    return NumberColumn(low, high, over, open_low, open_high, most, most_over)


def _below_zero(column: NumberColumn) -> bool:
    return column.open_low is not None or bool(np.size(column.low) and np.min(column.low) < 0)


def _open_product(one: NumberColumn, other: NumberColumn) -> Marks | None:
    """Mark the products of what is never below zero that may be as large as one likes: nothing of it is nothing."""
    opened: Marks | None = None
    for a, b in ((one, other), (other, one)):
        if a.open_high is not None:
            some: Marks = b.high > 0 if b.open_high is None else b.open_high | (b.high > 0)
            opened = either_mark(opened, a.open_high & some)
    return opened


_End = tuple[Whole, np.ndarray]
"""The ends of a column, and where each is open: -1, 1 or 0, closed."""


def _ends(column: NumberColumn) -> tuple[_End, _End]:
    closed = np.zeros(np.shape(column.low), dtype=np.int8)
    lower = closed if column.open_low is None else np.where(column.open_low, np.int8(-1), closed)
    upper = closed if column.open_high is None else np.where(column.open_high, np.int8(1), closed)
    return (column.low, lower), (column.high, upper)


def _product(one: _End, other: _End) -> _End:
    (a, a_open), (b, b_open) = one, other
    a_sign = np.where(a_open != 0, a_open, np.sign(a))
    b_sign = np.where(b_open != 0, b_open, np.sign(b))
    open_ = np.where((a_open != 0) | (b_open != 0), a_sign * b_sign, 0)
    return np.where(a_sign * b_sign == 0, 0, a * b), open_


def _outermost(ends: list[_End], direction: int) -> tuple[Whole, Marks | None]:
    """Return the least (-1) or the most (1) of some ends, and where one is open that way."""
    least, beyond = direction < 0, np.iinfo(np.int64)
    values = np.stack([np.where(open_ == -direction, beyond.max if least else beyond.min, end) for end, open_ in ends])
    opened = np.any(np.stack([open_ == direction for _, open_ in ends]), axis=0)
    outermost = values.min(axis=0) if least else values.max(axis=0)
    return np.where(opened, 0, outermost), opened if opened.any() else None


def over(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return quotients; nothing is known of one by what is zero, or may be."""
    no = np.zeros(np.shape(other.low), dtype=np.bool_)
    open_low = no if other.open_low is None else other.open_low
    open_high = no if other.open_high is None else other.open_high
    zero = (open_low | (other.low <= 0)) & (open_high | (other.high >= 0))
    low = np.where(zero, 1, np.where(open_low, other.high, other.low))
    high = np.where(zero, 1, np.where(open_high, other.low, other.high))
    most_over = fitting(other.most * other.most if not other.exact else other.most)
    most = fitting(other.most_over * other.most)
    if other.exact:
        made = cast("Whole", np.sign(low) * other.over)
        reciprocal = NumberColumn(made, made, np.abs(low), most=other.most_over, most_over=max(most_over, 1))
    else:
        # 1 ÷ high and 1 ÷ low over one denominator; what is open towards one side comes as near to zero as one likes.
        least = np.where(open_high, 0, low * other.over)
        largest = np.where(open_low, 0, high * other.over)
        reciprocal = NumberColumn(least, largest, low * high, most=most, most_over=max(most_over, 1))
    made_of = times(one, reciprocal)
    if not zero.any():
        return made_of
    low_, high_ = np.where(zero, 0, made_of.low), np.where(zero, 0, made_of.high)
    opened = (either_mark(made_of.open_low, zero), either_mark(made_of.open_high, zero))
    return NumberColumn(low_, high_, made_of.over, *opened, made_of.most, made_of.most_over)


def in_units(hundredths: NumberColumn) -> NumberColumn:
    """Return so many hundredths as whole ones."""
    return over(hundredths, numbers(np.array(HUNDREDTHS, dtype=np.int64)))


def larger(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return the larger of two."""
    one, other = alike(one, other)
    low = np.maximum(one.low, other.low)
    high = low if one.exact and other.exact else np.maximum(one.high, other.high)
    if one.open_low is not None:
        low = np.where(one.open_low, other.low, low)
    if other.open_low is not None:
        low = np.where(other.open_low, one.low, low)
    open_low = None if one.open_low is None or other.open_low is None else one.open_low & other.open_low
    open_high = either_mark(one.open_high, other.open_high)
    most, most_over = max(one.most, other.most), max(one.most_over, other.most_over)
    return NumberColumn(low, high, one.over, open_low, open_high, most, most_over)


def smaller(one: NumberColumn, other: NumberColumn) -> NumberColumn:
    """Return the smaller of two."""
    return opposite(larger(opposite(one), opposite(other)))
