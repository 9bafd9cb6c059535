"""What ``known`` does with one value, done with columns of them: logic, tests and arithmetic that keep the bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from bangfu.rules.language.blocks import (
    FALSE,
    MAYBE,
    TRUE,
    Column,
    Marks,
    Numbers,
    Truths,
    Whole,
    Words,
    alike,
    either_mark,
    fitting,
)
from bangfu.rules.language.nodes import Direction, Rounding

Ends = tuple[Whole, "Marks | None"]


def is_exact(column: Column) -> Marks:
    """Mark the rows whose value is known."""
    if isinstance(column, Numbers):
        return _closed(column.low == column.high, column.open_low, column.open_high)
    if column.dtype == np.int8:
        return cast("Marks", column != MAYBE)
    return cast("Marks", (column & (column - np.uint64(1))) == 0)


def from_marks(true: Marks, false: Marks) -> Truths:
    """Return truths from the rows that are true and those that are false; the others are unknown."""
    return np.where(true, TRUE, np.where(false, FALSE, MAYBE)).astype(np.int8)


def below(one: Numbers, other: Numbers) -> Truths:
    """Return in which rows a number is less than another."""
    one, other = alike(one, other)
    sure = _closed(one.high < other.low, one.open_high, other.open_low)
    never = _closed(one.low >= other.high, one.open_low, other.open_high)
    return from_marks(sure, never)


def _closed(marks: Marks, *opened: Marks | None) -> Marks:
    for open_ in opened:
        marks = marks if open_ is None else marks & ~open_
    return marks


def equal(one: Column, other: Column) -> Truths:
    """Return in which rows two values are the same."""
    known = is_exact(one) & is_exact(other)
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        a, b = alike(one, other)
        differ = (below(one, other) == TRUE) | (below(other, one) == TRUE)
        return from_marks(known & (a.low == b.low), differ)
    if isinstance(one, Numbers) or isinstance(other, Numbers):
        raise TypeError("a number and a word or a truth are never compared")
    same: Marks = one == other
    if one.dtype == np.int8:
        return from_marks(known & same, known & ~same)
    return from_marks(known & same, (one & other) == 0)


def one_of(words: Words, wanted: int) -> Truths:
    """Return in which rows a word is one of those that the bits stand for."""
    bits = np.uint64(wanted)
    return from_marks((words & ~bits) == 0, (words & bits) == 0)


def plus(one: Numbers, other: Numbers) -> Numbers:
    """Return sums."""
    one, other = alike(one, other)
    low = one.low + other.low
    high = low if one.high is one.low and other.high is other.low else one.high + other.high
    open_low, open_high = either_mark(one.open_low, other.open_low), either_mark(one.open_high, other.open_high)
    most_over = max(one.most_over, other.most_over)
    return Numbers(low, high, one.over, open_low, open_high, fitting(one.most + other.most), most_over)


def opposite(column: Numbers) -> Numbers:
    """Return the numbers with the other sign."""
    low = -column.high
    high = low if column.high is column.low else -column.low
    return Numbers(low, high, column.over, column.open_high, column.open_low, column.most, column.most_over)


def minus(one: Numbers, other: Numbers) -> Numbers:
    """Return differences."""
    return plus(one, opposite(other))


def times(one: Numbers, other: Numbers) -> Numbers:
    """Return products."""
    most, most_over = fitting(one.most * other.most), fitting(one.most_over * other.most_over)
    over = one.over * other.over
    if one.exact and other.exact:
        made = one.low * other.low
        return Numbers(made, made, over, most=most, most_over=most_over)
    ends = [_product(a, b) for a in _ends(one) for b in _ends(other)]
    (low, open_low), (high, open_high) = _least(ends), _most(ends)
    return Numbers(low, high, over, open_low, open_high, most, most_over)


_End = tuple[Whole, np.ndarray]
"""The ends of a column, and where each is open: -1, 1 or 0, closed."""


def _ends(column: Numbers) -> tuple[_End, _End]:
    closed = np.zeros(column.low.shape, dtype=np.int8)
    lower = closed if column.open_low is None else np.where(column.open_low, np.int8(-1), closed)
    upper = closed if column.open_high is None else np.where(column.open_high, np.int8(1), closed)
    return (column.low, lower), (column.high, upper)


def _product(one: _End, other: _End) -> _End:
    (a, a_open), (b, b_open) = one, other
    a_sign = np.where(a_open != 0, a_open, np.sign(a))
    b_sign = np.where(b_open != 0, b_open, np.sign(b))
    open_ = np.where((a_open != 0) | (b_open != 0), a_sign * b_sign, 0)
    return np.where(a_sign * b_sign == 0, 0, a * b), open_


def _least(ends: list[_End]) -> Ends:
    values = np.stack([np.where(open_ > 0, np.iinfo(np.int64).max, value) for value, open_ in ends])
    open_low = np.any(np.stack([open_ < 0 for _, open_ in ends]), axis=0)
    return np.where(open_low, 0, values.min(axis=0)), open_low if open_low.any() else None


def _most(ends: list[_End]) -> Ends:
    values = np.stack([np.where(open_ < 0, np.iinfo(np.int64).min, value) for value, open_ in ends])
    open_high = np.any(np.stack([open_ > 0 for _, open_ in ends]), axis=0)
    return np.where(open_high, 0, values.max(axis=0)), open_high if open_high.any() else None


def over(one: Numbers, other: Numbers) -> Numbers:
    """Return quotients; nothing is known of one by what is zero, or may be."""
    no = np.zeros(other.low.shape, dtype=np.bool_)
    open_low = no if other.open_low is None else other.open_low
    open_high = no if other.open_high is None else other.open_high
    zero = (open_low | (other.low <= 0)) & (open_high | (other.high >= 0))
    low = np.where(zero, 1, np.where(open_low, other.high, other.low))
    high = np.where(zero, 1, np.where(open_high, other.low, other.high))
    most_over = fitting(other.most * other.most if not other.exact else other.most)
    most = fitting(other.most_over * other.most)
    if other.exact:
        made = cast("Whole", np.sign(low) * other.over)
        reciprocal = Numbers(made, made, np.abs(low), most=other.most_over, most_over=most_over)
    else:
        # 1 ÷ high and 1 ÷ low over one denominator; what is open towards one side comes as near to zero as one likes.
        least = np.where(open_high, 0, low * other.over)
        largest = np.where(open_low, 0, high * other.over)
        reciprocal = Numbers(least, largest, low * high, most=most, most_over=most_over)
    made_of = times(one, reciprocal)
    if not zero.any():
        return made_of
    low_, high_ = np.where(zero, 0, made_of.low), np.where(zero, 0, made_of.high)
    opened = (either_mark(made_of.open_low, zero), either_mark(made_of.open_high, zero))
    return Numbers(low_, high_, made_of.over, *opened, made_of.most, made_of.most_over)


def larger(one: Numbers, other: Numbers) -> Numbers:
    """Return the larger of two."""
    one, other = alike(one, other)
    low = _unless(one, other, np.maximum(one.low, other.low))
    both = None if one.open_low is None or other.open_low is None else one.open_low & other.open_low
    exact = one.exact and other.exact
    high = low if exact else np.maximum(one.high, other.high)
    open_high = either_mark(one.open_high, other.open_high)
    most = max(one.most, other.most)
    return Numbers(low, high, one.over, both, open_high, most, max(one.most_over, other.most_over))


def _unless(one: Numbers, other: Numbers, both: Whole) -> Whole:
    """Return the lower ends of two, the other's where one has none."""
    if one.open_low is not None:
        both = np.where(one.open_low, other.low, both)
    if other.open_low is not None:
        both = np.where(other.open_low, one.low, both)
    return both


