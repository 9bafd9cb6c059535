"""Work: who is where, who is employed how, who looks for work and what they wish for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.families import PERSON, days_before
from bangfu.generate.roster import Generation

Weights = dict[str, dict[str, float]]
"""How often each occurs, by residence."""

_EMPLOYMENT: Weights = {
    "rural": {
        "employed": 38, "farming": 36, "flexible": 12, "self_employed": 4, "unemployed": 4, "not_working": 6,
    },
    "urban": {
        "employed": 50, "flexible": 20, "unemployed": 12, "not_working": 10, "self_employed": 7, "farming": 1,
    },
}  # fmt: skip
_LIMITED: Weights = {
    "rural": {"not_working": 42, "farming": 38, "employed": 8, "flexible": 8, "unemployed": 4},
    "urban": {"not_working": 48, "unemployed": 16, "flexible": 16, "employed": 16, "self_employed": 4},
}
_ELDERS: dict[str, dict[int, dict[str, float]]] = {
    "rural": {60: {"farming": 48, "not_working": 47, "flexible": 5}, 70: {"not_working": 86, "farming": 14}},
    "urban": {60: {"retired": 70, "not_working": 25, "flexible": 5}, 70: {"retired": 68, "not_working": 32}},
}
_RETIRED_WOMEN = 0.55
"""The share of women in towns, from 50 to 59, who have retired."""

_WORKING_AGE, _WOMEN_RETIRE, _OLD = 16, 50, 60
_AWAY = {"employed": 0.5, "flexible": 0.25, "self_employed": 0.1}
_AWAY_FROM = ("family", "three_generations", "elder_head", "adult_with_parents", "couple")
"""Kinds of households that somebody of working age can leave without leaving children alone."""

_ELSEWHERE = {None: 99.1, "prison": 0.4, "compulsory_rehabilitation": 0.2, "missing": 0.2, "clergy_away": 0.1}
_EARNING = ("employed", "flexible", "self_employed", "farming")
_LOOKING = ("unemployed", "not_working")
_DAYS_A_YEAR = 365


def with_work(members: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    """Add ``employment`` (null below 16), ``whereabouts``, ``away_since``, ``lives_together`` and ``unemployed_since``.

    Also ``job_refusals``, ``wants_training``, ``wants_startup`` and ``social_insurance_paid`` (Int64, yuan
    a year) where one would ask for them.
    """
    draws, employment = Draws(seed, PERSON), pl.col("employment")
    members = members.with_columns(_elsewhere(draws).alias("whereabouts"))
    members = members.with_columns(_employment(draws).alias("employment"))
    members = members.with_columns(_whereabouts(draws).alias("whereabouts"))
    away = pl.col("whereabouts") != "home"
    looking = employment.is_in(_LOOKING) & ~pl.col("unable") & (pl.col("age") < _OLD)
    able = employment.is_in([*_EARNING, *_LOOKING]) & ~pl.col("unable") & (pl.col("age") < _OLD)
    # The longer ago the rarer, and nobody was out of work before sixteen.
    working_years = pl.col("age") - _WORKING_AGE + 0.1
    years_idle = pl.min_horizontal(draws.uniform("idle") ** 2 * 6, working_years)
    at_school = pl.col("school_year") - draws.uniform("away", 0.05, 0.9)
    years_away = (
        pl.when(pl.col("in_school"))
        .then(at_school)
        .otherwise(pl.min_horizontal(draws.uniform("away") ** 2 * 6, working_years))
    )
    return members.with_columns(
        pl.when(away).then(days_before(on, years_away * _DAYS_A_YEAR)).alias("away_since"),
        (~away | draws.chance("still of the household", 0.8)).alias("lives_together"),
        pl.when(looking).then(days_before(on, years_idle * _DAYS_A_YEAR)).alias("unemployed_since"),
        pl.when(looking).then(draws.pick("refusals", {0: 90, 1: 5, 2: 2.5, 3: 2, 4: 0.5})).cast(pl.Int64)
        .alias("job_refusals"),
        pl.when(able).then(draws.chance("training", 0.3)).alias("wants_training"),
        pl.when(able).then(draws.chance("startup", 0.08)).alias("wants_startup"),
        pl.when(employment == "flexible").then(_insurance_paid(draws)).alias("social_insurance_paid"),
    )  # fmt: skip


def _elsewhere(draws: Draws) -> pl.Expr:
    """Return where somebody is who is neither at home nor at work or school, else null."""
    adult = (pl.col("generation") == Generation.MIDDLE) & (pl.col("relation") != "head") & ~pl.col("in_school")
    return pl.when(adult).then(draws.pick("elsewhere", _ELSEWHERE))


def _employment(draws: Draws) -> pl.Expr:
    def picked(weights: Mapping[str, float]) -> pl.Expr:
        return draws.pick("employment", weights)

    def of_age(weights: Mapping[int, Mapping[str, float]]) -> pl.Expr:
        return steps(pl.col("age"), {start: picked(each) for start, each in weights.items()})

    elders = by_residence(of_age(_ELDERS["rural"]), of_age(_ELDERS["urban"]))
    retired = (
        (pl.col("residence") == "urban")
        & (pl.col("sex") == "female")
        & (pl.col("age") >= _WOMEN_RETIRE)
        & draws.chance("retired", _RETIRED_WOMEN)
    )
    return (
        pl.when(pl.col("age") < _WORKING_AGE).then(pl.lit(None, dtype=pl.String))
        .when(pl.col("in_school")).then(pl.lit("studying"))
        .when(pl.col("whereabouts").is_not_null() | pl.col("unable")).then(pl.lit("not_working"))
        .when(pl.col("age") >= _OLD).then(elders)
        .when(retired).then(pl.lit("retired"))
        .when(pl.col("limited")).then(by_residence(picked(_LIMITED["rural"]), picked(_LIMITED["urban"])))
        .otherwise(by_residence(picked(_EMPLOYMENT["rural"]), picked(_EMPLOYMENT["urban"])))
    )  # fmt: skip


def _whereabouts(draws: Draws) -> pl.Expr:
    share = pl.col("employment").replace_strict(_AWAY, default=0.0, return_dtype=pl.Float64)
    can_leave = pl.col("kind").is_in(_AWAY_FROM) & (pl.col("generation") != Generation.OLD) & ~pl.col("limited")
    leaves = can_leave & (pl.col("residence") == "rural") & draws.chance("works away", share)
    studies_away = pl.col("in_school") & pl.col("boarding") & (pl.col("age") >= _WORKING_AGE)
    return (
        pl.when(pl.col("whereabouts").is_not_null()).then(pl.col("whereabouts"))
        .when(studies_away).then(pl.lit("away_studying"))
        .when(leaves).then(pl.lit("away_working"))
        .otherwise(pl.lit("home"))
    )  # fmt: skip


def _insurance_paid(draws: Draws) -> pl.Expr:
    """Return the premiums of those in flexible work; half of them pay none."""
    paid = draws.around("insurance paid", 5600, 0.3, unit=10)
    return pl.when(draws.chance("pays insurance", 0.5)).then(paid).otherwise(0)
