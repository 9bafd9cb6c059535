"""The columns of a block (成批求值): an expression as a function of a block, with the results of one row at a time.

A function asks the block for the columns it reads, which are worked out as they are asked for. What is the same for
all rows is worked out once, and where a test decides for all rows, what it leaves out is not worked out at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import TypeAlias, cast

import numpy as np

from bangfu.facts import Level
from bangfu.rules.language import block_choices as choices
from bangfu.rules.language import block_days, block_members
from bangfu.rules.language import block_values as values
from bangfu.rules.language.block import Block, BlockPart
from bangfu.rules.language.block_tests import all_hold, where_needed
from bangfu.rules.language.blocks import (
    Column,
    Marks,
    NumberColumn,
    Truths,
    WordColumn,
    bits_of,
    failing,
    holding,
    in_full,
    one_value,
)
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.days import Age, Coming, Moved
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Value
from bangfu.rules.language.nodes import (
    All,
    Compare,
    Difference,
    IsKnown,
    IsStated,
    Larger,
    Not,
    OneOf,
    Operator,
    Product,
    Quotient,
    Rounded,
    Smaller,
    Some,
    Sum,
    Units,
)
from bangfu.rules.language.over_members import Before, OverMembers

Rows: TypeAlias = Block | BlockPart
Function: TypeAlias = Callable[[Rows], Column]
_OF_PARTS: Mapping[type[Expression], Callable[..., NumberColumn]] = {
    Sum: values.plus,
    Difference: values.minus,
    Product: values.times,
    Quotient: values.over,
    Larger: values.larger,
    Smaller: values.smaller,
    Units: values.in_units,
}


@singledispatch
def block_function(expression: Expression, level: Level) -> Function:
    """Return the function that works an expression of a level out for a block; its names were all looked up.

    The function raises ``TooLargeError`` where 64 bits would not hold what comes on the way; row by row it is worked
    out exactly.
    """
    made, parts = _OF_PARTS[type(expression)], [_numbers(part, level) for part in expression.inputs]
    return lambda block: made(*[part(block) for part in parts])


def _truths(expression: Expression, level: Level) -> Callable[[Rows], Truths]:
    return cast("Callable[[Rows], Truths]", block_function(expression, level))


def _numbers(expression: Expression, level: Level) -> Callable[[Rows], NumberColumn]:
    return cast("Callable[[Rows], NumberColumn]", block_function(expression, level))


def _words(expression: Expression, level: Level, labels: Mapping[str, str]) -> Callable[[Rows], WordColumn]:
    """Return the function of words by the bits that stand for them among some labels."""
    function = cast("Callable[[Rows], WordColumn]", block_function(expression, level))
    own, wanted = list(_kind(expression).labels), list(labels)
    if own == wanted:
        return function
    return lambda block: choices.relabelled(function(block), own, wanted)


def _same(value: Value, kind: Kind) -> Function:
    column = one_value(value, kind)
    return lambda _: column


@block_function.register
def _constant(constant: Constant, level: Level) -> Function:  # noqa: ARG001 - the same at both levels
    return _same(constant.value, _kind(constant))


@block_function.register
def _unknown(unknown: Unknown, level: Level) -> Function:  # noqa: ARG001 - the same at both levels
    return _same(_kind(unknown).unknown, _kind(unknown))


@block_function.register
def _name(name: Name, level: Level) -> Function:
    column, at = name.name, name.level
    if at is None:
        return lambda block: block.parameters[column]
    if at is level:
        return lambda block: block.column(at, column)
    return lambda block: block.of_household(column)


@block_function.register
def _not(negation: Not, level: Level) -> Function:
    part = _truths(negation.part, level)
    return lambda block: values.negated(part(block))


@block_function.register
def _all(every: All, level: Level) -> Function:
    tests = [_truths(test, level) for test in every.tests]
    return lambda block: all_hold(tests, level, block)


@block_function.register
def _some(some: Some, level: Level) -> Function:
    tests = [_opposite(_truths(test, level)) for test in some.tests]
    return lambda block: values.negated(all_hold(tests, level, block))


def _opposite(test: Callable[[Rows], Truths]) -> Callable[[Rows], Truths]:
    return lambda block: values.negated(test(block))


@block_function.register
def _compare(compare: Compare, level: Level) -> Function:
    if compare.operator in {Operator.EQUAL, Operator.UNEQUAL}:
        return _equal(compare, level)
    one, other = _numbers(compare.one, level), _numbers(compare.other, level)
    if compare.operator in {Operator.ABOVE, Operator.AT_MOST}:
        one, other = other, one
    if compare.operator in {Operator.BELOW, Operator.ABOVE}:
        return lambda block: values.below(one(block), other(block))
    return lambda block: values.not_below(one(block), other(block))


def _equal(compare: Compare, level: Level) -> Function:
    kind = _kind(compare.one)
    if kind.sort is Sort.CHOICE:  # words by the same bits
        labels = {**kind.labels, **_kind(compare.other).labels}
        one: Function = _words(compare.one, level, labels)
        other: Function = _words(compare.other, level, labels)
    else:
        one, other = block_function(compare.one, level), block_function(compare.other, level)
    if compare.operator is Operator.EQUAL:
        return lambda block: values.equal(one(block), other(block))
    return lambda block: values.negated(values.equal(one(block), other(block)))


@block_function.register
def _one_of(test: OneOf, level: Level) -> Function:
    labels = _kind(test.part).labels
    wanted = bits_of(labels)(sum(1 << place for place, label in enumerate(labels) if label in test.words))
    words = _words(test.part, level, labels)
    return lambda block: values.one_of(words(block), wanted)


@block_function.register
def _is_known(test: IsKnown, level: Level) -> Function:
    part = block_function(test.part, level)
    return lambda block: cast("Truths", values.is_exact(part(block)))


@block_function.register
def _is_stated(test: IsStated, level: Level) -> Function:
    part, nothing = block_function(test.part, level), one_value(test.unstated, _kind(test.part))
    return lambda block: cast("Truths", ~choices.same_knowledge(part(block), nothing))


@block_function.register
def _choice(choose: Choose, level: Level) -> Function:
    kind = _kind(choose)
    tests = [_truths(test, level) for test in choose.tests]
    of = [
        where_needed(_of_kind(value, level, kind), level, there=isinstance(value, Name | Constant))
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


def _of_kind(value: Expression, level: Level, kind: Kind) -> Function:
    """Return the function of one of several values; words by the bits of all."""
    return _words(value, level, kind.labels) if kind.sort is Sort.CHOICE else block_function(value, level)


@block_function.register
def _by(by: By, level: Level) -> Function:
    """Take the last word that a row can be as it is, and before it what is known of either."""
    kind, on = _kind(by), _kind(by.on)
    words = _words(by.on, level, on.labels)
    bits = {word: bits_of(on.labels)(1 << place) for place, word in enumerate(on.labels)}
    of = {word: _of_kind(value, level, kind) for word, value in zip(by.words, by.values, strict=True)}
    nothing = one_value(kind.unknown, kind)
    of_parameters = all(isinstance(value, Constant) or _is_parameter(value) for value in by.values)
    without = sum((bit for word, bit in bits.items() if word not in of), bits_of(on.labels)(0))

    table: list[Column] = []

    def value(block: Rows) -> Column:
        possible = words(block)
        if not table and len(bits) <= choices.TABLE:
            scalars = {word: function(block) for word, function in of.items()} if of_parameters else None
            table.extend([choices.table(scalars, list(bits), nothing, kind)] if scalars else [])
        if table:
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


def _is_parameter(value: Expression) -> bool:
    return isinstance(value, Name) and value.level is None


@block_function.register
def _over_members(over: OverMembers, level: Level) -> Function:
    part = block_function(over.part, Level.MEMBER)

    def together(block: Rows) -> Column:
        whole = block.whole
        return block_members.together(over.over, in_full(part(whole), len(whole.place)), whole)

    if level is Level.MEMBER:  # what all members of a household are together, for each of them
        return lambda block: block.to_members(together(block))
    return lambda block: block.taken(together(block))


@block_function.register
def _before(before: Before, level: Level) -> Function:
    part = _numbers(before.part, level)

    def earlier(block: Rows) -> Column:
        whole = block.whole
        return block.taken(block_members.before(cast("NumberColumn", in_full(part(whole), len(whole.place))), whole))

    return earlier


@block_function.register
def _rounded(rounded: Rounded, level: Level) -> Function:
    part = _numbers(rounded.part, level)
    return lambda block: choices.rounded(part(block), rounded.rounding)


@block_function.register
def _moved(moved: Moved, level: Level) -> Function:
    day, by = _numbers(moved.day, level), _numbers(moved.number, level)
    return lambda block: block_days.moved(day(block), by(block), moved.unit)


@block_function.register
def _coming(coming: Coming, level: Level) -> Function:
    since = _numbers(coming.since, level)
    return lambda block: block_days.coming(since(block), coming.month, coming.day)


@block_function.register
def _age(age: Age, level: Level) -> Function:
    since, on = _numbers(age.since, level), _numbers(age.on, level)
    return lambda block: block_days.age(since(block), on(block))


def _kind(expression: Expression) -> Kind:
    if expression.kind is None:
        raise TypeError("the names of this expression were not looked up")
    return expression.kind
