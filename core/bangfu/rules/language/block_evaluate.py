"""The columns of a block (成批求值): an expression as columns of many households, with the results of one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce, singledispatchmethod
from typing import cast

import numpy as np
from attrs import define
from numpy.typing import NDArray

from bangfu.facts import Level
from bangfu.rules.language import block_days, block_members
from bangfu.rules.language import block_values as values
from bangfu.rules.language.blocks import (
    FALSE,
    TRUE,
    Block,
    Column,
    Numbers,
    Truths,
    Words,
    column_of,
)
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.days import Age, Coming, Moved
from bangfu.rules.language.evaluate import nothing_known
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Value
from bangfu.rules.language.nodes import (
    All,
    Before,
    Compare,
    Difference,
    IsKnown,
    IsStated,
    Larger,
    Not,
    OneOf,
    Operator,
    OverMembers,
    Product,
    Quotient,
    Rounded,
    Smaller,
    Some,
    Sum,
)

_TWO: Mapping[type[Expression], Callable[[Numbers, Numbers], Numbers]] = {
    Sum: values.plus,
    Difference: values.minus,
    Product: values.times,
    Quotient: values.over,
    Larger: values.larger,
    Smaller: values.smaller,
}


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
        return len(self.block.place) if self.level is Level.MEMBER else self.block.households

    @column.register
    def _constant(self, constant: Constant) -> Column:
        return self._everywhere(constant.value, _kind(constant))

    @column.register
    def _unknown(self, unknown: Unknown) -> Column:
        return self._everywhere(nothing_known(unknown.kind), _kind(unknown))

    def _everywhere(self, value: Value, kind: Kind) -> Column:
        one = column_of([value], kind)
        if not isinstance(one, Numbers):
            return cast("Column", np.repeat(one, self._rows))
        low = np.repeat(one.low, self._rows)
        open_low = None if one.open_low is None else np.repeat(one.open_low, self._rows)
        open_high = None if one.open_high is None else np.repeat(one.open_high, self._rows)
        return Numbers(low, low, one.over, open_low, open_high, one.most, one.most_over)

    @column.register
    def _name(self, name: Name) -> Column:
        if name.level is None:
            return self._everywhere(self.block.parameters[name.name], _kind(name))
        if name.level is self.level:
            return self.block.of(self.level)[name.name]
        return _gathered(self.block.household[name.name], self.block.place)

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
    def _by(self, by: By) -> Column:
        """Take the last word that a row can be as it is, and before it what is known of either."""
        kind, on = _kind(by), _kind(by.on)
        words = self._words(by.on, on.labels)
        bits = {word: np.uint64(1 << place) for place, word in enumerate(on.labels)}
        others = np.uint64(sum(int(bit) for word, bit in bits.items() if word not in by.words))
        result, later = self._everywhere(nothing_known(kind), kind), others
        for word, value in reversed(list(zip(by.words, by.values, strict=True))):
            column = self._words(value, kind.labels) if kind.sort is Sort.CHOICE else self.column(value)
            possible = (words & bits[word]) != 0
            test = values.from_marks(possible & ((words & later) == 0), ~possible)
            result = values.chosen(test, column, result)
            later |= bits[word]
        return result

    @column.register
    def _over_members(self, over: OverMembers) -> Column:
        if self.level is Level.MEMBER:  # what all members of a household are together, for each of them
            return _gathered(Evaluator(self.block, Level.HOUSEHOLD).column(over), self.block.place)
        return block_members.together(over.over, Evaluator(self.block, Level.MEMBER).column(over.part), self.block)

    @column.register
    def _before(self, before: Before) -> Column:
        return block_members.before(self._numbers(before.part), self.block)

    @column.register
    def _rounded(self, rounded: Rounded) -> Column:
        return values.rounded(self._numbers(rounded.part), rounded.rounding)

    @column.register
    def _is_stated(self, test: IsStated) -> Column:
        column, kind = self.column(test.part), _kind(test.part)
        nothing = values.same_knowledge(column, column_of([test.unstated], kind))
        return values.from_marks(~nothing, nothing)

    @column.register
    def _moved(self, moved: Moved) -> Column:
        return block_days.moved(self._numbers(moved.day), self._numbers(moved.number), moved.unit)

    @column.register
    def _coming(self, coming: Coming) -> Column:
        return block_days.coming(self._numbers(coming.since), coming.month, coming.day)

    @column.register
    def _age(self, age: Age) -> Column:
        return block_days.age(self._numbers(age.since), self._numbers(age.on))


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
