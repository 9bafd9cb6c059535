"""One household's values (逐户求值): an expression as a function of what is known of a household."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import reduce, singledispatch
from typing import Any, TypeAlias

from attrs import frozen

from bangfu.facts import Level
from bangfu.rules.language import known
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.known import Number, Truth, Value
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


@frozen
class Rows:
    """What is known of a household and its members, by column; ``member`` is the one a member's rule is asked of."""

    household: Mapping[str, Value]
    members: Sequence[Mapping[str, Value]]
    member: Mapping[str, Value] | None = None

    def of(self, member: Mapping[str, Value]) -> Rows:
        """Return the same with a member to ask of."""
        return Rows(self.household, self.members, member)


Function: TypeAlias = "Callable[[Rows], Any]"
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

    def value(rows: Rows) -> Value:
        if rows.member is not None and column in rows.member:
            return rows.member[column]
        return rows.household[column]

    return value


@function_of.register
def _not(negation: Not) -> Function:
    part = function_of(negation.part)
    return lambda rows: known.negated(part(rows))


@function_of.register
def _all(every: All) -> Function:
    return _together(known.all_hold, every.tests)


@function_of.register
def _some(some: Some) -> Function:
    return _together(known.some_hold, some.tests)


def _together(how: Callable[[Any], Truth], tests: Sequence[Expression]) -> Function:
    functions = tuple(map(function_of, tests))
    return lambda rows: how(test(rows) for test in functions)


@function_of.register
def _comparison(compare: Compare) -> Function:
    one, other = function_of(compare.one), function_of(compare.other)
    match compare.operator:
        case Operator.EQUAL:
            return lambda rows: known.equal(one(rows), other(rows))
        case Operator.UNEQUAL:
            return lambda rows: known.negated(known.equal(one(rows), other(rows)))
        case Operator.BELOW:
            return lambda rows: known.below(one(rows), other(rows))
        case Operator.ABOVE:
            return lambda rows: known.below(other(rows), one(rows))
        case Operator.AT_LEAST:
            return lambda rows: known.negated(known.below(one(rows), other(rows)))
        case Operator.AT_MOST:
            return lambda rows: known.negated(known.below(other(rows), one(rows)))


@function_of.register
def _one_of(test: OneOf) -> Function:
    part, words = function_of(test.part), frozenset(test.words)
    return lambda rows: known.one_of(part(rows), words)


@function_of.register
def _is_known(test: IsKnown) -> Function:
    part = function_of(test.part)
    return lambda rows: known.is_exact(part(rows))


@function_of.register
def _choice(choose: Choose) -> Function:
    cases = [(function_of(test), function_of(value)) for test, value in zip(choose.tests, choose.values, strict=True)]
    otherwise = function_of(choose.otherwise)

    def chosen(rows: Rows) -> Value:
        possible: list[Value] = []
        for test, value in cases:
            holds = test(rows)
            if holds is not False:
                possible.append(value(rows))
            if holds is True:
                break
        else:
            possible.append(otherwise(rows))
        return reduce(known.either, possible)

    return chosen


@function_of.register
def _over_members(over: OverMembers) -> Function:
    part = function_of(over.part)

    def each(rows: Rows) -> list[Any]:
        return [part(rows.of(member)) for member in rows.members]

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
            return lambda rows: reduce(known.larger, each(rows))
        case Over.SMALLEST:
            return lambda rows: reduce(known.smaller, each(rows))


def _total(amounts: Sequence[Number]) -> Number:
    return reduce(known.plus, amounts) if amounts else 0


def _count(truths: Sequence[Truth]) -> Number:
    sure = sum(truth is True for truth in truths)
    return known.within(sure, sure + sum(truth is None for truth in truths))


@function_of.register
def _later(moved: Moved) -> Function:
    day, number, unit = function_of(moved.day), function_of(moved.number), moved.unit
    return lambda rows: _moved(day(rows), number(rows), unit)


@function_of.register
def _completed_years(age: Age) -> Function:
    since, on = function_of(age.since), function_of(age.on)
    return lambda rows: _age(since(rows), on(rows))


def _moved(day: Number, by: Number, unit: Unit) -> Number:
    """Return a day moved: the later it is or the more it is moved, the later."""
    return known.within(
        _moved_exactly(known.low_of(day), known.low_of(by), unit),
        _moved_exactly(known.high_of(day), known.high_of(by), unit),
    )


def _moved_exactly(day: known.Exact | None, by: known.Exact | None, unit: Unit) -> int | None:
    if day is None or by is None:
        return None
    if unit is Unit.DAYS:
        moved = int(day + by)
        return moved if date.min.toordinal() <= moved <= date.max.toordinal() else None
    start = date.fromordinal(int(day))
    months = start.year * 12 + start.month - 1 + int(by) * (12 if unit is Unit.YEARS else 1)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return None
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1])).toordinal()


def _age(since: Number, on: Number) -> Number:
    return known.within(
        _completed(known.high_of(since), known.low_of(on)), _completed(known.low_of(since), known.high_of(on))
    )


def _completed(since: known.Exact | None, on: known.Exact | None) -> int | None:
    if since is None or on is None:
        return None
    first, last = date.fromordinal(int(since)), date.fromordinal(int(on))
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))
