"""What ``known`` does with one value, done with columns of them: logic, tests and arithmetic that keep the bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from bangfu.rules.language.blocks import (
    MAYBE,
    TRUE,
    Column,
    Marks,
    Numbers,
    Truths,
    Whole,
    Words,
    alike,
    bits_of,
    each,
    either_mark,
    fitting,
)
from bangfu.rules.language.nodes import Direction, Rounding

Ends = tuple[Whole, "Marks | None"]


def is_exact(column: Column) -> Marks:
    """Mark the rows whose value is known."""
    if isinstance(column, Numbers):
        if column.exact:
            return cast("Marks", np.True_)
        return _closed(column.low == column.high, column.open_low, column.open_high)
    if isinstance(column, Words):
        one = column.bits.dtype.type(1)
        return cast("Marks", np.True_ if column.exact else (column.bits & (column.bits - one)) == 0)
    return cast("Marks", column != MAYBE)


def truths(marks: Marks) -> Truths:
    """Return the truths of rows that are all known."""
    return cast("Truths", np.left_shift(marks.view(np.int8), 1))


def from_marks(true: Marks, false: Marks) -> Truths:
    """Return truths from the rows that are true and those that are false; the others are unknown."""
    return cast("Truths", np.int8(1) + true.view(np.int8) - false.view(np.int8))


def below(one: Numbers, other: Numbers) -> Truths:
    """Return in which rows a number is less than another."""
    one, other = alike(one, other)
    if one.exact and other.exact:
        return truths(one.low < other.low)
    sure = _closed(one.high < other.low, one.open_high, other.open_low)
    never = _closed(one.low >= other.high, one.open_low, other.open_high)
    return from_marks(sure, never)


def not_below(one: Numbers, other: Numbers) -> Truths:
    """Return in which rows a number is no less than another."""
    if one.exact and other.exact:
        one, other = alike(one, other)
        return truths(one.low >= other.low)
    return cast("Truths", TRUE - below(one, other))


def _closed(marks: Marks, *opened: Marks | None) -> Marks:
    for open_ in opened:
        marks = marks if open_ is None else marks & ~open_
    return marks


def equal(one: Column, other: Column) -> Truths:
    """Return in which rows two values are the same."""
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        a, b = alike(one, other)
        if a.exact and b.exact:
            return truths(a.low == b.low)
        differ = (below(one, other) == TRUE) | (below(other, one) == TRUE)
        return from_marks(is_exact(one) & is_exact(other) & (a.low == b.low), differ)
    if isinstance(one, Words) and isinstance(other, Words):
        if one.exact and other.exact:
            return truths(one.bits == other.bits)
        same = is_exact(one) & is_exact(other) & (one.bits == other.bits)
        return from_marks(same, (one.bits & other.bits) == 0)
    if isinstance(one, Numbers | Words) or isinstance(other, Numbers | Words):
        raise TypeError("a number and a word or a truth are never compared")
    known: Marks = is_exact(one) & is_exact(other)
    same = one == other
    return from_marks(known & same, known & ~same)


def one_of(words: Words, wanted: Any) -> Truths:
    """Return in which rows a word is one of those that the bits stand for."""
    some: Marks = (words.bits & wanted) != 0
    if words.exact:
        return truths(some)
    return from_marks((words.bits & ~wanted) == 0, ~some)


def relabelled(column: Words, labels: Sequence[str], wanted: Sequence[str]) -> Words:
    """Return the same words by the bits that stand for them among other labels."""
    dtype = bits_of(wanted)
    if list(labels) == list(wanted[: len(labels)]):
        return Words(column.bits.astype(dtype), column.exact)
    made = np.zeros(np.shape(column.bits), dtype=dtype)
    for place, label in enumerate(labels):
        bit = (column.bits >> column.bits.dtype.type(place)) & column.bits.dtype.type(1)
        made |= bit.astype(dtype) << dtype(wanted.index(label))
    return Words(made, column.exact)


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
    if not (one.exact and other.exact):
        return plus(one, opposite(other))
    one, other = alike(one, other)
    low = one.low - other.low
    most, most_over = fitting(one.most + other.most), max(one.most_over, other.most_over)
    return Numbers(low, low, one.over, most=most, most_over=most_over)


def times(one: Numbers, other: Numbers) -> Numbers:
    """Return products."""
    most, most_over = fitting(one.most * other.most), fitting(one.most_over * other.most_over)
    over = one.over * other.over
    if one.exact and other.exact:
        made = one.low * other.low
        return Numbers(made, made, over, most=most, most_over=most_over)
    if not _below_zero(one) and not _below_zero(other):
        open_high = _open_product(one, other)
        high = one.high * other.high
        return Numbers(one.low * other.low, high, over, None, open_high, most, most_over)
    ends = [_product(a, b) for a in _ends(one) for b in _ends(other)]
    (low, open_low), (high, open_high) = _least(ends), _most(ends)
    return Numbers(low, high, over, open_low, open_high, most, most_over)


def _below_zero(column: Numbers) -> bool:
    return column.open_low is not None or bool(np.size(column.low) and np.min(column.low) < 0)


def _open_product(one: Numbers, other: Numbers) -> Marks | None:
    """Mark the products of what is never below zero that may be as large as one likes: nothing of it is nothing."""
    opened: Marks | None = None
    for a, b in ((one, other), (other, one)):
        if a.open_high is not None:
            open_: Marks = a.open_high & (b.high > 0) if b.open_high is None else a.open_high & (b.open_high | (b.high > 0))
            opened = either_mark(opened, open_)
    return opened


_End = tuple[Whole, np.ndarray]
"""The ends of a column, and where each is open: -1, 1 or 0, closed."""


def _ends(column: Numbers) -> tuple[_End, _End]:
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
        reciprocal = Numbers(made, made, np.abs(low), most=other.most_over, most_over=max(most_over, 1))
    else:
        # 1 ÷ high and 1 ÷ low over one denominator; what is open towards one side comes as near to zero as one likes.
        least = np.where(open_high, 0, low * other.over)
        largest = np.where(open_low, 0, high * other.over)
        reciprocal = Numbers(least, largest, low * high, most=most, most_over=max(most_over, 1))
    made_of = times(one, reciprocal)
    if not zero.any():
        return made_of
    low_, high_ = np.where(zero, 0, made_of.low), np.where(zero, 0, made_of.high)
    opened = (either_mark(made_of.open_low, zero), either_mark(made_of.open_high, zero))
    return Numbers(low_, high_, made_of.over, *opened, made_of.most, made_of.most_over)


def larger(one: Numbers, other: Numbers) -> Numbers:
    """Return the larger of two."""
    one, other = alike(one, other)
    exact = one.exact and other.exact
    most, most_over = max(one.most, other.most), max(one.most_over, other.most_over)
    low = np.maximum(one.low, other.low)
    if exact:
        return Numbers(low, low, one.over, most=most, most_over=most_over)
    low = _unless(one, other, low)
    both = None if one.open_low is None or other.open_low is None else one.open_low & other.open_low
    open_high = either_mark(one.open_high, other.open_high)
    return Numbers(low, np.maximum(one.high, other.high), one.over, both, open_high, most, most_over)


def _unless(one: Numbers, other: Numbers, both: Whole) -> Whole:
    """Return the lower ends of two, the other's where one has none."""
    if one.open_low is not None:
        both = np.where(one.open_low, other.low, both)
    if other.open_low is not None:
        both = np.where(other.open_low, one.low, both)
    return both


