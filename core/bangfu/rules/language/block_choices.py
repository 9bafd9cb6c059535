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
    either_mark,
    fitting,
    holding,
    in_full,
    picked,
    three_valued,
    values_of,
)
from bangfu.rules.language.kinds import Kind
from bangfu.rules.language.known import either
from bangfu.rules.language.rounding import Rounding, steps


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
    maybe: Marks | None = None if test.dtype == np.bool_ else test == MAYBE
    if maybe is not None and not maybe.any():
        maybe = None
    if isinstance(one, NumberColumn) and isinstance(other, NumberColumn):
        return _chosen_numbers(holds, maybe, *alike(one, other))
    if isinstance(one, WordColumn) and isinstance(other, WordColumn):
        bits = picked(holds, one.bits, other.bits)
        if maybe is None:
            return WordColumn(bits, one.exact and other.exact)
        return WordColumn(picked(maybe, one.bits | other.bits, bits))
    if isinstance(one, NumberColumn | WordColumn) or isinstance(other, NumberColumn | WordColumn):
        raise TypeError("a number and a word or a truth are never chosen from")
    if one.dtype != other.dtype:
        one, other = three_valued(one), three_valued(other)
    truths: Truths = picked(holds, one, other)
    return truths if maybe is None else picked(maybe & (one != other), MAYBE, three_valued(truths))


def _chosen_numbers(holds: Marks, maybe: Marks | None, a: NumberColumn, b: NumberColumn) -> NumberColumn:
    def ends(one: Whole, other: Whole, outermost: Callable[[Whole, Whole], Whole]) -> Whole:
        made: Whole = picked(holds, one, other)
        return made if maybe is None else picked(maybe, outermost(one, other), made)

    def opened(one: Marks | None, other: Marks | None) -> Marks | None:
        of_one = None if one is None else one & (holds if maybe is None else holds | maybe)
        marked = either_mark(of_one, None if other is None else other & ~holds)
        return marked if marked is not None and marked.any() else None

    low = ends(a.low, b.low, np.minimum)
    same = maybe is None and a.high is a.low and b.high is b.low
    high = low if same else ends(a.high, b.high, np.maximum)
    over = a.over if isinstance(a.over, int) else picked(holds, np.asarray(a.over), np.asarray(b.over))
    most, most_over = max(a.most, b.most), max(a.most_over, b.most_over)
    open_low, open_high = opened(a.open_low, b.open_low), opened(a.open_high, b.open_high)
    return NumberColumn(low, high, over, open_low, open_high, most, most_over)


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

    def cut(amount: Whole) -> Whole:
        whole: Whole = steps(np.abs(amount), column.over * rounding.fen, rounding.direction)
        return np.sign(amount) * whole * rounding.fen

    low = cut(column.low)
    high = low if column.high is column.low else cut(column.high)
    return NumberColumn(low, high, 1, column.open_low, column.open_high, most)


def same_knowledge(column: Column, one: Column) -> Marks:
    """Mark the rows of which just as much is known as of one."""
    if isinstance(column, NumberColumn) and isinstance(one, NumberColumn):
        return cast("Marks", np.False_) if column.exact else _same_bounds(*alike(column, one))
    if isinstance(column, WordColumn) and isinstance(one, WordColumn):
        return cast("Marks", np.False_ if column.exact else column.bits == one.bits)
    truths = cast("Truths", column)
    return cast("Marks", np.False_ if truths.dtype == np.bool_ else truths == one)


def _same_bounds(column: NumberColumn, one: NumberColumn) -> Marks:
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
