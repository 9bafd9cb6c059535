"""Members of a block (成批的成员): what the members of each household are or have together."""

from __future__ import annotations

from typing import cast

import numpy as np

from bangfu.rules.language import block_values as values
from bangfu.rules.language.block import Block
from bangfu.rules.language.blocks import (
    FALSE,
    Column,
    Marks,
    NumberColumn,
    TooLargeError,
    Truths,
    Whole,
    fitting,
    holding,
    numbers,
)
from bangfu.rules.language.over_members import Over

_LOWEST = np.iinfo(np.int64).min


def together(over: Over, of_members: Column, block: Block) -> Column:
    """Return what is worked out of a member column for each household.

    Raises:
        TooLargeError: the members' numbers are over denominators of their own, or add up beyond 64 bits.
    """
    if isinstance(of_members, NumberColumn):
        return _of_numbers(over, of_members, block)
    truths = cast("Truths", of_members)
    match over:
        case Over.SOME:
            return _some(truths, block)
        case Over.EVERY:
            return values.negated(_some(values.negated(truths), block))
    sure = block.total(holding(truths))
    return numbers(sure, sure if truths.dtype == np.bool_ else block.total(truths != FALSE))


def _some(truths: Truths, block: Block) -> Truths:
    sure: Marks = block.total(holding(truths)) > 0
    if truths.dtype == np.bool_:
        return cast("Truths", sure)
    return values.from_marks(sure, block.total(truths != FALSE) == 0)


def _of_numbers(over: Over, column: NumberColumn, block: Block) -> NumberColumn:
    """Return the total, the largest or the smallest of the members of each household."""
    if not isinstance(column.over, int):
        raise TooLargeError  # each member's over another denominator: together they would be over all of them
    if over is Over.SMALLEST:
        return values.opposite(_of_numbers(Over.LARGEST, values.opposite(column), block))
    open_high = _of_some(column.open_high, block)
    if over is Over.TOTAL:
        most = fitting(column.most * block.most_members)
        low = block.total(column.low)
        high = low if column.high is column.low else block.total(column.high)
        return NumberColumn(low, high, column.over, _of_some(column.open_low, block), open_high, most, column.most_over)
    low = block.largest(_filled(column.low, column.open_low, _LOWEST), _LOWEST)
    open_low = None if column.open_low is None else block.total(~column.open_low) == 0
    if block.empty is not None:
        open_low = block.empty if open_low is None else open_low | block.empty
        open_high = block.empty if open_high is None else open_high | block.empty
    low = _filled(low, open_low, 0)
    high = low if column.exact and block.empty is None else block.largest(column.high, 0)
    return NumberColumn(low, high, column.over, open_low, open_high, column.most, column.most_over)


def before(column: NumberColumn, block: Block) -> NumberColumn:
    """Return for each member what those before it in its household have together."""
    if not isinstance(column.over, int):
        raise TooLargeError
    most = fitting(column.most * block.most_members)
    low = _earlier(column.low, block)
    high = low if column.high is column.low else _earlier(column.high, block)
    opened = (None if marks is None else _earlier(marks, block) > 0 for marks in (column.open_low, column.open_high))
    open_low, open_high = opened
    return NumberColumn(low, high, column.over, open_low, open_high, most, column.most_over)


def _earlier(column: Whole | Marks, block: Block) -> Whole:
    """Return the running total less that at the household's first member; what wraps round on the way comes back."""
    running = np.cumsum(column, dtype=np.int64) - column
    first = np.searchsorted(block.place, block.place)
    return cast("Whole", running - running[first])


def _of_some(marks: Marks | None, block: Block) -> Marks | None:
    """Return which households have a member that is marked."""
    return None if marks is None else block.total(marks) > 0


def _filled(column: Whole, marks: Marks | None, value: int) -> Whole:
    return column if marks is None else np.where(marks, value, column)
