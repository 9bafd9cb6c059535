"""One household's values (逐户求值): an expression as a function of what is known of a household."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce, singledispatch
from itertools import takewhile
from typing import Any, TypeAlias, cast

from bangfu.facts import Level
from bangfu.rules.language import days, known, rounding
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.days import Age, Coming, Moved
from bangfu.rules.language.expression import HUNDREDTHS, Constant, Expression, Name
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds, Number, Truth, Value
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
from bangfu.rules.language.over_members import Before, Over, OverMembers
from bangfu.rules.language.rows import KnownRows

AT_LEAST_ZERO = Bounds(0, None)
_ANY = {Sort.DAY, Sort.TEXT}
Function: TypeAlias = "Callable[[KnownRows], Any]"
_TWO: Mapping[type[Expression], Callable[[Number, Number], Number]] = {
    Sum: known.plus,
    Difference: known.minus,
    Product: known.times,
    Quotient: known.over,
    Larger: known.larger,
    Smaller: known.smaller,
}


@singledispatch
def function_of(expression: Expression) -> Function:
    """Return the function that works an expression out for a household, whose names were all looked up."""
    two = _TWO[type(expression)]
    one, other = map(function_of, expression.inputs)
    return lambda rows: two(one(rows), other(rows))


@function_of.register
def _constant(constant: Constant) -> Function:
    value = constant.value
    return lambda _: value


@function_of.register
def _column(name: Name) -> Function:
    column = name.name
    if name.level is Level.HOUSEHOLD:
        return lambda rows: rows.household[column]
    if name.level is Level.MEMBER:
        return lambda rows: rows.member[column]
    return lambda rows: rows.parameters[column]


@function_of.register
def _not(negation: Not) -> Function:
    part = function_of(negation.part)
    return lambda rows: known.negated(part(rows))


@function_of.register
def _all(every: All) -> Function:
    return _unless_one_is(decisive=False, tests=every.tests)


@function_of.register
def _some(some: Some) -> Function:
    return _unless_one_is(decisive=True, tests=some.tests)


def _unless_one_is(*, decisive: bool, tests: Sequence[Expression]) -> Function:
    """Return what one that decides it says; else, where all are known, the opposite."""
    if tests and all(isinstance(test, Name) and test.level is not None for test in tests):
        return _unless_a_column_is(decisive, cast("Sequence[Name]", tests))
    functions = tuple(map(function_of, tests))

    def together(rows: KnownRows) -> Truth:
        result: Truth = not decisive
        for test in functions:
            truth: Truth = test(rows)
            if truth is decisive:
                return decisive
            if truth is None:
                result = None
        return result

    return together


def _unless_a_column_is(decisive: bool, tests: Sequence[Name]) -> Function:  # noqa: FBT001 - a truth, no switch
    """Return what ``_unless_one_is`` does, of columns that are there: quicker than to call a function for each."""
    columns = tuple((test.level is Level.HOUSEHOLD, test.name) for test in tests)

    def together(rows: KnownRows) -> Truth:
        result: Truth = not decisive
        household, member = rows.household, rows.member
        for of_household, column in columns:
            truth = household[column] if of_household else member[column]
            if truth is decisive:
                return decisive
            if truth is None:
                result = None
        return result

    return together


@function_of.register
def _comparison(compare: Compare) -> Function:
    one, other = function_of(compare.one), function_of(compare.other)
    match compare.operator:
        case Operator.EQUAL:
            return lambda rows: known.equal(one(rows), other(rows))
        case Operator.UNEQUAL:
            return lambda rows: known.negated(known.equal(one(rows), other(rows)))
        case Operator.BELOW:
            return _below(one, other)
        case Operator.ABOVE:
            return _below(other, one)
        case Operator.AT_LEAST:
            return _not_below(one, other)
        case Operator.AT_MOST:
            return _not_below(other, one)


def _below(one: Function, other: Function) -> Function:
    def test(rows: KnownRows) -> Truth:
        a, b = one(rows), other(rows)
        # Whole numbers, mostly: quicker than to ask what is known of both.
        return a < b if a.__class__ is b.__class__ is int else known.below(a, b)

    return test


def _not_below(one: Function, other: Function) -> Function:
    below = _below(one, other)
    return lambda rows: known.negated(below(rows))


@function_of.register
def _one_of(test: OneOf) -> Function:
    part, words = function_of(test.part), frozenset(test.words)
    return lambda rows: known.one_of(part(rows), words)


@function_of.register
def _is_known(test: IsKnown) -> Function:
    part = function_of(test.part)
    return lambda rows: known.is_exact(part(rows))


@function_of.register
def _is_stated(test: IsStated) -> Function:
    part, unstated = function_of(test.part), test.unstated
    return lambda rows: part(rows) != unstated


@function_of.register
def _in_units(units: Units) -> Function:
    part, hundredth = function_of(units.part), Fraction(1, HUNDREDTHS)
    return lambda rows: known.times(part(rows), hundredth)


@function_of.register
def _rounded(rounded: Rounded) -> Function:
    part, how = function_of(rounded.part), rounded.rounding
    return lambda rows: rounding.rounded(part(rows), how)


@function_of.register
def _choice(choose: Choose) -> Function:
    cases = [(function_of(test), function_of(value)) for test, value in zip(choose.tests, choose.values, strict=True)]
    otherwise = function_of(choose.otherwise)

    def chosen(rows: KnownRows) -> Value:
        for place, (test, value) in enumerate(cases):
            holds = test(rows)
            if holds is True:
                return cast("Value", value(rows))
            if holds is None:
                return reduce(known.either, possible(rows, place))
        return cast("Value", otherwise(rows))

    def possible(rows: KnownRows, first: int) -> Iterator[Value]:
        """Yield what it may be from the first test on of which nobody knows whether it holds."""
        for test, value in cases[first:]:
            holds = test(rows)
            if holds is not False:
                yield value(rows)
            if holds is True:
                return
        yield otherwise(rows)

    return chosen


@function_of.register
def _by_word(by: By) -> Function:
    on = function_of(by.on)
    values = {word: function_of(value) for word, value in zip(by.words, by.values, strict=True)}
    nobody_knows = nothing_known(by.kind)

    def value_of(rows: KnownRows) -> Value:
        word = on(rows)
        if isinstance(word, str):
            return values[word](rows) if word in values else nobody_knows
        possible = (values[one](rows) if one in values else nobody_knows for one in known.words_of(word))
        return reduce(known.either, possible)

    return value_of


@function_of.register
def _unknown(nobody_knows: Unknown) -> Function:
    value = nothing_known(nobody_knows.kind)
    return lambda _: value


def nothing_known(kind: Kind | None) -> Value:
    """Return what is known of a value of which nothing is: money, counts, areas and years are never below zero."""
    if kind is None or kind.sort is Sort.YES_NO:
        return None
    if kind.sort is Sort.CHOICE:
        return known.Candidates(frozenset(kind.labels))
    return known.UNKNOWN if kind.sort in _ANY else AT_LEAST_ZERO


@function_of.register
def _before(before: Before) -> Function:
    part = function_of(before.part)

    def together(rows: KnownRows) -> Number:
        earlier = takewhile(lambda each: each.member is not rows.member, rows.of_each)
        return _total([part(each) for each in earlier])

    return together


@function_of.register
def _over_members(over: OverMembers) -> Function:
    part = function_of(over.part)

    def each(rows: KnownRows) -> list[Any]:
        return [part(of_member) for of_member in rows.of_each]

    match over.over:
        case Over.SOME:
            return lambda rows: known.some_hold(each(rows))
        case Over.EVERY:
            return lambda rows: known.all_hold(each(rows))
        case Over.COUNT:
            return lambda rows: _count(each(rows))
        case Over.TOTAL:
            return lambda rows: _total(each(rows))
        case Over.LARGEST:
            return lambda rows: reduce(known.larger, each(rows)) if rows.members else known.UNKNOWN
        case Over.SMALLEST:
            return lambda rows: reduce(known.smaller, each(rows)) if rows.members else known.UNKNOWN


def _total(amounts: Sequence[Number]) -> Number:
    return reduce(known.plus, amounts) if amounts else 0


def _count(truths: Sequence[Truth]) -> Number:
    sure = sum(truth is True for truth in truths)
    return known.within(sure, sure + sum(truth is None for truth in truths))


@function_of.register
def _later(moved: Moved) -> Function:
    day, number, unit = function_of(moved.day), function_of(moved.number), moved.unit
    return lambda rows: days.moved(day(rows), number(rows), unit)


@function_of.register
def _date_to_come(coming: Coming) -> Function:
    since, month, day = function_of(coming.since), coming.month, coming.day
    return lambda rows: days.coming(since(rows), month, day)


@function_of.register
def _completed_years(age: Age) -> Function:
    since, on = function_of(age.since), function_of(age.on)
    return lambda rows: days.age(since(rows), on(rows))