def smaller(one: Numbers, other: Numbers) -> Numbers:
    """Return the smaller of two."""
    return opposite(larger(opposite(one), opposite(other)))


def either(one: Column, other: Column) -> Column:
    """Return what is known of a value that is one of two."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        a, b = alike(one, other)
        opened = (either_mark(a.open_low, b.open_low), either_mark(a.open_high, b.open_high))
        most, most_over = max(a.most, b.most), max(a.most_over, b.most_over)
        return Numbers(np.minimum(a.low, b.low), np.maximum(a.high, b.high), a.over, *opened, most, most_over)
    if isinstance(one, Numbers) or isinstance(other, Numbers):
        raise TypeError("a number and a word or a truth are never one of two")
    if one.dtype == np.int8:
        return np.where(one == other, one, MAYBE)
    return one | other


def chosen(test: Truths, one: Column, other: Column) -> Column:
    """Return one where a test holds, the other where it fails, what is known of either where nobody knows."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        a, b = alike(one, other)
        maybe = test == MAYBE
        low = _picked(test, maybe, (a.low, b.low), np.minimum)
        exact = a.exact and b.exact and not maybe.any()
        high = low if exact else _picked(test, maybe, (a.high, b.high), np.maximum)
        over_ = a.over if isinstance(a.over, int) else np.where(test == TRUE, a.over, b.over)
        open_low, open_high = _marked(test, a.open_low, b.open_low), _marked(test, a.open_high, b.open_high)
        return Numbers(low, high, over_, open_low, open_high, max(a.most, b.most), max(a.most_over, b.most_over))
    if isinstance(one, Numbers) or isinstance(other, Numbers):
        raise TypeError("a number and a word or a truth are never chosen from")
    possible = either(one, other)
    return np.where(test == TRUE, one, np.where(test == FALSE, other, possible))  # type: ignore[arg-type]


