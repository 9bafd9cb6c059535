"""The rule language once more, as plainly as can be: exact values alone, one row after the other, in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve

from bangfu.facts import Level
from bangfu.rules.language import nodes as n
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.days import Age, Coming, Moved, Unit
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.nodes import Operator
from bangfu.rules.language.over_members import Over, OverMembers
from bangfu.rules.language.rounding import Direction, Rounding

_COMPARE = {
    Operator.EQUAL: lambda a, b: a == b,
    Operator.UNEQUAL: lambda a, b: a != b,
    Operator.BELOW: lambda a, b: a < b,
    Operator.AT_MOST: lambda a, b: a <= b,
    Operator.ABOVE: lambda a, b: a > b,
    Operator.AT_LEAST: lambda a, b: a >= b,
}
_TWO = {
    n.Sum: lambda a, b: a + b,
    n.Difference: lambda a, b: a - b,
    n.Product: lambda a, b: a * b,
    n.Quotient: lambda a, b: Fraction(a) / b,
    n.Larger: max,
    n.Smaller: min,
}
_OVER = {
    Over.SOME: any,
    Over.EVERY: all,
    Over.COUNT: sum,
    Over.TOTAL: sum,
    Over.LARGEST: max,
    Over.SMALLEST: min,
}


class OverZeroError(Exception):
    """A value hangs on a division by zero."""


def worked_out(
    node: Expression,
    household: Mapping[str, Any],
    members: Sequence[Mapping[str, Any]],
    member: Mapping[str, Any] | None = None,
) -> Any:
    """Return the value of an expression for a household of which everything is known.

    Raises:
        OverZeroError: it hangs on a division by zero.
    """

    def of(part: Expression) -> Any:
        return worked_out(part, household, members, member)

    match node:
        case Constant(value=value):
            return value
        case Name(name=name, level=level):
            return household[name] if level is Level.HOUSEHOLD or member is None else member[name]
        case By(on=on, words=words, values=values):
            return of(dict(zip(words, values, strict=True))[of(on)])
        case n.Rounded(part=part, rounding=rounding):
            return _rounded(Fraction(of(part)), rounding)
        case n.OneOf(part=part, words=words):
            return of(part) in words
        case n.Compare(operator=operator, one=one, other=other):
            return _COMPARE[operator](of(one), of(other))
        case Choose(tests=tests, values=values, otherwise=otherwise):
            return next((of(value) for test, value in zip(tests, values, strict=True) if of(test)), of(otherwise))
        case OverMembers(over=over, part=part):
            return _OVER[over]([worked_out(part, household, members, one) for one in members])
    return _joined(node, [of(part) for part in node.inputs])


def _rounded(fen: Fraction, rounding: Rounding) -> int:
    """Return an amount as a clerk rounds it: the digits cut off, and one step more where that is due."""
    size = abs(fen) / rounding.fen
    steps = int(size)
    over = size - steps
    more = {Direction.DOWN: False, Direction.UP: over > 0, Direction.HALF_UP: over >= Fraction(1, 2)}
    return (1 if fen > 0 else -1) * (steps + more[rounding.direction]) * rounding.fen


def placed(node: Expression, level: Level = Level.HOUSEHOLD) -> Expression:
    """Return an expression whose names stand at a level, those of members under what is gathered of them."""
    if isinstance(node, Name):
        return evolve(node, level=level)
    inner = Level.MEMBER if isinstance(node, OverMembers) else level
    return node.rebuilt([placed(part, inner) for part in node.inputs]) if node.inputs else node


def _joined(node: Expression, inputs: Sequence[Any]) -> Any:
    match node:
        case n.Not():
            return not inputs[0]
        case n.All():
            return all(inputs)
        case n.Some():
            return any(inputs)
        case n.Units():
            return Fraction(inputs[0], 100)
        case n.Quotient() if inputs[1] == 0:
            raise OverZeroError
        case Moved(unit=unit):
            return _moved(date.fromordinal(inputs[0]), inputs[1], unit).toordinal()
        case Coming(month=month, day=day):
            start = date.fromordinal(inputs[0])
            days = (start + timedelta(days=n) for n in range(367))
            return next(each.toordinal() for each in days if (each.month, each.day) == (month, day))
        case Age():
            born, on = map(date.fromordinal, inputs)
            birthdays = ((year, born.month, born.day) for year in range(born.year + 1, on.year + 1))
            return sum(birthday <= (on.year, on.month, on.day) for birthday in birthdays)
    return _TWO[type(node)](*inputs)  # type: ignore[arg-type]


def _moved(day: date, by: int, unit: Unit) -> date:
    """Return a day moved one month at a time; a month without such a day gives its last."""
    if unit is Unit.DAYS:
        return day + timedelta(days=by)
    year, month = day.year, day.month
    for _ in range(abs(by) * (12 if unit is Unit.YEARS else 1)):
        month += 1 if by > 0 else -1
        if month in {0, 13}:
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12)
    return next(made for last in range(day.day, 0, -1) if (made := _day(year, month, last)))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
