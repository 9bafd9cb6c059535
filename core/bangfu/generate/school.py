"""Schooling: stage and year by age at the start of the school year, boarding, kind of school, graduation."""

from __future__ import annotations

from datetime import date

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.families import PERSON, completed_years

SEPTEMBER = 9
_FIRST_AGES = {
    "preschool": 3,
    "primary": 6,
    "junior_secondary": 12,
    "senior_secondary": 15,
    "vocational_secondary": 15,
    "junior_college": 18,
    "undergraduate": 18,
    "postgraduate": 22,
}
"""The age on 1 September at which each stage is begun; a late starter is one year older."""

_LATE = 0.08
_KINDERGARTEN = {"rural": 0.82, "urban": 0.93}
_AFTER_JUNIOR = {"senior_secondary": 52, "vocational_secondary": 39, "none": 9}
_AFTER_SENIOR = {"undergraduate": 42, "junior_college": 33, "none": 25}
_AFTER_VOCATIONAL = {"junior_college": 28, "none": 72}
_AFTER_BACHELOR = {"postgraduate": 7, "none": 93}
_OUT_OF_SCHOOL = {False: 0.003, True: 0.22}
"""The share of children of school age who don't attend: without and with a severe disability."""

_BOARDS = {
    "rural": {"primary": 0.18, "junior_secondary": 0.45, "senior_secondary": 0.75, "vocational_secondary": 0.72},
    "urban": {"primary": 0.01, "junior_secondary": 0.06, "senior_secondary": 0.25, "vocational_secondary": 0.5},
}
_COLLEGES = ("junior_college", "undergraduate", "postgraduate")
_COLLEGE_BOARDS = 0.95
_SCHOOLS = {"public": 92, "private": 7, "inclusive_private": 1}
_KINDERGARTENS = {"public": 60, "inclusive_private": 32, "private": 8}
_COSTS = {
    "preschool": 3400,
    "primary": 320,
    "junior_secondary": 560,
    "senior_secondary": 2900,
    "vocational_secondary": 2200,
    "junior_college": 9200,
    "undergraduate": 9600,
    "postgraduate": 8800,
}
"""Median yuan that a family pays a year: fees, books, lodging, meals."""

_FROM, _TO = 3, 24
"""The ages at which schooling has to be stated; outside them it is presumed."""

_LATEST_GRADUATE = 30


def with_schooling(members: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    """Add ``school_stage`` (null where presumed), ``school_year``, ``boarding``, ``school_kind``, ``graduated_on``.

    Also ``in_school`` (Boolean, never null) and ``school_cost`` (Int64, yuan a year, null for none) for the
    other steps. Year, boarding and kind are null for those who are not in school.
    """
    draws, stage = Draws(seed, PERSON), pl.col("stage")
    started = on.year if on.month >= SEPTEMBER else on.year - 1
    september = completed_years(pl.col("birth_date"), date(started, SEPTEMBER, 1))
    late = draws.chance("starts late", _LATE).cast(pl.Int64)
    members = members.with_columns(
        (september - late).alias("school_age"), draws.pick("after junior", _AFTER_JUNIOR).alias("second")
    )
    members = members.with_columns(_third(draws).alias("third"))
    members = members.with_columns(_stage(draws).alias("stage"), _graduated(started).alias("graduated_on"))
    members = members.with_columns((stage != "none").alias("in_school"))
    in_school = pl.col("in_school")
    first_age = stage.replace_strict(_FIRST_AGES, default=None, return_dtype=pl.Int64)
    kind = (
        pl.when(stage == "preschool")
        .then(draws.pick("kindergarten", _KINDERGARTENS))
        .otherwise(draws.pick("school", _SCHOOLS))
    )
    return members.with_columns(
        pl.when(in_school | pl.col("age").is_between(_FROM, _TO)).then(stage).alias("school_stage"),
        pl.when(in_school).then(pl.col("school_age") - first_age + 1).alias("school_year"),
        pl.when(in_school).then(_boards(draws)).alias("boarding"),
        pl.when(in_school).then(kind).alias("school_kind"),
        draws.around(
            "school cost", stage.replace_strict(_COSTS, default=None, return_dtype=pl.Float64), 0.35, 10
        ).alias("school_cost"),
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
    out = pl.when(pl.col("unable")).then(_OUT_OF_SCHOOL[True]).otherwise(_OUT_OF_SCHOOL[False])
    return pl.when(draws.chance("out of school", out)).then(none).otherwise(by_age)


def _boards(draws: Draws) -> pl.Expr:
    stage = pl.col("stage")
    shares = {
        residence: stage.replace_strict(by_stage, default=0.0, return_dtype=pl.Float64)
        for residence, by_stage in _BOARDS.items()
    }
    share = pl.when(stage.is_in(_COLLEGES)).then(_COLLEGE_BOARDS).otherwise(by_residence(**shares))
    return draws.chance("boards", share)


def _graduated(started: int) -> pl.Expr:
    """Return the day of graduation from college: at the end of June before the school year after the last one."""
    third = pl.col("third")
    first_after = pl.when(third == "undergraduate").then(22).when(third == "junior_college").then(21)
    years_ago = pl.col("school_age") - first_after
    young = (years_ago >= 0) & (pl.col("age") <= _LATEST_GRADUATE) & ~pl.col("unable")
    return pl.when(young).then(pl.date(started - years_ago, 6, 30))
