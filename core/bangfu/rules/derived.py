"""Derived columns (推算量): what is worked out from facts, each with a name of its own."""

from __future__ import annotations

from collections.abc import Container, Mapping

import polars as pl
from attrs import field, frozen

from bangfu.facts import Level


@frozen
class Switch:
    """How a derived column chooses: the column ``on`` says which of ``cases`` is taken."""

    on: str
    cases: Mapping[str | bool, str]


@frozen
class Derived:
    """A named column worked out from other columns.

    ``value`` is an expression over columns of its own level (member rules may use household
    columns as well). With ``from_members`` it stands at the household and aggregates member
    columns (``kleene.total_of`` and its like). To have the missing facts named exactly, use one
    logical connective a column, or ``switch``.

    ``determination`` marks what an office determines (认定): a category, who counts, a benefit's status. Whoever is
    shown it, such as another department's officer, is not therefore shown what it was worked out from.
    """

    name: str
    level: Level
    value: pl.Expr = field(eq=False, repr=False)
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    from_members: bool = False
    switch: Switch | None = None
    determination: bool = False


def across(name: str, value: pl.Expr, label: str = "", source: str = "") -> Derived:
    """Return a household column that aggregates a column of its members."""
    return Derived(name, Level.HOUSEHOLD, value, label, source, from_members=True)


def switch(  # noqa: PLR0913 - the fields of Derived, with what it switches by
    name: str,
    level: Level,
    on: str,
    cases: Mapping[str | bool, str],
    *,
    label: str = "",
    source: str = "",
    unset: Container[str] = (),
) -> Derived:
    """Return a column that takes the column of the case that ``on`` names; null for any other value.

    ``unset`` names columns known to be null: their cases need no expression.
    """
    known = {key: column for key, column in cases.items() if column not in unset} or cases
    chosen = pl.lit(None)
    for key, column in known.items():
        is_case = pl.col(on) if key is True else ~pl.col(on) if key is False else pl.col(on) == key
        chosen = pl.when(is_case).then(pl.col(column)).otherwise(chosen)
    return Derived(name, level, chosen, label, source, switch=Switch(on, cases))
