"""Criteria (条件): single tests that a plan can show with value, limit and clause."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import polars as pl
from attrs import evolve, field, frozen

from bangfu.facts.household import CATEGORY_LABELS
from bangfu.kleene import any_of

Scalar = str | bool | int | Decimal | date


class Comparison(StrEnum):
    """How a value is held against its limit; the member's value is what a caseworker reads."""

    AT_LEAST = "不低于"
    ABOVE = "高于"
    AT_MOST = "不高于"
    BELOW = "低于"
    IS_IN = "属于"
    HOLDS = "成立"


@frozen
class Criterion:
    """One test of a rule.

    ``test`` is a boolean expression, null for unknown. ``value`` names the column that is tested,
    ``limit`` is what it is held against: a constant, several, or an expression. An empty ``label`` is
    made from the labels of the column and the limit. A criterion with ``parts`` is shown with each of
    them; one suffices, or all are needed where ``together`` is set.
    """

    test: pl.Expr = field(eq=False, repr=False)
    label: str = ""
    source: str = ""
    value: str | None = None
    limit: Scalar | tuple[Scalar, ...] | pl.Expr | None = field(default=None, eq=False)
    comparison: Comparison | None = None
    parts: tuple[Criterion, ...] = ()
    together: bool = False

    def because(self, source: str, label: str = "") -> Criterion:
        """Return the same criterion with the clause it comes from (and another label)."""
        return evolve(self, source=source, label=label or self.label)

    def by_default(self, source: str) -> Criterion:
        """Return the same criterion with this clause, on it and its parts, wherever none is given."""
        parts = tuple(part.by_default(source) for part in self.parts)
        return evolve(self, source=self.source or source, parts=parts)


def holds(fact: str, label: str = "", source: str = "") -> Criterion:
    """Require a yes/no fact to be true."""
    return Criterion(pl.col(fact), label, source, fact, True, Comparison.HOLDS)


def lacks(fact: str, label: str = "", source: str = "") -> Criterion:
    """Require a yes/no fact to be false."""
    return Criterion(~pl.col(fact), label, source, fact, False, Comparison.HOLDS)


def is_in(fact: str, *values: str | int, label: str = "", source: str = "") -> Criterion:
    """Require a fact to have one of the values."""
    test = pl.col(fact) == values[0] if len(values) == 1 else pl.col(fact).is_in(list(values))
    return Criterion(test, label, source, fact, values, Comparison.IS_IN)


def in_category(*categories: str, source: str = "") -> Criterion:
    """Require the member's (or household's) low-income category to be one of these.

    Decided as soon as the candidates allow it, even where the category itself is still unknown: as one
    category holds for everybody, it is one of these where none of the others can.
    """
    one_of_these = any_of(*(pl.col(f"is_{category}") for category in categories))
    others = any_of(*(pl.col(f"is_{category}") for category in CATEGORY_LABELS if category not in categories))
    return Criterion(pl.coalesce(one_of_these, ~others), "", source, "category", categories, Comparison.IS_IN)


def at_least(fact: str, limit: int | Decimal | date | pl.Expr, label: str = "", source: str = "") -> Criterion:
    """Require value ≥ limit."""
    return Criterion(pl.col(fact) >= limit, label, source, fact, limit, Comparison.AT_LEAST)


def above(fact: str, limit: int | Decimal | date | pl.Expr, label: str = "", source: str = "") -> Criterion:
    """Require value > limit."""
    return Criterion(pl.col(fact) > limit, label, source, fact, limit, Comparison.ABOVE)


def at_most(fact: str, limit: int | Decimal | date | pl.Expr, label: str = "", source: str = "") -> Criterion:
    """Require value ≤ limit."""
    return Criterion(pl.col(fact) <= limit, label, source, fact, limit, Comparison.AT_MOST)


def below(fact: str, limit: int | Decimal | date | pl.Expr, label: str = "", source: str = "") -> Criterion:
    """Require value < limit."""
    return Criterion(pl.col(fact) < limit, label, source, fact, limit, Comparison.BELOW)


def either(*parts: Criterion, label: str = "", source: str = "") -> Criterion:
    """Require one of several criteria."""
    return Criterion(any_of(*(part.test for part in parts)), label, source, parts=parts)


def every(*parts: Criterion, label: str = "", source: str = "") -> Criterion:
    """Require several criteria together, as one part of an ``either``."""
    test = pl.all_horizontal(*(part.test for part in parts))
    return Criterion(test, label, source, parts=parts, together=True)
