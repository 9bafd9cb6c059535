"""Facts that the generator knows nothing of, such as those of plugins: drawn by their declared type."""

from __future__ import annotations

from collections.abc import Container, Iterator

import polars as pl

from bangfu.dtypes import MONEY
from bangfu.facts import Catalog, Choice, Digits, Fact, Integer, Level, Money, Quantity, YesNo
from bangfu.generate.draw import Draws
from bangfu.generate.unknown import said

_YES = 0.15
_UNKNOWN = 0.2
_WIDEST = 8
"""How far above its least value a whole number is drawn."""


def other_facts(catalog: Catalog, level: Level, known: Container[str], draws: Draws) -> Iterator[pl.Expr]:
    """Yield a column for each fact of a level whose name is not known; the frame has ``gaps``.

    What is presumed where it is not stated is left to presumption; days and lists stay unknown.
    """
    for fact in catalog.at(level):
        if fact.name not in known and not fact.personal:
            yield said(draws, fact.name, _drawn(fact, draws), _UNKNOWN).alias(fact.name)


def _drawn(fact: Fact, draws: Draws) -> pl.Expr:
    unknown = pl.lit(None)
    if fact.presumption is not None:
        return unknown
    match fact.type:
        case YesNo():
            return draws.chance(fact.name, _YES)
        case Choice(labels):
            return draws.pick(fact.name, dict.fromkeys(labels, 1.0))
        case Integer(least, most):
            return draws.uniform(fact.name, least, min(most, least + _WIDEST) + 1).floor().cast(pl.Int64)
        case Money():
            return draws.around(fact.name, 8000, 1.0, unit=100).cast(MONEY)
        case Quantity():
            return draws.around(fact.name, 60, 0.5).cast(MONEY)
        case Digits(lengths):
            return pl.lit("1" * max(lengths))
        case _:
            return unknown
