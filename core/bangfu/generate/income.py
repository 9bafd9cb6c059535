"""Incomes by kind: what each person takes in by age, work, disability and place, before anything is left unsaid."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.entries import EntrySource
from bangfu.generate.families import PERSON
from bangfu.keys import HOUSEHOLD_KEY

_EASE = 1.1
"""How far hardship bears on earnings: the least hard-pressed earn three times as much as the hardest pressed."""

_WAGE_BY_AGE = {16: 0.65, 20: 0.85, 25: 1.0, 50: 0.85}
_NOT_COUNTED = (
    "preferential_pension",
    "family_planning_award",
    "scholarship",
    "bravery_award",
    "social_assistance",
    "basic_pension",
)
"""Kinds that no place counts in the means test (N2 art. 13)."""

_SECONDARY_LATER = ("senior_secondary", "vocational_secondary", "junior_college", "undergraduate", "postgraduate")


ASSISTANCE = EntrySource(
    "social_assistance",
    "social_assistance",
    "month",
    pl.when(pl.col("relation") == "head").then(pl.col("assistance")),
)


def sources(seed: int) -> tuple[EntrySource, ...]:
    """Return every source of income of a member; amounts are yuan for the source's period."""
    draws = Draws(seed, PERSON)
    return (*_earned(draws), *_other(draws), *_public(draws))


def with_incomes(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add a column for each source, ``income_year`` (Int64, what counts in a year), ``job_costs`` of the employed."""
    found = sources(seed)
    draws = Draws(seed, PERSON)
    has_costs = (pl.col("employment") == "employed") & draws.chance("has job costs", 0.3)
    costs = draws.around("job costs", 1200, 0.5, unit=10)
    return members.with_columns(
        *(source.amount.alias(source.column) for source in found),
        pl.when(has_costs).then(costs).alias("job_costs"),
    ).with_columns(pl.sum_horizontal(s.yearly for s in found if s.kind not in _NOT_COUNTED).alias("income_year"))


def with_assistance(members: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Add what a household is paid as social assistance, ``assistance`` of its frame, to its head's incomes."""
    paid = households.select(HOUSEHOLD_KEY, "assistance")
    members = members.join(paid, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    return members.with_columns(ASSISTANCE.amount.alias(ASSISTANCE.column)).drop("assistance")


def _ease() -> pl.Expr:
    return ((0.5 - pl.col("hardship")) * _EASE).exp()


def _earned(draws: Draws) -> Iterator[EntrySource]:
    work = pl.col("employment")
    away = pl.when(pl.col("whereabouts") == "away_working").then(1.25).otherwise(1.0)
    by_age = steps(pl.col("age"), _WAGE_BY_AGE)
    wage = draws.around("wage", by_residence(1950, 2550) * by_age * away * _ease(), 0.45, unit=50)
    casual = draws.around("casual wage", by_residence(9000, 13_000) * _ease(), 0.55, unit=100)
    harvest = draws.around("farm", steps(pl.col("age"), {0: 3600.0, 60: 1500.0, 70: 800.0}) * _ease(), 0.7, unit=50)
    shop = draws.around("shop", 16_000 * _ease(), 0.6, unit=100)
    rent = draws.around("rent", by_residence(600, 3000), 0.7, unit=50)
    lets = (pl.col("relation") == "head") & draws.chance("lets", by_residence(0.16, 0.03))
    yield EntrySource("wage", "wage", "month", pl.when(work == "employed").then(wage))
    yield EntrySource("casual wage", "wage", "year", pl.when(work == "flexible").then(casual))
    yield EntrySource("farm", "business", "year", pl.when(work == "farming").then(harvest))
    yield EntrySource("shop", "business", "year", pl.when(work == "self_employed").then(shop))
    yield EntrySource("rent", "property", "year", pl.when(lets).then(rent))


def _other(draws: Draws) -> Iterator[EntrySource]:
    """Yield what comes from others: an employee's pension, support by children, subsidies for land, gifts."""
    age, head = pl.col("age"), pl.col("relation") == "head"
    pension = draws.around("pension", 1700 * _ease(), 0.35, unit=10)
    support = draws.around("support", 150 * _ease(), 0.6, unit=10)
    supported = pl.col("has_able_supporter").fill_null(value=False) & draws.chance("support", 0.5)
    elder = steps(age, {0: False, 60: True}) & (pl.col("employment") != "retired")
    for_land = head & (pl.col("residence") == "rural") & draws.chance("subsidy", 0.45)
    scholar = pl.col("school_stage").is_in(_SECONDARY_LATER) & draws.chance("scholarship", 0.15)
    yield EntrySource("pension", "transfer", "month", pl.when(pl.col("employment") == "retired").then(pension))
    yield EntrySource("support", "transfer", "month", pl.when(elder & supported).then(support))
    yield EntrySource(
        "subsidy", "transfer", "year", pl.when(for_land).then(draws.around("subsidy paid", 420, 0.5, unit=10))
    )
    yield EntrySource(
        "scholarship",
        "scholarship",
        "year",
        pl.when(scholar).then(draws.around("scholarship paid", 2000, 0.4, unit=100)),
    )
    gift = draws.chance("other income", steps(age, {0: 0.0, 18: 0.02}))
    yield EntrySource("other", "other", "once", pl.when(gift).then(draws.around("other paid", 900, 0.7, unit=10)))


def _public(draws: Draws) -> Iterator[EntrySource]:
    """Yield what the state pays by age, disability and merit."""
    age = pl.col("age")
    veteran = (pl.col("sex") == "male") & draws.chance("veteran", steps(age, {0: 0.0, 50: 0.012}))
    one_child = draws.chance("one child", steps(age, {0: 0.0, 60: by_residence(0.07, 0.01)}))
    hero = draws.chance("bravery", steps(age, {0: 0.0, 16: 0.0008}))
    insured = pl.when(pl.col("employment") == "retired").then(0.0).otherwise(steps(age, {0: 0.0, 60: 0.94}))
    pensioner = draws.chance("basic pension", insured)
    subsidised = pl.col("disability_grade").is_in([1, 2]) & draws.chance("disability subsidy", 0.85)
    very_old = draws.chance("old-age allowance", steps(age, {0: 0.0, 80: 0.85}))
    allowance = steps(age, {0: 0, 80: 60, 90: 120}).cast(pl.Int64)

    def source(kind: str, per: str, there: pl.Expr, amount: pl.Expr) -> EntrySource:
        return EntrySource(kind, kind, per, pl.when(there).then(amount))

    yield source("preferential_pension", "month", veteran, draws.around("merit", 800, 0.25, unit=10))
    yield source(
        "family_planning_award", "year", one_child, draws.pick("award", {960: 5, 1440: 3, 1800: 2}).cast(pl.Int64)
    )
    yield source("bravery_award", "once", hero, draws.around("award for bravery", 6000, 0.5, unit=1000))
    yield source("basic_pension", "month", pensioner, draws.around("basic pension paid", 128, 0.12))
    yield source("disability_subsidy", "month", subsidised, draws.around("disability subsidy paid", 105, 0.2, unit=5))
    yield source("old_age_allowance", "month", very_old, allowance)