def _picked(test: Truths, maybe: Marks, pair: tuple[Whole, Whole], how: Callable[[Whole, Whole], Whole]) -> Whole:
    one, other = pair
    picked = np.where(test == TRUE, one, other)
    return np.where(maybe, how(one, other), picked) if maybe.any() else picked


def _marked(test: Truths, one: Marks | None, other: Marks | None) -> Marks | None:
    if one is None and other is None:
        return None
    no = np.zeros(test.shape, dtype=np.bool_)
    one, other = no if one is None else one, no if other is None else other
    return cast("Marks", ((test != FALSE) & one) | ((test != TRUE) & other))


def rounded(column: Numbers, rounding: Rounding) -> Numbers:
    """Return amounts rounded; what lies below zero is rounded as what lies above it."""
    if rounding.fen == 1 and isinstance(column.over, int) and column.over == 1:
        return column
    most = fitting(2 * column.most + 2 * rounding.fen * column.most_over)
    low = _cut(column.low, column.over, rounding)
    high = low if column.high is column.low else _cut(column.high, column.over, rounding)
    return Numbers(low, high, 1, column.open_low, column.open_high, most)


def _cut(amount: Whole, over_: int | Whole, rounding: Rounding) -> Whole:
    step, size = over_ * rounding.fen, np.abs(amount)
    match rounding.direction:
        case Direction.HALF_UP:
            steps = (2 * size + step) // (2 * step)
        case Direction.UP:
            steps = -(-size // step)
        case Direction.DOWN:
            steps = size // step
    return cast("Whole", np.sign(amount) * steps * rounding.fen)


def same_knowledge(column: Column, one: Column) -> Marks:
    """Mark the rows of which just as much is known as of one."""
    if not isinstance(column, Numbers) or not isinstance(one, Numbers):
        return cast("Marks", column == one)
    column, one = alike(column, one)
    same = np.ones(column.low.shape, dtype=np.bool_)
    for ends, open_, end, end_open in (
        (column.low, column.open_low, one.low, one.open_low),
        (column.high, column.open_high, one.high, one.open_high),
    ):
        if end_open is None:
            same &= _closed(ends == end, open_)
        else:
            same &= False if open_ is None else open_
    return same
