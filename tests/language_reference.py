"""The rule language once more, as plainly as can be: exact values alone, one row after the other, in fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from bangfu.rules.language import nodes as n
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.nodes import Operator, Over

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
        case Name(name=name):
            return (member or {}).get(name, household.get(name))
        case n.OneOf(part=part, words=words):
            return of(part) in words
        case n.Compare(operator=operator, one=one, other=other):
            return _COMPARE[operator](of(one), of(other))
        case n.Choose(tests=tests, values=values, otherwise=otherwise):
            return next((of(value) for test, value in zip(tests, values, strict=True) if of(test)), of(otherwise))
        case n.OverMembers(over=over, part=part):
            return _OVER[over]([worked_out(part, household, members, one) for one in members])
    return _joined(node, [of(part) for part in node.inputs])


def _joined(node: Expression, inputs: Sequence[Any]) -> Any:
    match node:
        case n.Not():
            return not inputs[0]
        case n.All():
            return all(inputs)
        case n.Some():
            return any(inputs)
        case n.Quotient() if inputs[1] == 0:
            raise OverZeroError
    return _TWO[type(node)](*inputs)  # type: ignore[arg-type]
