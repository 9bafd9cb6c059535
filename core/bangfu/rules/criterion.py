"""Criteria (条件): single tests that a plan can show with value, limit and clause."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import chain
from typing import TypeAlias

from attrs import evolve, field, frozen

from bangfu.declaring import checked
from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language import Expression
from bangfu.rules.language.expression import Constant, Name, key_of
from bangfu.rules.language.functions import any_of
from bangfu.rules.language.misuse import a_test
from bangfu.rules.language.nodes import OF_ORDER, All, Compare, Not, OneOf, Operator, Some
from bangfu.rules.language.rounding import decimal_of
from bangfu.rules.origin import declared_at

Scalar: TypeAlias = str | bool | int | Decimal | date
Limit: TypeAlias = "Scalar | tuple[Scalar, ...] | Expression | None"


class Comparison(StrEnum):
    """How a value is held against its limit."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"
    IS_IN = "is_in"
    HOLDS = "holds"


COMPARISONS = {operator: Comparison[operator.name] for operator in OF_ORDER}


@frozen
class Shown:
    """What a test holds against what: the value, its limit (a constant, several, or an expression), and how."""

    value: Expression | None = None
    limit: Limit = None
    comparison: Comparison | None = None


@frozen(eq=False, field_transformer=checked)
class Criterion:
    """One test of a rule.

    Args:
        test: yes or no for each household or member; what is compared in it is shown with it.
        label: what a caseworker reads; made from the labels of what is compared where it is empty.
        source: the clause; the benefit's where it is empty.
        shows: the value that is shown with it instead of the one that is compared.
        parts: the criteria it is made of, each shown; one suffices, or all are needed where ``together`` is set.
        at: where it is declared; found by itself.
    """

    test: Expression = field(converter=a_test)
    label: str = ""
    source: str = ""
    shows: Expression | Shown | None = None
    parts: tuple[Criterion, ...] = ()
    together: bool = False
    at: str = field(factory=declared_at, repr=False)

    @property
    def shown(self) -> Shown:
        """What is shown of the test."""
        if self.shows is not None:
            return self.shows if isinstance(self.shows, Shown) else Shown(self.shows)
        return Shown() if self.parts else _shown(self.test)

    def because(self, source: str, label: str = "") -> Criterion:
        """Return the same criterion with the clause it comes from (and another label)."""
        return evolve(self, source=source, label=label or self.label)

    def by_default(self, source: str) -> Criterion:
        """Return the same criterion with this clause, on it and its parts, wherever none is given."""
        parts = tuple(part.by_default(source) for part in self.parts)
        return evolve(self, source=self.source or source, parts=parts)


def as_criterion(test: Criterion | Expression) -> Criterion:
    """Return a criterion; of a bare expression one without label or clause of its own."""
    return test if isinstance(test, Criterion) else Criterion(test)


def either(*parts: Criterion | Expression, label: str = "", source: str = "") -> Criterion:
    """Require one of several criteria, each shown."""
    made = tuple(map(as_criterion, parts))
    return Criterion(any_of(*(part.test for part in made)), label, source, parts=made)


def together(*parts: Criterion | Expression, label: str = "", source: str = "") -> Criterion:
    """Require several criteria, each shown, as one part of an ``either``; of none, it is refused."""
    made = tuple(map(as_criterion, parts))
    if not made:
        raise RuleError(_("together(…) of nothing always holds; name the criteria"))
    return Criterion(All(tuple(part.test for part in made)), label, source, parts=made, together=True)


def _shown(test: Expression) -> Shown:
    match test:
        case Name():
            return Shown(test, limit=True, comparison=Comparison.HOLDS)
        case Not(part=Name() as part):
            return Shown(part, limit=False, comparison=Comparison.HOLDS)
        case OneOf():
            return Shown(test.part, test.words, Comparison.IS_IN)
        case Compare(operator=Operator.EQUAL, other=Constant() as word):
            return Shown(test.one, (_as_written(word),), Comparison.IS_IN)
        case Compare() if test.operator in COMPARISONS:
            limit = _as_written(test.other) if isinstance(test.other, Constant) else test.other
            return Shown(test.one, limit, COMPARISONS[test.operator])
        case Some() if values := _values(test.tests):
            return values
    return Shown()


def _values(tests: Iterable[Expression]) -> Shown | None:
    """Return what is shown of tests for several values of the same, as in ``one_of(1, 2)``."""
    shown = [_shown(test) for test in tests]
    same = {key_of(each.value) for each in shown if each.value is not None}
    if len(same) != 1 or any(each.comparison is not Comparison.IS_IN for each in shown):
        return None
    limits = (each.limit for each in shown if isinstance(each.limit, tuple))
    return Shown(shown[0].value, tuple(chain.from_iterable(limits)), Comparison.IS_IN)


def _as_written(constant: Constant) -> Scalar:
    value = constant.as_written
    return decimal_of(value) if isinstance(value, Fraction) else value
