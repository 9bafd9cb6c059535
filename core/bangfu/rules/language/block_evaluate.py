"""The columns of a block (成批求值): an expression as columns of many households, with the results of one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import reduce, singledispatchmethod
from typing import Any, cast

import numpy as np
from attrs import define
from numpy.typing import NDArray

from bangfu.facts import Level
from bangfu.rules.language import block_values as values
from bangfu.rules.language.blocks import (
    FALSE,
    TRUE,
    Block,
    Column,
    Marks,
    Numbers,
    TooLargeError,
    Truths,
    Whole,
    Words,
    column_of,
    either_mark,
    fitting,
    numbers,
)
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.nodes import (
    Age,
    All,
    Choose,
    Compare,
    Difference,
    IsKnown,
    Larger,
    Moved,
    Not,
    OneOf,
    Operator,
    Over,
    OverMembers,
    Product,
    Quotient,
    Smaller,
    Some,
    Sum,
    Unit,
)

_TWO: Mapping[type[Expression], Callable[[Numbers, Numbers], Numbers]] = {
    Sum: values.plus,
    Difference: values.minus,
    Product: values.times,
    Quotient: values.over,
    Larger: values.larger,
    Smaller: values.smaller,
}
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


@define
class Evaluator:
    """Works expressions out for the households of a block, or (``level``) for its members."""

    block: Block
    level: Level

    @singledispatchmethod
    def column(self, expression: Expression) -> Column:
        """Return the column of an expression whose names were all looked up.

        Raises:
            TooLargeError: 64 bits would not hold what comes on the way; row by row it is worked out exactly.
        """
        two = _TWO[type(expression)]
        one, other = expression.inputs
        return two(self._numbers(one), self._numbers(other))

    def _numbers(self, expression: Expression) -> Numbers:
        return cast("Numbers", self.column(expression))

    def _truths(self, expression: Expression) -> Truths:
        return cast("Truths", self.column(expression))

    def _words(self, expression: Expression, labels: Mapping[str, str]) -> Words:
        column = cast("Words", self.column(expression))
        return _relabelled(column, list(_kind(expression).labels), list(labels))

    @property
    def _rows(self) -> int:
        return len(self.block.place) if self.level is Level.MEMBER else len(self.block.starts)

    @column.register
    def _constant(self, constant: Constant) -> Column:
        one = column_of([constant.value], _kind(constant))
        if isinstance(one, Numbers):
            low = np.repeat(one.low, self._rows)
            return Numbers(low, low, one.over, most=one.most, most_over=one.most_over)
        return cast("Column", np.repeat(one, self._rows))

    @column.register
    def _name(self, name: Name) -> Column:
        if self.level is Level.MEMBER and name.level is not Level.HOUSEHOLD and name.name in self.block.member:
            return self.block.member[name.name]
        found = self.block.household[name.name]
        return found if self.level is Level.HOUSEHOLD else _gathered(found, self.block.place)

    @column.register
    def _not(self, negation: Not) -> Column:
        return cast("Truths", TRUE - self._truths(negation.part))

    @column.register
    def _all(self, every: All) -> Column:
        return reduce(np.minimum, map(self._truths, every.tests), np.full(self._rows, TRUE))

    @column.register
    def _some(self, some: Some) -> Column:
        return reduce(np.maximum, map(self._truths, some.tests), np.full(self._rows, FALSE))

    @column.register
    def _compare(self, compare: Compare) -> Column:
        if compare.operator in {Operator.EQUAL, Operator.UNEQUAL}:
            same = values.equal(*self._two_alike(compare.one, compare.other))
            return same if compare.operator is Operator.EQUAL else cast("Truths", TRUE - same)
        one, other = self._numbers(compare.one), self._numbers(compare.other)
        match compare.operator:
            case Operator.BELOW:
                return values.below(one, other)
            case Operator.ABOVE:
                return values.below(other, one)
            case Operator.AT_LEAST:
                return cast("Truths", TRUE - values.below(one, other))
            case _:
                return cast("Truths", TRUE - values.below(other, one))

    def _two_alike(self, one: Expression, other: Expression) -> tuple[Column, Column]:
        """Return two columns; words among them by the same bits."""
        if _kind(one).sort is not Sort.CHOICE:
            return self.column(one), self.column(other)
        labels = {**_kind(one).labels, **_kind(other).labels}
        return self._words(one, labels), self._words(other, labels)

    @column.register
    def _one_of(self, test: OneOf) -> Column:
        labels = _kind(test.part).labels
        wanted = sum(1 << place for place, label in enumerate(labels) if label in test.words)
        return values.one_of(self._words(test.part, labels), wanted)

    @column.register
    def _is_known(self, test: IsKnown) -> Column:
        known = values.is_exact(self.column(test.part))
        return values.from_marks(known, ~known)

    @column.register
    def _choice(self, choose: Choose) -> Column:
        kind = _kind(choose)

        def of(value: Expression) -> Column:
            return self._words(value, kind.labels) if kind.sort is Sort.CHOICE else self.column(value)

        result = of(choose.otherwise)
        for test, value in reversed(list(zip(choose.tests, choose.values, strict=True))):
            result = values.chosen(self._truths(test), of(value), result)
        return result

    @column.register
    def _over_members(self, over: OverMembers) -> Column:
        if self.level is Level.MEMBER:  # what all members of a household are together, for each of them
            return _gathered(Evaluator(self.block, Level.HOUSEHOLD).column(over), self.block.place)
        of_members = Evaluator(self.block, Level.MEMBER).column(over.part)
        starts = self.block.starts
        if isinstance(of_members, Numbers):
            return _gathered_numbers(over.over, of_members, starts)
        match over.over:
            case Over.SOME:
                return cast("Truths", np.maximum.reduceat(of_members, starts))
            case Over.EVERY:
                return cast("Truths", np.minimum.reduceat(of_members, starts))
        sure = np.add.reduceat((of_members == TRUE).astype(np.int64), starts)
        possible = np.add.reduceat((of_members != FALSE).astype(np.int64), starts)
        return numbers(sure, sure if np.array_equal(sure, possible) else possible)

    @column.register
    def _moved(self, moved: Moved) -> Column:
        day, by = self._numbers(moved.day), self._numbers(moved.number)
        if not isinstance(by.over, int) or by.over != 1 or by.most > _LAST:
            raise TooLargeError  # a part of a month, or more than a calendar has: row by row it is told
        opened = either_mark
        low, beyond_low = _later(day.low, by.low, moved.unit)
        exact = day.exact and by.exact
        high, beyond_high = (low, beyond_low) if exact else _later(day.high, by.high, moved.unit)
        return numbers(
            low,
            high,
            open_low=opened(opened(day.open_low, by.open_low), beyond_low),
            open_high=opened(opened(day.open_high, by.open_high), beyond_high),
        )

    @column.register
    def _age(self, age: Age) -> Column:
        since, on = self._numbers(age.since), self._numbers(age.on)
        low = _completed(since.high, on.low)
        exact = since.exact and on.exact
        return numbers(
            low,
            low if exact else _completed(since.low, on.high),
            open_low=either_mark(since.open_high, on.open_low),
            open_high=either_mark(since.open_low, on.open_high),
        )


def _kind(expression: Expression) -> Kind:
    if expression.kind is None:
        raise TypeError("the names of this expression were not looked up")
    return expression.kind


def _relabelled(column: Words, labels: list[str], wanted: list[str]) -> Words:
    """Return the same words by the bits that stand for them among other labels."""
    if labels == wanted[: len(labels)]:
        return column
    made = np.zeros_like(column)
    for place, label in enumerate(labels):
        bit = (column >> np.uint64(place)) & np.uint64(1)
        made |= bit << np.uint64(wanted.index(label))
    return made


def _gathered(column: Column, place: NDArray[np.intp]) -> Column:
    """Return for each member what its household has."""
    if not isinstance(column, Numbers):
        return cast("Column", column[place])
    low = column.low[place]
    high = low if column.high is column.low else column.high[place]
    over = column.over if isinstance(column.over, int) else column.over[place]
    open_low = None if column.open_low is None else column.open_low[place]
    open_high = None if column.open_high is None else column.open_high[place]
    return Numbers(low, high, over, open_low, open_high, column.most, column.most_over)


def _gathered_numbers(over: Over, column: Numbers, starts: NDArray[np.intp]) -> Numbers:
    """Return the total, the largest or the smallest of the members of each household."""
    if not isinstance(column.over, int):
        raise TooLargeError  # each member's over another denominator: together they would be over all of them
    if over is Over.SMALLEST:
        return values.opposite(_gathered_numbers(Over.LARGEST, values.opposite(column), starts))
    open_high = _of_some(column.open_high, starts)
    if over is Over.TOTAL:
        most = fitting(column.most * int(np.diff(starts, append=len(column.low)).max(initial=1)))
        low = np.add.reduceat(column.low, starts)
        high = low if column.high is column.low else np.add.reduceat(column.high, starts)
        return Numbers(low, high, column.over, _of_some(column.open_low, starts), open_high, most, column.most_over)
    floor = np.iinfo(np.int64).min
    low = np.maximum.reduceat(_filled(column.low, column.open_low, floor), starts)
    open_low = None if column.open_low is None else np.logical_and.reduceat(column.open_low, starts)
    low = _filled(low, open_low, 0)
    high = low if column.exact else np.maximum.reduceat(column.high, starts)
    return Numbers(low, high, column.over, open_low, open_high, column.most, column.most_over)


def _of_some(marks: Marks | None, starts: NDArray[np.intp]) -> Marks | None:
    """Return which households have a member that is marked."""
    return None if marks is None else np.logical_or.reduceat(marks, starts)


def _filled(column: Whole, marks: Marks | None, value: int) -> Whole:
    return column if marks is None else np.where(marks, value, column)


def _later(day: Whole, by: Whole, unit: Unit) -> tuple[Whole, Marks | None]:
    """Return days moved, and which were moved out of the calendar."""
    if unit is Unit.DAYS:
        made = day + by
    else:
        days = _dates(day)
        months = days.astype("datetime64[M]")
        in_month = days - months.astype("datetime64[D]")
        to = months + by * (12 if unit is Unit.YEARS else 1)
        last = (to + 1).astype("datetime64[D]") - 1
        made = np.minimum(to.astype("datetime64[D]") + in_month, last).astype(np.int64) + _EPOCH
    beyond: Marks = (made < _FIRST) | (made > _LAST)
    return (np.where(beyond, 0, made), beyond) if beyond.any() else (made, None)


def _dates(day: Whole) -> Any:
    return (day - _EPOCH).astype("datetime64[D]")


def _completed(since: Whole, on: Whole) -> Whole:
    """Return completed years between two days."""
    (y1, md1), (y2, md2) = _year_and_day(since), _year_and_day(on)
    return cast("Whole", y2 - y1 - (md2 < md1))


def _year_and_day(day: Whole) -> tuple[Whole, Whole]:
    days = _dates(day)
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    month = months.astype(np.int64) - years.astype("datetime64[M]").astype(np.int64)
    in_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    return years.astype(np.int64), month * 32 + in_month
