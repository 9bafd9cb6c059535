"""Many households at once (成批求值): an expression worked out for a block of rows, column by column, in numpy.

The same tree as for one household, with the same results, bounds included. Truths are marks where all rows are known,
else 0 (false), 1 (unknown) and 2, so that the smallest is "and", the largest "or". A number is two columns of 64-bit
integers, what it is at least and at most, over a denominator: nothing is rounded. How large the numbers of a block can
become is worked out beside them; where 64 bits would not hold them, ``TooLargeError`` says so before anything
overflows. A word is the set of what it can be, a bit for each. What is the same for all rows is one value, which numpy
lays beside any column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any, TypeAlias, cast

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds, Candidates, Exact, Value

Whole: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]
Truths: TypeAlias = NDArray[np.bool_] | NDArray[np.int8]

FALSE, MAYBE, TRUE = np.int8(0), np.int8(1), np.int8(2)
MOST = 2**63 - 1
"""What 64 bits hold."""
_SIZES = ((8, np.uint8), (16, np.uint16), (32, np.uint32), (64, np.uint64))


class TooLargeError(Exception):
    """A block holds numbers that 64 bits would not hold on the way; row by row they are worked out exactly."""


@frozen(eq=False)
class NumberColumn:
    """A column of numbers: ``low`` ÷ ``over`` to ``high`` ÷ ``over``.

    Both are the same column where every row is known or open to one side: it is worked with once.

    ``over`` is positive: one for all rows, or one a row. ``open_low`` and ``open_high`` mark the rows that have no such
    bound (None: all have); what ``low`` and ``high`` hold there is of no meaning, but small. ``most`` is what no
    ``low`` and no ``high`` exceeds, either side of zero, ``most_over`` what no ``over`` does.
    """

    low: Whole
    high: Whole
    over: int | Whole = 1
    open_low: Marks | None = None
    open_high: Marks | None = None
    most: int = 0
    most_over: int = 1

    @property
    def exact(self) -> bool:
        """Whether every row is known."""
        return self.low is self.high and self.open_low is None and self.open_high is None


@frozen(eq=False)
class WordColumn:
    """A column of words: the bits of what each can be; ``exact`` where each is one word for sure."""

    bits: NDArray[Any]
    exact: bool = False


Column: TypeAlias = NumberColumn | Truths | WordColumn


def numbers(low: Whole, high: Whole | None = None, **more: Any) -> NumberColumn:
    """Return a column of numbers with how large they are."""
    high = low if high is None else high
    columns = (low,) if high is low else (low, high)
    most = max((abs(int(end)) for column in columns if column.size for end in (column.min(), column.max())), default=0)
    over = more.get("over", 1)
    most_over = over if isinstance(over, int) else int(over.max(initial=1))
    return NumberColumn(low, high, most=most, most_over=most_over, **more)


def three_valued(truths: Truths) -> NDArray[np.int8]:
    """Return truths as 0, 1 and 2."""
    return truths.view(np.int8) * TRUE if truths.dtype == np.bool_ else truths  # type: ignore[return-value]


def holding(truths: Truths) -> Marks:
    """Mark the rows that are true."""
    return truths if truths.dtype == np.bool_ else truths == TRUE  # type: ignore[return-value]


def failing(truths: Truths) -> Marks:
    """Mark the rows that are false."""
    return ~truths if truths.dtype == np.bool_ else truths == FALSE  # type: ignore[return-value]


def picked(marks: Marks, one: Any, other: Any) -> Any:
    """Return one where marked, else the other, of the same type; by bits, as a processor guesses branches badly."""
    if np.ndim(marks) == 0:
        return np.where(marks, one, other)
    if one.dtype == np.bool_:
        bits: Any = marks
    elif one.dtype.itemsize == 1:
        bits = np.negative(marks.view(np.int8)).view(one.dtype)
    else:
        bits = np.negative(marks.astype(np.int64)).astype(one.dtype, copy=False)
    made = (one ^ other) & bits
    made ^= other
    return made


def fitting(most: int) -> int:
    """Return how large numbers become, or raise ``TooLargeError`` where 64 bits do not hold them."""
    if most > MOST:
        raise TooLargeError
    return most


def either_mark(one: Marks | None, other: Marks | None) -> Marks | None:
    """Return the rows that one or the other marks."""
    if one is None:
        return other
    return one if other is None else one | other


def scaled(column: NumberColumn, by: int | Whole, most_by: int) -> NumberColumn:
    """Return the same numbers over a denominator so many times as large."""
    if isinstance(by, int) and by == 1:
        return column
    most, most_over = fitting(column.most * most_by), fitting(column.most_over * most_by)
    low = column.low * by
    high = low if column.high is column.low else column.high * by
    return NumberColumn(low, high, column.over * by, column.open_low, column.open_high, most, most_over)


def alike(one: NumberColumn, other: NumberColumn) -> tuple[NumberColumn, NumberColumn]:
    """Return two columns over the same denominator."""
    if isinstance(one.over, int) and isinstance(other.over, int):
        if one.over == other.over:
            return one, other
        common = lcm(one.over, other.over)
        a, b = common // one.over, common // other.over
        return scaled(one, a, a), scaled(other, b, b)
    return scaled(one, other.over, other.most_over), scaled(other, one.over, one.most_over)


def bits_of(labels: Mapping[str, str] | Sequence[str]) -> type[np.unsignedinteger[Any]]:
    """Return the type of the bits for so many labels."""
    return next(dtype for size, dtype in _SIZES if len(labels) <= size)


def column_of(values: Sequence[Value], kind: Kind) -> Column:
    """Return a column of what is known of some rows."""
    if kind.sort is Sort.YES_NO:
        if None in values:
            return np.array([1 if value is None else 2 * bool(value) for value in values], dtype=np.int8)
        return np.array(values, dtype=np.bool_)
    if kind.sort is Sort.CHOICE:
        bits = [_bits(value, tuple(kind.labels)) for value in values]
        exact = all(isinstance(value, str) for value in values)
        return WordColumn(np.array(bits, dtype=bits_of(kind.labels)), exact)
    bounds = [value if isinstance(value, Bounds) else Bounds(value, value) for value in values]  # type: ignore[arg-type]
    ends = [end for bound in bounds for end in (bound.low, bound.high) if end is not None]
    over = reduce(lcm, (Fraction(end).denominator for end in ends), 1)
    fitting(max((abs(int(end * over)) for end in ends), default=0))
    low, open_low = _side([bound.low for bound in bounds], over)
    high, open_high = _side([bound.high for bound in bounds], over)
    exact = open_low is None and open_high is None and np.array_equal(low, high)
    return numbers(low, low if exact else high, over=over, open_low=open_low, open_high=open_high)


def _side(ends: Sequence[Exact | None], over: int) -> tuple[Whole, Marks | None]:
    """Return the lower or the upper ends of a column, and which are open."""
    opened = np.array([end is None for end in ends], dtype=np.bool_)
    return np.array([int((end or 0) * over) for end in ends], dtype=np.int64), opened if opened.any() else None


def one_value(value: Value, kind: Kind) -> Column:
    """Return what is known of a value that is the same for all rows: a column of no rows of its own."""
    return each(column_of([value], kind), lambda part: part[0])


def each(column: Column, change: Callable[[Any], Any]) -> Column:
    """Return a column with every array it is made of changed alike."""
    if isinstance(column, WordColumn):
        return WordColumn(change(column.bits), column.exact)
    if not isinstance(column, NumberColumn):
        return cast("Truths", change(column))
    low = change(column.low)
    return NumberColumn(
        low,
        low if column.high is column.low else change(column.high),
        column.over if isinstance(column.over, int) else change(column.over),
        None if column.open_low is None else change(column.open_low),
        None if column.open_high is None else change(column.open_high),
        column.most,
        column.most_over,
    )


def in_full(column: Column, rows: int) -> Column:
    """Return a column with a value of its own for each row."""
    return each(column, lambda part: np.full(rows, part) if np.ndim(part) == 0 else part)


def _bits(value: Value, labels: Sequence[str]) -> int:
    words = value.words if isinstance(value, Candidates) else {value}
    return sum(1 << place for place, label in enumerate(labels) if label in words)


def values_of(column: Column, kind: Kind) -> list[Value]:
    """Return what is known of each row of a column."""
    if isinstance(column, NumberColumn):
        over = np.broadcast_to(np.asarray(column.over), column.low.shape).tolist()
        lows = _ends(column.low, over, column.open_low)
        highs = lows if column.exact else _ends(column.high, over, column.open_high)
        return [
            low if low is not None and low == high else Bounds(low, high) for low, high in zip(lows, highs, strict=True)
        ]
    if isinstance(column, WordColumn):
        labels = tuple(kind.labels)
        return [_word(bits, labels) for bits in column.bits.tolist()]
    return column.tolist() if column.dtype == np.bool_ else [(False, None, True)[truth] for truth in column.tolist()]


def _ends(ends: Whole, over: Sequence[int], open_: Marks | None) -> list[int | Fraction | None]:
    marks = [False] * len(ends) if open_ is None else np.broadcast_to(open_, ends.shape).tolist()
    return [
        None if mark else end // by if end % by == 0 else Fraction(end, by)
        for end, by, mark in zip(ends.tolist(), over, marks, strict=True)
    ]


def _word(bits: int, labels: Sequence[str]) -> Value:
    words = frozenset(label for place, label in enumerate(labels) if bits >> place & 1)
    return next(iter(words)) if len(words) == 1 else Candidates(words)
