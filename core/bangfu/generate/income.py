"""Incomes by kind: what each person takes in by age, work, disability and place, before anything is left unsaid."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.families import PERSON
from bangfu.generate.stated import EntrySource
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


ASSISTANCE = EntrySource("social_assistance", "month", pl.col("relation") == "head", pl.col("assistance"))


def sources(seed: int) -> tuple[EntrySource, ...]:
    """Return every source of income of a member; amounts are yuan for the source's period."""
    draws = Draws(seed, PERSON)
    return (*_earned(draws), *_other(draws), *_public(draws))


def with_incomes(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add a column for each source, ``income_year`` (Int64, what counts in a year), ``job_costs`` of the employed."""
    found, draws = sources(seed), Draws(seed, PERSON)
    has_costs = (pl.col("employment") == "employed") & draws.chance("has job costs", 0.3)
    costs = draws.around("job costs", 1200, 0.5, unit=10)
    return members.with_columns(
        *(source.drawn for source in found), pl.when(has_costs).then(costs).alias("job_costs")
    ).with_columns(pl.sum_horizontal(s.yearly for s in found if s.kind not in _NOT_COUNTED).alias("income_year"))


def with_assistance(members: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Add what a household is paid as social assistance, ``assistance`` of its frame, to its head's incomes."""
    paid = households.select(HOUSEHOLD_KEY, "assistance")
    members = members.join(paid, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    return members.with_columns(ASSISTANCE.drawn).drop("assistance")


def _ease() -> pl.Expr:
    return ((0.5 - pl.col("hardship")) * _EASE).exp()


def _earned(draws: Draws) -> Iterator[EntrySource]:
    age, work = pl.col("age"), pl.col("employment")
    away = pl.when(pl.col("whereabouts") == "away_working").then(1.25).otherwise(1.0)
    paid = by_residence(1950, 2550) * steps(age, _WAGE_BY_AGE) * away * _ease()
    wage = draws.around("wage", paid, 0.45, unit=50)
    casual = draws.around("casual wage", by_residence(9000, 13_000) * _ease(), 0.55, unit=100)
    harvest = draws.around("farm", steps(age, {0: 3600.0, 60: 1500.0, 70: 800.0}) * _ease(), 0.7, unit=50)
    lets = (pl.col("relation") == "head") & draws.chance("lets", by_residence(0.16, 0.03))
    rent = draws.around("rent", by_residence(600, 3000), 0.7, unit=50)
    yield EntrySource("wage", "month", work == "employed", wage)
    yield EntrySource("wage", "year", work == "flexible", casual, "casual wage")
    yield EntrySource("business", "year", work == "farming", harvest, "farm")
    shop = draws.around("shop", 16_000 * _ease(), 0.6, unit=100)
    yield EntrySource("business", "year", work == "self_employed", shop, "shop")
    yield EntrySource("property", "year", lets, rent, "rent")


def _other(draws: Draws) -> Iterator[EntrySource]:
    """Yield what comes from others: an employee's pension, support by children, subsidies for land, gifts."""
    age, retired = pl.col("age"), pl.col("employment") == "retired"
    pension = draws.around("pension", 1700 * _ease(), 0.35, unit=10)
    yield EntrySource("transfer", "month", retired, pension, "pension")
    supported = pl.col("has_able_supporter").fill_null(value=False) & draws.chance("support", 0.5)
    elder = steps(age, {0: False, 60: True}) & ~retired
    support = draws.around("support", 150 * _ease(), 0.6, unit=10)
    yield EntrySource("transfer", "month", elder & supported, support, "support")
    farms = (pl.col("relation") == "head") & (pl.col("residence") == "rural")
    for_land = draws.around("subsidy paid", 420, 0.5, unit=10)
    yield EntrySource("transfer", "year", farms & draws.chance("subsidy", 0.45), for_land, "subsidy")
    scholar = pl.col("school_stage").is_in(_SECONDARY_LATER) & draws.chance("scholarship", 0.15)
    yield EntrySource("scholarship", "year", scholar, draws.around("scholarship paid", 2000, 0.4, unit=100))
    gift = draws.chance("other income", steps(age, {0: 0.0, 18: 0.02}))
    yield EntrySource("other", "once", gift, draws.around("other paid", 900, 0.7, unit=10))


def _public(draws: Draws) -> Iterator[EntrySource]:
    """Yield what the state pays by age, disability and merit."""
    age = pl.col("age")
    veteran = (pl.col("sex") == "male") & draws.chance("veteran", steps(age, {0: 0.0, 50: 0.012}))
    yield EntrySource("preferential_pension", "month", veteran, draws.around("merit", 800, 0.25, unit=10))
    one_child = draws.chance("one child", steps(age, {0: 0.0, 60: by_residence(0.07, 0.01)}))
    yield EntrySource("family_planning_award", "year", one_child, draws.pick("award", {960: 5, 1440: 3, 1800: 2}))
    hero = draws.chance("bravery", steps(age, {0: 0.0, 16: 0.0008}))
    yield EntrySource("bravery_award", "once", hero, draws.around("award for bravery", 6000, 0.5, unit=1000))
    insured = pl.when(pl.col("employment") == "retired").then(0.0).otherwise(steps(age, {0: 0.0, 60: 0.94}))
    pensioner = draws.chance("basic pension", insured)
    yield EntrySource("basic_pension", "month", pensioner, draws.around("basic pension paid", 128, 0.12))
    subsidised = pl.col("disability_grade").is_in([1, 2]) & draws.chance("disability subsidy", 0.85)
    subsidy = draws.around("disability subsidy paid", 105, 0.2, unit=5)
    yield EntrySource("disability_subsidy", "month", subsidised, subsidy)
    very_old = draws.chance("old-age allowance", steps(age, {0: 0.0, 80: 0.85}))
    yield EntrySource("old_age_allowance", "month", very_old, steps(age, {0: 0, 80: 60, 90: 120}))
