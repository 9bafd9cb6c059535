"""School and work: who learns what, by age at the start of the school year; who is where, and works how."""

from __future__ import annotations

from datetime import date

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.families import PERSON, Generation, completed_years, days_before

SEPTEMBER = 9
_STAGES = {
    "preschool": (3, 3400),
    "primary": (6, 320),
    "junior_secondary": (12, 560),
    "senior_secondary": (15, 2900),
    "vocational_secondary": (15, 2200),
    "junior_college": (18, 9200),
    "undergraduate": (18, 9600),
    "postgraduate": (22, 8800),
}
"""The age on 1 September at which each stage is begun (a late starter is one year older), and the median yuan that a
family pays a year: fees, books, lodging, meals."""

_KINDERGARTEN = {"rural": 0.82, "urban": 0.93}
_AFTER_JUNIOR = {"senior_secondary": 52, "vocational_secondary": 39, "none": 9}
_AFTER_SENIOR = {"undergraduate": 42, "junior_college": 33, "none": 25}
_AFTER_VOCATIONAL = {"junior_college": 28, "none": 72}
_AFTER_BACHELOR = {"postgraduate": 7, "none": 93}
_BOARDS = {
    "rural": {"primary": 0.18, "junior_secondary": 0.45, "senior_secondary": 0.75, "vocational_secondary": 0.72},
    "urban": {"primary": 0.01, "junior_secondary": 0.06, "senior_secondary": 0.25, "vocational_secondary": 0.5},
}
_COLLEGES = ("junior_college", "undergraduate", "postgraduate")
_SCHOOLS = {"public": 92, "private": 7, "inclusive_private": 1}
_KINDERGARTENS = {"public": 60, "inclusive_private": 32, "private": 8}
_LATEST_GRADUATE = 30


