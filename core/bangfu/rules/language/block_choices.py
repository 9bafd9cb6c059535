"""Choices of a block (成批的选择): columns picked row by row, looked up by words, rounded, and what nobody stated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import cast

import numpy as np

from bangfu.rules.language.block_values import closed
from bangfu.rules.language.blocks import (
    MAYBE,
    Column,
    Marks,
    NumberColumn,
    Truths,
    Whole,
    WordColumn,
    alike,
    bits_of,
    column_of,
    each,
    fitting,
    holding,
    in_full,
    picked,
    three_valued,
    values_of,
)
from bangfu.rules.language.kinds import Kind
from bangfu.rules.language.known import either
from bangfu.rules.language.rounding import Direction, Rounding


def relabelled(column: WordColumn, labels: Sequence[str], wanted: Sequence[str]) -> WordColumn:
    """Return the same words by the bits that stand for them among other labels."""
    dtype = bits_of(wanted)
    if list(labels) == list(wanted[: len(labels)]):
        return WordColumn(column.bits.astype(dtype), column.exact)
    made = np.zeros(np.shape(column.bits), dtype=dtype)
    for place, label in enumerate(labels):
        bit = (column.bits >> column.bits.dtype.type(place)) & column.bits.dtype.type(1)
        made |= bit.astype(dtype) << dtype(wanted.index(label))
    return WordColumn(made, column.exact)


TABLE = 10
"""Words of which a table of all sets is made."""


def table(scalars: Mapping[str, Column], words: Sequence[str], nothing: Column, kind: Kind) -> Column:
    """Return what is known for every set of words, of values that are the same for all rows."""
    each_word = [values_of(in_full(scalars.get(word, nothing), 1), kind)[0] for word in words]
    sets = ([value for place, value in enumerate(each_word) if bits >> place & 1] for bits in range(1, 1 << len(words)))
    return column_of([kind.unknown, *(reduce(either, values) for values in sets)], kind)


def chosen(test: Truths, one: Column, other: Column) -> Column:
    """Return one where a test holds, the other where it fails, what is known of either where nobody knows."""
    holds = holding(test)
    maybe = cast("Marks", np.False_ if test.dtype == np.bool_ else test == MAYBE)
    if isinstance(one, NumberColumn) and isinstance(other, NumberColumn):
        return _chosen_numbers(holds, maybe, *alike(one, other))
    if isinstance(one, WordColumn) and isinstance(other, WordColumn):
        bits = picked(holds, one.bits, other.bits)
        if not np.any(maybe):
            return WordColumn(bits, one.exact and other.exact)
        return WordColumn(picked(maybe, one.bits | other.bits, bits))
    if isinstance(one, NumberColumn | WordColumn) or isinstance(other, NumberColumn | WordColumn):
        raise TypeError("a number and a word or a truth are never chosen from")
    if one.dtype != other.dtype:
        one, other = three_valued(one), three_valued(other)
    truths: Truths = picked(holds, one, other)
    return picked(maybe & (one != other), MAYBE, three_valued(truths)) if np.any(maybe) else truths


def _chosen_numbers(holds: Marks, maybe: Marks, a: NumberColumn, b: NumberColumn) -> NumberColumn:
    open_ = bool(np.any(maybe))
    low = _picked(holds, maybe if open_ else None, (a.low, b.low), np.minimum)
    exact = a.exact and b.exact and not open_
    alike_ = a.high is a.low and b.high is b.low and not open_
    high = low if alike_ else _picked(holds, maybe if open_ else None, (a.high, b.high), np.maximum)
    over_ = a.over if isinstance(a.over, int) else picked(holds, np.asarray(a.over), np.asarray(b.over))
    most, most_over = max(a.most, b.most), max(a.most_over, b.most_over)
    if exact:
        return NumberColumn(low, low, over_, most=most, most_over=most_over)
    no = ~holds & ~maybe
    open_low, open_high = _marked(holds, no, a.open_low, b.open_low), _marked(holds, no, a.open_high, b.open_high)
    return NumberColumn(low, high, over_, open_low, open_high, most, most_over)


def _picked(
    holds: Marks, maybe: Marks | None, pair: tuple[Whole, Whole], how: Callable[[Whole, Whole], Whole]
) -> Whole:
    ends = picked(holds, *pair)
    return cast("Whole", ends if maybe is None else picked(maybe, how(*pair), ends))


def _marked(holds: Marks, fails: Marks, one: Marks | None, other: Marks | None) -> Marks | None:
    if one is None and other is None:
        return None
    no = cast("Marks", np.False_)
    marked: Marks = (~fails & (no if one is None else one)) | (~holds & (no if other is None else other))
    return marked if marked.any() else None


def looked_up(table: Column, words: WordColumn) -> Column:
    """Return what a table has for each set of words."""
    made = each(table, lambda part: part[words.bits])
    if not isinstance(made, NumberColumn) or made.exact:
        return made
    open_low, open_high = (None if m is None or not m.any() else m for m in (made.open_low, made.open_high))
    exact = open_low is None and open_high is None and np.array_equal(made.low, made.high)
    high = made.low if exact else made.high
    return NumberColumn(made.low, high, made.over, open_low, open_high, made.most, made.most_over)


def rounded(column: NumberColumn, rounding: Rounding) -> NumberColumn:
    """Return amounts rounded; what lies below zero is rounded as what lies above it."""
    if rounding.fen == 1 and isinstance(column.over, int) and column.over == 1:
        return column
    most = fitting(2 * column.most + 2 * rounding.fen * column.most_over)
    low = _cut(column.low, column.over, rounding)
    high = low if column.high is column.low else _cut(column.high, column.over, rounding)
    return NumberColumn(low, high, 1, column.open_low, column.open_high, most)


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
    if isinstance(column, WordColumn) and isinstance(one, WordColumn):
        return cast("Marks", np.False_ if column.exact else column.bits == one.bits)
    if not isinstance(column, NumberColumn) or not isinstance(one, NumberColumn):
        return cast(
            "Marks",
            np.False_ if isinstance(column, np.ndarray | np.generic) and column.dtype == np.bool_ else column == one,
        )
    if column.exact:
        return cast("Marks", np.False_)
    column, one = alike(column, one)
    same = np.ones(np.shape(column.low), dtype=np.bool_)
    for ends, open_, end, end_open in (
        (column.low, column.open_low, one.low, one.open_low),
        (column.high, column.open_high, one.high, one.open_high),
    ):
        if end_open is None:
            same &= closed(ends == end, open_)
        else:
            same &= False if open_ is None else open_
    return same