def smaller(one: Numbers, other: Numbers) -> Numbers:
    """Return the smaller of two."""
    if not (one.exact and other.exact):
        return opposite(larger(opposite(one), opposite(other)))
    one, other = alike(one, other)
    low = np.minimum(one.low, other.low)
    most, most_over = max(one.most, other.most), max(one.most_over, other.most_over)
    return Numbers(low, low, one.over, most=most, most_over=most_over)


def chosen(test: Truths, one: Column, other: Column) -> Column:
    """Return one where a test holds, the other where it fails, what is known of either where nobody knows."""
    holds, maybe = test == TRUE, test == MAYBE
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return _chosen_numbers(holds, maybe, *alike(one, other))
    if isinstance(one, Words) and isinstance(other, Words):
        picked = np.where(holds, one.bits, other.bits)
        if not maybe.any():
            return Words(picked, one.exact and other.exact)
        return Words(np.where(maybe, one.bits | other.bits, picked))
    if isinstance(one, Numbers | Words) or isinstance(other, Numbers | Words):
        raise TypeError("a number and a word or a truth are never chosen from")
    truths_ = np.where(holds, one, other)
    return np.where(maybe & (one != other), MAYBE, truths_) if maybe.any() else truths_


def _chosen_numbers(holds: Marks, maybe: Marks, a: Numbers, b: Numbers) -> Numbers:
    open_ = bool(maybe.any())
    low = _picked(holds, maybe if open_ else None, (a.low, b.low), np.minimum)
    exact = a.exact and b.exact and not open_
    high = low if exact else _picked(holds, maybe if open_ else None, (a.high, b.high), np.maximum)
    over_ = a.over if isinstance(a.over, int) else np.where(holds, a.over, b.over)
    most, most_over = max(a.most, b.most), max(a.most_over, b.most_over)
    if exact:
        return Numbers(low, low, over_, most=most, most_over=most_over)
    no = ~holds & ~maybe
    open_low, open_high = _marked(holds, no, a.open_low, b.open_low), _marked(holds, no, a.open_high, b.open_high)
    return Numbers(low, high, over_, open_low, open_high, most, most_over)


def _picked(
    holds: Marks, maybe: Marks | None, pair: tuple[Whole, Whole], how: Callable[[Whole, Whole], Whole]
) -> Whole:
    picked = np.where(holds, *pair)
    return picked if maybe is None else np.where(maybe, how(*pair), picked)


def _marked(holds: Marks, fails: Marks, one: Marks | None, other: Marks | None) -> Marks | None:
    if one is None and other is None:
        return None
    one, other = (np.False_ if marks is None else marks for marks in (one, other))  # type: ignore[assignment]
    marked: Marks = (~fails & one) | (~holds & other)
    return marked if marked.any() else None


def looked_up(table: Column, words: Words) -> Column:
    """Return what a table has for each set of words."""
    made = each(table, lambda part: part[words.bits])
    if not isinstance(made, Numbers) or made.exact:
        return made
    open_low, open_high = (None if m is None or not m.any() else m for m in (made.open_low, made.open_high))
    exact = open_low is None and open_high is None and np.array_equal(made.low, made.high)
    high = made.low if exact else made.high
    return Numbers(made.low, high, made.over, open_low, open_high, made.most, made.most_over)


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
    if isinstance(column, Words) and isinstance(one, Words):
        return cast("Marks", np.False_ if column.exact else column.bits == one.bits)
    if not isinstance(column, Numbers) or not isinstance(one, Numbers):
        return cast("Marks", column == one)
    if column.exact:
        return cast("Marks", np.False_)
    column, one = alike(column, one)
    same = np.ones(np.shape(column.low), dtype=np.bool_)
    for ends, open_, end, end_open in (
        (column.low, column.open_low, one.low, one.open_low),
        (column.high, column.open_high, one.high, one.open_high),
    ):
        if end_open is None:
            same &= _closed(ends == end, open_)
        else:
            same &= False if open_ is None else open_
    return same