def with_schooling(members: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    """Add ``school_stage`` (null where presumed), ``school_year``, ``boarding``, ``school_kind``, ``graduated_on``.

    Also ``in_school`` (Boolean, never null) and ``school_cost`` (Int64, yuan a year, null for none) for the
    other steps. Year, boarding and kind are null for those who are not in school.
    """
    draws, stage = Draws(seed, PERSON), pl.col("stage")
    started = on.year if on.month >= SEPTEMBER else on.year - 1
    september = completed_years(pl.col("birth_date"), date(started, SEPTEMBER, 1))
    late = draws.chance("starts late", 0.08).cast(pl.Int64)
    members = members.with_columns(school_age=september - late, second=draws.pick("after junior", _AFTER_JUNIOR))
    members = members.with_columns(third=_third(draws))
    members = members.with_columns(stage=_stage(draws), graduated_on=_graduated(started))
    members = members.with_columns(in_school=stage != "none")
    in_school = pl.col("in_school")
    first_ages, costs = ({stage: row[i] for stage, row in _STAGES.items()} for i in (0, 1))
    first_age = stage.replace_strict(first_ages, default=None, return_dtype=pl.Int64)
    cost = stage.replace_strict(costs, default=None, return_dtype=pl.Float64)
    kindergarten, school = draws.pick("kindergarten", _KINDERGARTENS), draws.pick("school", _SCHOOLS)
    kind = pl.when(stage == "preschool").then(kindergarten).otherwise(school)
    return members.with_columns(
        pl.when(in_school | pl.col("age").is_between(3, 24)).then(stage).alias("school_stage"),
        pl.when(in_school).then(pl.col("school_age") - first_age + 1).alias("school_year"),
        pl.when(in_school).then(_boards(draws)).alias("boarding"),
        pl.when(in_school).then(kind).alias("school_kind"),
        draws.around("school cost", cost, 0.35, unit=10).alias("school_cost"),
    ).drop("stage", "second", "third", "school_age")


def _third(draws: Draws) -> pl.Expr:
    """Return what follows the second stage, whether or not a person is that far."""
    return (
        pl.when(pl.col("second") == "senior_secondary").then(draws.pick("after senior", _AFTER_SENIOR))
        .when(pl.col("second") == "vocational_secondary").then(draws.pick("after vocational", _AFTER_VOCATIONAL))
        .otherwise(pl.lit("none"))
    )  # fmt: skip


def _stage(draws: Draws) -> pl.Expr:
    """Return the stage somebody is in, ``none`` for those in no school."""
    second, third, none = pl.col("second"), pl.col("third"), pl.lit("none")
    bachelor = third == "undergraduate"
    kindergarten = draws.chance("kindergarten", by_residence(**_KINDERGARTEN))
    by_age = steps(
        pl.col("school_age"),
        {
            -2: none,
            3: pl.when(kindergarten).then(pl.lit("preschool")).otherwise(none),
            6: "primary",
            12: "junior_secondary",
            15: second,
            18: third,
            21: pl.when(bachelor).then(third).otherwise(none),
            22: pl.when(bachelor).then(draws.pick("after bachelor", _AFTER_BACHELOR)).otherwise(none),
            25: none,
        },
    )
    out = pl.when(pl.col("unable")).then(0.22).otherwise(0.003)
    return pl.when(draws.chance("out of school", out)).then(none).otherwise(by_age)


def _boards(draws: Draws) -> pl.Expr:
    stage = pl.col("stage")
    shares = {
        residence: stage.replace_strict(by_stage, default=0.0, return_dtype=pl.Float64)
        for residence, by_stage in _BOARDS.items()
    }
    share = pl.when(stage.is_in(_COLLEGES)).then(0.95).otherwise(by_residence(**shares))
    return draws.chance("boards", share)


def _graduated(started: int) -> pl.Expr:
    """Return the day of graduation from college: at the end of June before the school year after the last one."""
    third = pl.col("third")
    first_after = pl.when(third == "undergraduate").then(22).when(third == "junior_college").then(21)
    years_ago = pl.col("school_age") - first_after
    young = (years_ago >= 0) & (pl.col("age") <= _LATEST_GRADUATE) & ~pl.col("unable")
    return pl.when(young).then(pl.date(started - years_ago, 6, 30))


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
_ELDERS: dict[int, Weights] = {
    60: {
        "rural": {"farming": 48, "not_working": 47, "flexible": 5},
        "urban": {"retired": 70, "not_working": 25, "flexible": 5},
    },
    70: {"rural": {"not_working": 86, "farming": 14}, "urban": {"retired": 68, "not_working": 32}},
}
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
    # Where somebody is who is neither at home nor at work or school, then of all.
    adult = (pl.col("generation") == Generation.MIDDLE) & (pl.col("relation") != "head") & ~pl.col("in_school")
    members = members.with_columns(whereabouts=pl.when(adult).then(draws.pick("elsewhere", _ELSEWHERE)))
    members = members.with_columns(employment=_employment(draws)).with_columns(whereabouts=_whereabouts(draws))
    away = pl.col("whereabouts") != "home"
    looking = employment.is_in(_LOOKING) & ~pl.col("unable") & (pl.col("age") < _OLD)
    able = employment.is_in([*_EARNING, *_LOOKING]) & ~pl.col("unable") & (pl.col("age") < _OLD)
    # The longer ago the rarer, and nobody was out of work before sixteen.
    working_years = pl.col("age") - _WORKING_AGE + 0.1
    years_idle = pl.min_horizontal(draws.uniform("idle") ** 2 * 6, working_years)
    at_school = pl.col("school_year") - draws.uniform("away", 0.05, 0.9)
    at_work = pl.min_horizontal(draws.uniform("away") ** 2 * 6, working_years)
    years_away = pl.when(pl.col("in_school")).then(at_school).otherwise(at_work)
    paid = draws.around("insurance paid", 5600, 0.3, unit=10)
    premiums = pl.when(draws.chance("pays insurance", 0.5)).then(paid).otherwise(0)
    return members.with_columns(
        pl.when(away).then(days_before(on, years_away * _DAYS_A_YEAR)).alias("away_since"),
        (~away | draws.chance("still of the household", 0.8)).alias("lives_together"),
        pl.when(looking).then(days_before(on, years_idle * _DAYS_A_YEAR)).alias("unemployed_since"),
        pl.when(looking).then(draws.pick("refusals", {0: 90, 1: 5, 2: 2.5, 3: 2, 4: 0.5})).cast(pl.Int64)
        .alias("job_refusals"),
        pl.when(able).then(draws.chance("training", 0.3)).alias("wants_training"),
        pl.when(able).then(draws.chance("startup", 0.08)).alias("wants_startup"),
        pl.when(employment == "flexible").then(premiums).alias("social_insurance_paid"),
    )  # fmt: skip


def _employment(draws: Draws) -> pl.Expr:
    def picked(weights: Weights) -> pl.Expr:
        return by_residence(draws.pick("employment", weights["rural"]), draws.pick("employment", weights["urban"]))

    elders = steps(pl.col("age"), {start: picked(weights) for start, weights in _ELDERS.items()})
    may_retire = (pl.col("residence") == "urban") & (pl.col("sex") == "female") & (pl.col("age") >= _WOMEN_RETIRE)
    retired = may_retire & draws.chance("retired", 0.55)
    return (
        pl.when(pl.col("age") < _WORKING_AGE).then(pl.lit(None, dtype=pl.String))
        .when(pl.col("in_school")).then(pl.lit("studying"))
        .when(pl.col("whereabouts").is_not_null() | pl.col("unable")).then(pl.lit("not_working"))
        .when(pl.col("age") >= _OLD).then(elders)
        .when(retired).then(pl.lit("retired"))
        .when(pl.col("limited")).then(picked(_LIMITED))
        .otherwise(picked(_EMPLOYMENT))
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
