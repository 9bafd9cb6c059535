"""Expressions written as formulas (写成公式), as a pack would write them: for errors and reports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

from bangfu.facts import Level
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.expression import Constant, Expression, Name
from bangfu.rules.language.nodes import (
    All,
    Compare,
    Difference,
    IsKnown,
    IsStated,
    Larger,
    Not,
    OneOf,
    Product,
    Quotient,
    Smaller,
    Some,
    Sum,
    Units,
)
from bangfu.rules.language.over_members import OverMembers

_SIGNS: Mapping[type[Expression], str] = {Sum: "+", Difference: "-", Product: "*", Quotient: "/"}
_FUNCTIONS: Mapping[type[Expression], str] = {
    Larger: "largest",
    Smaller: "smallest",
    IsKnown: "known",
    IsStated: "is_stated",
}


@singledispatch
def formula_of(expression: Expression) -> str:
    """Return an expression as a formula; what no formula can say by the name of its node."""
    inner = [formula_of(part) for part in expression.inputs]
    if sign := _SIGNS.get(type(expression)):
        return f"{_apart(inner[0])} {sign} {_apart(inner[1])}"
    return f"{_FUNCTIONS.get(type(expression), type(expression).__name__)}({', '.join(inner)})"


def _apart(formula: str) -> str:
    """Return a part of a formula, in parentheses where it is more than one word."""
    return f"({formula})" if " " in formula and not formula.startswith("'") else formula


@formula_of.register
def _name(name: Name) -> str:
    if name.level is None:
        return name.name.removeprefix("policy:")
    return f"{'household' if name.level is Level.HOUSEHOLD else 'member'}.{name.name}"


@formula_of.register
def _constant(constant: Constant) -> str:
    value = constant.as_written
    return repr(value) if isinstance(value, str | bool) else str(value)


@formula_of.register
def _unknown(_: Unknown) -> str:
    return "unknown"


@formula_of.register
def _in_units(units: Units) -> str:
    return formula_of(units.part)


@formula_of.register
def _not(negation: Not) -> str:
    return f"not {_apart(formula_of(negation.part))}"


@formula_of.register
def _several(several: All | Some) -> str:
    joint = " and " if isinstance(several, All) else " or "
    return joint.join(_apart(formula_of(test)) for test in several.tests)


@formula_of.register
def _compare(compare: Compare) -> str:
    return f"{_apart(formula_of(compare.one))} {compare.operator} {_apart(formula_of(compare.other))}"


@formula_of.register
def _one_of(test: OneOf) -> str:
    words = ", ".join(map(repr, test.words)) + ("," if len(test.words) == 1 else "")
    return f"{_apart(formula_of(test.part))} in ({words})"


@formula_of.register
def _over_members(over: OverMembers) -> str:
    return f"{over.over}({formula_of(over.part)})"


@formula_of.register
def _choose(choose: Choose) -> str:
    said = formula_of(choose.otherwise)
    for test, value in reversed(list(zip(choose.tests, choose.values, strict=True))):
        said = f"{_apart(formula_of(value))} if {_apart(formula_of(test))} else {_apart(said)}"
    return said


@formula_of.register
def _by(by: By) -> str:
    cases = (f"{word!r}: {formula_of(value)}" for word, value in zip(by.words, by.values, strict=True))
    return f"by({formula_of(by.on)}, {{{', '.join(cases)}}})"
