"""A block of households (户的一批): their columns, worked out as they are asked for, of all rows or of some.

What the members of each household (成批的成员) are or have together is worked out here too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from bangfu.facts import Level
from bangfu.rules.language import block_values as values
from bangfu.rules.language.blocks import (
    FALSE,
    Column,
    Marks,
    NumberColumn,
    TooLargeError,
    Truths,
    Whole,
    each,
    either_mark,
    fitting,
    holding,
    numbers,
)
from bangfu.rules.language.over_members import Over

_SMALL = 10**9
"""Numbers so small that nothing is gained by knowing how small they are."""


def _sliced(column: Column, first: int, last: int) -> Column:
    """Return some rows of a column, and how large these are."""
    made = each(column, lambda part: part if np.ndim(part) == 0 else part[first:last])
    if not isinstance(made, NumberColumn) or made.most < _SMALL:
        return made
    return numbers(made.low, made.high, over=made.over, open_low=made.open_low, open_high=made.open_high)


@define(eq=False)
class Block:
    """Some households with their members, by column; the members of a household stand together, in its order.

    ``place`` is the row of each member's household, ``parameters`` are the values that a place sets, by their columns.
    ``formulas`` says how a column is worked out that is not there yet.
    """

    household: dict[str, Column]
    member: dict[str, Column]
    place: NDArray[np.intp]
    households: int = field()
    parameters: Mapping[str, Column] = field(factory=dict)
    formulas: Mapping[tuple[Level, str], Callable[[Block | BlockPart], Column]] = field(factory=dict)
    sizes: NDArray[np.intp] = field(init=False)
    ends: NDArray[np.intp] = field(init=False)
    empty: Marks | None = field(init=False)
    most_members: int = field(init=False)
    _of_household: dict[str, Column] = field(factory=dict)

    @households.default
    def _to_the_last(self) -> int:
        return int(self.place[-1]) + 1 if len(self.place) else 0

    def __attrs_post_init__(self) -> None:
        self.sizes = np.bincount(self.place, minlength=self.households)
        self.ends = np.cumsum(self.sizes)
        self.empty = self.sizes == 0 if (self.sizes == 0).any() else None
        self.most_members = int(self.sizes.max(initial=1))

    def part(self, first: int, last: int) -> Block:
        """Return some of the households with their members, and the facts of both."""
        begin, end = np.searchsorted(self.place, (first, last))
        return Block(
            {name: _sliced(column, first, last) for name, column in self.household.items()},
            {name: _sliced(column, begin, end) for name, column in self.member.items()},
            self.place[begin:end] - first,
            last - first,
            self.parameters,
            self.formulas,
        )

    def rows(self, level: Level) -> int:
        """Return how many rows a level has."""
        return self.households if level is Level.HOUSEHOLD else len(self.place)

    def column(self, level: Level, name: str) -> Column:
        """Return a column of a level, worked out where it is not there yet."""
        columns = self.household if level is Level.HOUSEHOLD else self.member
        if name not in columns:
            columns[name] = self.formulas[level, name](self)
        return columns[name]

    def of_household(self, name: str) -> Column:
        """Return for each member what his or her household has in a column."""
        if name not in self._of_household:
            self._of_household[name] = self.to_members(self.column(Level.HOUSEHOLD, name))
        return self._of_household[name]

    @property
    def whole(self) -> Block:
        """The block itself, of which a ``BlockPart`` has some rows."""
        return self

    def taken(self, column: Column) -> Column:
        """Return a column of the whole block as this one has it."""
        return column

    def some(self, level: Level, chosen: NDArray[np.intp]) -> BlockPart:
        """Return some rows of a level."""
        return BlockPart(self, level, chosen)

    def to_members(self, column: Column) -> Column:
        """Return for each member what his or her household has."""
        return each(column, lambda part: part if np.ndim(part) == 0 else part[self.place])

    def total(self, column: Any) -> Whole:
        """Return for each household what its members have together; what wraps round on the way comes back."""
        running = np.zeros(len(column) + 1, dtype=np.int32 if column.dtype == np.bool_ else np.int64)
        np.cumsum(column, out=running[1:])
        upto: Whole = running[self.ends].astype(np.int64)
        return np.diff(upto, prepend=np.int64(0))

    def largest(self, column: Whole, empty: int) -> Whole:
        """Return for each household the largest that its members have; ``empty`` for one without members."""
        if self.empty is None:
            return np.maximum.reduceat(column, self.ends - self.sizes) if self.households else column[:0]
        made = np.full(self.households, empty, dtype=column.dtype)
        if len(column):
            made[~self.empty] = np.maximum.reduceat(column, (self.ends - self.sizes)[~self.empty])
        return made


@define(eq=False)
class BlockPart:
    """Some rows of one level of a block, for what matters for these alone; what the block has is taken from it."""

    whole: Block
    level: Level
    chosen: NDArray[np.intp]
    _columns: dict[str, Column] = field(factory=dict)
    _of_household: dict[str, Column] = field(factory=dict)

    def rows(self, level: Level) -> int:  # noqa: ARG002 - it has rows of its own level alone
        """Return how many rows there are."""
        return len(self.chosen)

    def taken(self, column: Column) -> Column:
        """Return these rows of a column of the whole block."""
        return each(column, lambda part: part if np.ndim(part) == 0 else part[self.chosen])

    def column(self, level: Level, name: str) -> Column:
        """Return a column, worked out for these rows where the block does not have it yet."""
        if name not in self._columns:
            there = self.whole.household if level is Level.HOUSEHOLD else self.whole.member
            made = self.taken(there[name]) if name in there else self.whole.formulas[level, name](self)
            self._columns[name] = made
        return self._columns[name]

    def of_household(self, name: str) -> Column:
        """Return for each of these members what his or her household has in a column."""
        if name not in self._of_household:
            self._of_household[name] = self.taken(self.whole.of_household(name))
        return self._of_household[name]

    def to_members(self, column: Column) -> Column:
        """Return for each of these members what his or her household has."""
        return self.taken(self.whole.to_members(column))

    def some(self, level: Level, chosen: NDArray[np.intp]) -> BlockPart:
        """Return some of these rows."""
        return BlockPart(self.whole, level, self.chosen[chosen])


_LOWEST = np.iinfo(np.int64).min


def of_households(over: Over, column: Column, block: Block) -> Column:
    """Return what is worked out of a member column for each household.

    Raises:
        TooLargeError: the members' numbers are over denominators of their own, or add up beyond 64 bits.
    """
    if not isinstance(column, NumberColumn):
        return _of_truths(over, cast("Truths", column), block)
    if over is Over.TOTAL:
        return _summed(column, block, block.total)
    if over is Over.SMALLEST:
        return values.opposite(_largest(values.opposite(column), block))
    return _largest(column, block)


def _of_truths(over: Over, truths: Truths, block: Block) -> Column:
    if over is Over.EVERY:
        return values.negated(cast("Truths", _of_truths(Over.SOME, values.negated(truths), block)))
    sure = block.total(holding(truths))
    possible = sure if truths.dtype == np.bool_ else block.total(truths != FALSE)
    if over is Over.COUNT:
        return numbers(sure, possible)
    return cast("Truths", sure > 0) if possible is sure else values.from_marks(sure > 0, possible == 0)


def _largest(column: NumberColumn, block: Block) -> NumberColumn:
    scale = _one_scale(column)
    low = block.largest(_filled(column.low, column.open_low, _LOWEST), _LOWEST)
    open_low = either_mark(None if column.open_low is None else block.total(~column.open_low) == 0, block.empty)
    open_high = either_mark(None if column.open_high is None else block.total(column.open_high) > 0, block.empty)
    low = _filled(low, open_low, 0)
    high = low if column.exact and block.empty is None else block.largest(column.high, 0)
    return NumberColumn(low, high, scale, open_low, open_high, column.most, column.most_over)


def before(column: NumberColumn, block: Block) -> NumberColumn:
    """Return for each member what those before it in its household have together."""
    first = np.searchsorted(block.place, block.place)

    def earlier(part: Whole | Marks) -> Whole:
        running = np.cumsum(part, dtype=np.int64) - part
        return cast("Whole", running - running[first])  # what wraps round on the way comes back

    return _summed(column, block, earlier)


def _summed(column: NumberColumn, block: Block, together: Callable[[Whole | Marks], Whole]) -> NumberColumn:
    """Return what several members have together; where one is open, it is."""
    scale, most = _one_scale(column), fitting(column.most * block.most_members)
    low = together(column.low)
    high = low if column.high is column.low else together(column.high)
    open_low, open_high = (None if m is None else together(m) > 0 for m in (column.open_low, column.open_high))
    return NumberColumn(low, high, scale, open_low, open_high, most, column.most_over)


def _one_scale(column: NumberColumn) -> int:
    if not isinstance(column.over, int):
        raise TooLargeError  # each member's over another denominator: together they would be over all of them
    return column.over


def _filled(column: Whole, marks: Marks | None, value: int) -> Whole:
    return column if marks is None else np.where(marks, value, column)
