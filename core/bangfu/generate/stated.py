"""What is said of made-up households: facts left unsaid, entries of list facts, facts that nothing else draws.

Caseworkers often lack some facts and leave others to presumption. Households differ: of some everything was
asked, of others little. Each has a measure of its gaps, ``gaps``, by which the usual shares are multiplied.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from attrs import Factory, frozen

from bangfu.dtypes import MONEY
from bangfu.facts import Catalog, Choice, Digits, Fact, Integer, Level, Money, Quantity, YesNo
from bangfu.facts.declare import TIMES_RECEIVED
from bangfu.generate.draw import Draws

GAPS = {0.0: 45, 1.0: 40, 2.5: 15}
"""How often a household's shares of unknown facts are this many times the usual ones."""

_FACTS_BY_SHARE = {
    0.002: ["sex"],
    0.004: ["residence", "birth_date"],
    0.03: ["school_stage"],
    0.04: ["incomes"],
    0.05: ["school_year", "disability_grade", "employment", "graduated_on"],
    0.06: ["homes", "vehicles", "recognised_on", "insured"],
    0.08: ["recognised_amount", "dwelling_only", "treatments"],
    0.1: ["school_kind", "has_able_supporter"],
    0.12: ["large_machinery", "business_registered", "boarding", "social_insurance_paid"],
    0.15: ["expenses", "income_risen_on", "housing_difficulty", "renovated_before", "self_care_lost"],
    0.16: ["assets_within_limits"],
    0.18: ["dwelling_grade"],
    0.2: ["dwelling_area", "supported_as_orphan", "unemployed_since"],
    0.25: ["financial_assets"],
    0.3: ["away_since"],
    0.35: ["wants_training", "wants_startup"],
}
UNKNOWN: Mapping[str, float] = {fact: share for share, facts in _FACTS_BY_SHARE.items() for fact in facts}
"""The usual share of unknown values by fact."""

LEFT_TO_PRESUMPTION: Mapping[str, tuple[Any, float]] = {
    "registered_poor": (False, 0.4),
    "watched_for_return_to_poverty": (False, 0.6),
    "recognised_as": ("none", 0.6),
    "lives_together": (True, 0.8),
    "whereabouts": ("home", 0.7),
    "disability_kind": ("none", 0.7),
    "serious_illness": (False, 0.6),
    "orphan": (False, 0.95),
    "martyr_child": (False, 0.95),
    "job_refusals": (0, 0.8),
}
"""The value that is presumed where nothing is said, and the share of those that have it and say nothing."""


def said(draws: Draws, what: str, value: pl.Expr, unknown: float) -> pl.Expr:
    """Return the value, or null for a usual share of the rows."""
    return pl.when(~draws.chance(f"unknown {what}", pl.col("gaps") * unknown)).then(value)


def as_said(draws: Draws, facts: Iterable[str]) -> Iterator[pl.Expr]:
    """Yield those of these facts that some leave out, as caseworkers would have stated them; the frame has ``gaps``."""
    for name in facts:
        fact = pl.col(name)
        if name in LEFT_TO_PRESUMPTION:
            usual, share = LEFT_TO_PRESUMPTION[name]
            left_out = (fact == usual) & draws.chance(f"presumed {name}", share)
            yield pl.when(~left_out).then(fact).alias(name)
        elif name in UNKNOWN:
            yield said(draws, name, fact, UNKNOWN[name]).alias(name)


Entry = tuple[pl.Expr, Mapping[str, pl.Expr]]
"""Whether a row has an entry, and the entry's fields."""


@frozen
class EntrySource:
    """Something a person or household may take in or spend: its kind and period, whether there is any, how many yuan.

    The period is no day: how many there were an entry cannot say, and nobody would know the year's sum.
    """

    kind: str
    per: str
    there: pl.Expr
    yuan: pl.Expr
    name: str = Factory(lambda self: self.kind, takes_self=True)

    @property
    def column(self) -> str:
        """The name of the column that holds the amount."""
        return f"yuan: {self.name}"

    @property
    def drawn(self) -> pl.Expr:
        """The column itself (Int64), null for none."""
        return pl.when(self.there).then(self.yuan.cast(pl.Int64)).alias(self.column)

    @property
    def yearly(self) -> pl.Expr:
        """The amount of that column for a year, zero for none."""
        return pl.col(self.column).fill_null(0) * TIMES_RECEIVED[self.per]

    def entry(self, draws: Draws) -> Entry:
        """Return the entry, for some rows without amount or period."""
        amount = pl.col(self.column)
        return amount.is_not_null(), {
            "kind": pl.lit(self.kind),
            "amount": said(draws, f"amount of {self.name}", amount.cast(MONEY), 0.02),
            "per": said(draws, f"period of {self.name}", pl.lit(self.per), 0.004),
        }


def with_list(frame: pl.DataFrame, name: str, entries: Iterable[Entry]) -> pl.DataFrame:
    """Return the frame with a list fact: in each row the entries whose condition holds, an empty list for none."""
    rows = frame.with_row_index("row")
    there = [
        rows.filter(condition).select("row", pl.struct(value.alias(key) for key, value in fields.items()).alias(name))
        for condition, fields in entries
    ]
    lists = pl.concat(there).group_by("row").agg(pl.col(name))
    joined = rows.join(lists, on="row", how="left", maintain_order="left")
    return joined.with_columns(pl.col(name).fill_null([])).drop("row")


_WIDEST = 8
"""How far above its least value a whole number is drawn."""


def other_facts(catalog: Catalog, level: Level, known: Container[str], draws: Draws) -> Iterator[pl.Expr]:
    """Yield a column for each fact of a level whose name is not known; the frame has ``gaps``.

    What is presumed where it is not stated is left to presumption; days and lists stay unknown.
    """
    for fact in catalog.at(level):
        if fact.name not in known and not fact.personal:
            yield said(draws, fact.name, _drawn(fact, draws), 0.2).alias(fact.name)


def _drawn(fact: Fact, draws: Draws) -> pl.Expr:
    match fact.type if fact.presumption is None else None:
        case YesNo():
            return draws.chance(fact.name, 0.15)
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
            return pl.lit(None)
