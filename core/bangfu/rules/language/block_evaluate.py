"""The columns of a block (成批求值): an expression as a function of a block, with the results of one row at a time.

A function asks the block for the columns it reads, which are worked out as they are asked for. What is the same for
all rows is worked out once, and where a test decides for all rows, what it leaves out is not worked out at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, singledispatch
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from bangfu.facts import Level
from bangfu.rules.language import block_choices as choices
from bangfu.rules.language import block_days, nodes
from bangfu.rules.language import block_values as values
from bangfu.rules.language.block import Block, BlockPart, before, of_households
from bangfu.rules.language.blocks import Column, Marks, Truths, bits_of, each, failing, holding, in_full, one_value
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.days import Age, Coming, Moved
from bangfu.rules.language.expression import Constant, Expression, Name, settings_of
from bangfu.rules.language.kinds import Kind
from bangfu.rules.language.over_members import Before, OverMembers

Rows: TypeAlias = Block | BlockPart
Function: TypeAlias = Callable[[Rows], Any]
"""Gives a column of truths, numbers or words, as the kind of the expression says."""
_MANY, _FEW = 2_000, 4
"""Rows of which it is worth while to leave some out, and the share that are left then: a fourth."""
_OF_PARTS: Mapping[type[Expression], Callable[..., Column]] = {
    nodes.Not: values.negated,
    nodes.IsKnown: values.is_exact,
    nodes.Sum: values.plus,
    nodes.Difference: values.minus,
    nodes.Product: values.times,
    nodes.Quotient: values.over,
    nodes.Larger: values.larger,
    nodes.Smaller: values.smaller,
    nodes.Units: values.in_units,
    nodes.Rounded: choices.rounded,
    Moved: block_days.moved,
    Coming: block_days.coming,
    Age: block_days.age,
}
"""What is done with the columns of an expression's parts; its settings are keywords."""


@singledispatch
def block_function(expression: Expression, level: Level) -> Function:
    """Return the function that works an expression of a level out for a block; its names were all looked up.

    The function raises ``TooLargeError`` where 64 bits would not hold what comes on the way; row by row it is worked
    out exactly.
    """
    made = partial(_OF_PARTS[type(expression)], **settings_of(expression))
    parts = [block_function(part, level) for part in expression.inputs]
    return lambda block: made(*[part(block) for part in parts])


def _by_labels(expression: Expression, level: Level, labels: Mapping[str, str]) -> Function:
    """Return the function of an expression; of words by the bits that stand for them among some labels."""
    function, own, wanted = block_function(expression, level), list(_kind(expression).labels), list(labels)
    return function if own == wanted else lambda block: choices.relabelled(function(block), own, wanted)


@block_function.register
def _same(same: Constant | Unknown, level: Level) -> Function:  # noqa: ARG001 - at both levels, for all rows
    kind = _kind(same)
    column = one_value(same.value if isinstance(same, Constant) else kind.unknown, kind)
    return lambda _: column


@block_function.register
def _name(name: Name, level: Level) -> Function:
    column, at = name.name, name.level
    if at is None:
        return lambda block: block.whole.parameters[column]
    if at is level:
        return lambda block: block.column(at, column)
    return lambda block: block.of_household(column)


@block_function.register
def _all(every: nodes.All, level: Level) -> Function:
    tests = [block_function(test, level) for test in every.tests]
    return lambda block: _all_hold(tests, level, block)


@block_function.register
def _some(some: nodes.Some, level: Level) -> Function:
    tests = [block_function(nodes.Not(test), level) for test in some.tests]
    return lambda block: values.negated(_all_hold(tests, level, block))


def _all_hold(tests: Sequence[Function], level: Level, block: Rows) -> Truths:
    """Return whether all tests hold; where one has failed for most rows, the others are asked for the rest alone."""
    result = cast("Truths", np.True_)
    for place, test in enumerate(tests):
        result = values.both(result, test(block)) if place else test(block)
        others = tests[place + 1 :]
        if not others or not result.any():
            break
        if np.ndim(result) and len(result) > _MANY and np.count_nonzero(result) * _FEW < len(result):
            left = np.flatnonzero(~failing(result))
            rest = _all_hold(others, level, block.some(level, left))
            return values.filled(result, left, values.both(result[left], rest))
    return result


@block_function.register
def _compare(compare: nodes.Compare, level: Level) -> Function:
    parts, operator = (compare.one, compare.other), compare.operator
    labels = {label: text for part in parts for label, text in _kind(part).labels.items()}
    one, other = (_by_labels(part, level, labels) for part in parts)  # words by the same bits
    if operator in nodes.SWAPPED:
        one, other = other, one
    test: Callable[..., Truths] = values.below if operator in nodes.OF_ORDER else values.equal
    if operator in nodes.NEGATED:
        return lambda block: values.negated(test(one(block), other(block)))
    return lambda block: test(one(block), other(block))


@block_function.register
def _one_of(test: nodes.OneOf, level: Level) -> Function:
    labels = _kind(test.part).labels
    wanted = bits_of(labels)(sum(1 << place for place, label in enumerate(labels) if label in test.words))
    words = block_function(test.part, level)
    return lambda block: values.one_of(words(block), wanted)


@block_function.register
def _is_stated(test: nodes.IsStated, level: Level) -> Function:
    part, nothing = block_function(test.part, level), one_value(test.unstated, _kind(test.part))
    return lambda block: ~choices.same_knowledge(part(block), nothing)


@block_function.register
def _choice(choose: Choose, level: Level) -> Function:
    kind = _kind(choose)
    tests = [block_function(test, level) for test in choose.tests]
    of = [
        _where_needed(_by_labels(value, level, kind.labels), level, there=isinstance(value, Name | Constant))
        for value in (*choose.values, choose.otherwise)
    ]

    def chosen(block: Rows) -> Column:
        taken: list[tuple[Truths, Column]] = []
        last, settled = of[-1], cast("Marks", np.False_)
        for test, value in zip(tests, of, strict=False):
            truths = test(block)
            if truths.dtype == np.bool_ and truths.all():
                last = value
                break
            if truths.any():
                taken.append((truths, value(block, settled | failing(truths))))
                settled = settled | holding(truths)
        result = last(block, settled)
        for truths, column in reversed(taken):
            result = choices.chosen(truths, column, result)
        return result

    return chosen


def _where_needed(value: Function, level: Level, *, there: bool) -> Callable[[Rows, Marks], Column]:
    """Return the function of a column that does not matter in some rows, those that are settled.

    Where few rows are left it is worked out for them alone, unless it is there already or wanted by others too.
    """

    def spread(part: NDArray[Any], places: NDArray[np.intp], rows: int) -> NDArray[Any]:
        made = np.ones(rows, dtype=part.dtype)  # a denominator among them is never zero
        made[places] = part
        return made

    def of_the_rest(block: Rows, settled: Marks) -> Column:
        rows = block.rows(level)
        if there or np.ndim(settled) == 0 or rows <= _MANY or (rows - np.count_nonzero(settled)) * _FEW >= rows:
            return cast("Column", value(block))
        left = np.flatnonzero(~settled)
        return each(value(block.some(level, left)), lambda part: spread(part, left, rows) if np.ndim(part) else part)

    return of_the_rest


@block_function.register
def _by(by: By, level: Level) -> Function:
    """Take the last word that a row can be as it is, and before it what is known of either."""
    kind, on = _kind(by), _kind(by.on)
    words = block_function(by.on, level)
    bits = {word: bits_of(on.labels)(1 << place) for place, word in enumerate(on.labels)}
    of = {word: _by_labels(value, level, kind.labels) for word, value in zip(by.words, by.values, strict=True)}
    nothing = one_value(kind.unknown, kind)
    without = sum((bit for word, bit in bits.items() if word not in of), bits_of(on.labels)(0))
    of_parameters = all(isinstance(v, Constant) or (isinstance(v, Name) and v.level is None) for v in by.values)
    table: list[Column] = []

    def value(block: Rows) -> Column:
        possible = words(block)
        if of_parameters and len(bits) <= choices.TABLE:
            if not table:
                table.append(choices.table({word: of[word](block) for word in of}, list(bits), nothing, kind))
            return choices.looked_up(table[0], possible)
        present = np.bitwise_or.reduce(np.atleast_1d(possible.bits)) if possible.bits.size else without
        result, later = nothing, present & without
        for word in reversed(by.words):
            if not present & bits[word]:
                continue
            column = of[word](block)
            if not later:  # no row is anything else that was gone through
                result = column
            else:
                is_word = (possible.bits & bits[word]) != 0
                sure = is_word if possible.exact else is_word & ((possible.bits & later) == 0)
                result = choices.chosen(values.from_marks(sure, ~is_word), column, result)
            later |= bits[word]
        return result

    return value


@block_function.register
def _over_members(over: OverMembers, level: Level) -> Function:
    part = block_function(over.part, Level.MEMBER)

    def together(block: Rows) -> Column:
        whole = block.whole
        return of_households(over.over, in_full(part(whole), len(whole.place)), whole)

    if level is Level.MEMBER:  # what all members of a household are together, for each of them
        return lambda block: block.to_members(together(block))
    return lambda block: block.taken(together(block))


@block_function.register
def _before(node: Before, level: Level) -> Function:
    part = block_function(node.part, level)

    def earlier(block: Rows) -> Column:
        whole = block.whole
        amounts: Any = in_full(part(whole), len(whole.place))
        return block.taken(before(amounts, whole))

    return earlier


def _kind(expression: Expression) -> Kind:
    if expression.kind is None:
        raise TypeError("the names of this expression were not looked up")
    return expression.kind
