"""Health: disability by age, serious illness, self-care, capacity to work, insurance; treatments (就医) of the year.

Treatments are rare, heavy-tailed, and paid in turn by the insurances, others and the patient.
"""

from __future__ import annotations

import polars as pl

from bangfu.dtypes import MONEY
from bangfu.generate.draw import Draws, steps
from bangfu.generate.families import FAMILY, PERSON
from bangfu.generate.stated import Entry, said

_DISABLED = {0: 0.03, 18: 0.06, 45: 0.09, 60: 0.15, 75: 0.25}
_SERIOUSLY_ILL = {0: 0.007, 18: 0.025, 45: 0.06, 60: 0.09}
"""Shares by age at middling hardship; the least hard-pressed have half of it, the hardest one and a half times."""

_DISABILITIES = {
    0: {"intellectual": 35, "limb": 20, "hearing": 14, "mental": 11, "speech": 8, "visual": 6, "multiple": 6},
    18: {"limb": 38, "mental": 22, "intellectual": 18, "hearing": 9, "visual": 7, "multiple": 4, "speech": 2},
    60: {"limb": 50, "hearing": 22, "visual": 16, "mental": 5, "multiple": 5, "intellectual": 2},
}
_GRADES = {1: 15, 2: 25, 3: 28, 4: 32}
_SELF_CARE_LOST = {0: 50, 1: 14, 2: 11, 3: 8, 4: 7, 5: 5, 6: 5}
_SELF_CARE_OF_ELDERS: dict[int, dict[int, float]] = {
    60: {0: 90, 1: 5, 2: 2, 3: 1, 4: 1, 5: 0.5, 6: 0.5},
    75: {0: 72, 1: 10, 2: 6, 3: 5, 4: 3, 5: 2, 6: 2},
    85: {0: 45, 1: 16, 2: 12, 3: 10, 4: 7, 5: 5, 6: 5},
}


def with_health(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``disability_kind`` and ``disability_grade`` (null for none), ``serious_illness``, ``insured``.

    Also ``self_care_lost`` and ``has_able_supporter`` where one would ask for them, ``labour_capacity``
    where assessed, and for the other steps ``limited`` and ``unable`` (to work).
    """
    draws, age = Draws(seed, PERSON), pl.col("age")
    how_often = 0.5 + pl.col("hardship")
    disability = draws.pick_by("disability", age, _DISABILITIES)
    disabled = draws.chance("disabled", steps(age, _DISABLED) * how_often)
    members = members.with_columns(
        pl.when(disabled).then(disability).otherwise(pl.lit("none")).alias("disability_kind"),
        pl.when(disabled).then(draws.pick("grade", _GRADES)).cast(pl.Int64).alias("disability_grade"),
        draws.chance("seriously ill", steps(age, _SERIOUSLY_ILL) * how_often).alias("serious_illness"),
        draws.chance("insured", 0.96).alias("insured"),
    )
    of_mind = pl.col("disability_kind").is_in(["intellectual", "mental"])
    severe = (pl.col("disability_grade") <= pl.when(of_mind).then(3).otherwise(2)).fill_null(value=False)
    members = members.with_columns(_self_care(draws, severe).cast(pl.Int64).alias("self_care_lost"))
    needs_care = pl.col("self_care_lost").fill_null(0) >= 1
    members = members.with_columns(
        (pl.col("serious_illness") | (pl.col("disability_kind") != "none")).alias("limited"),
        (severe | needs_care).alias("unable"),
    )
    return members.with_columns(has_able_supporter=_supporter(draws), labour_capacity=_capacity(draws))


def _self_care(draws: Draws, severe: pl.Expr) -> pl.Expr:
    """Return how many of the six items are lost: asked for elders and the severely disabled."""
    elders = draws.pick_by("self-care", pl.col("age"), _SELF_CARE_OF_ELDERS)
    return pl.when(severe).then(draws.pick("self-care", _SELF_CARE_LOST)).otherwise(elders)


def _supporter(draws: Draws) -> pl.Expr:
    """Return whether somebody outside could support a member: asked for those who may not support themselves."""
    alone = pl.col("kind").is_in(["elder_alone", "adult_alone", "skipped_generation", "orphans"])
    share = pl.when(alone).then(0.85 - 0.6 * pl.col("hardship")).otherwise(0.9 - 0.3 * pl.col("hardship"))
    asked = steps(pl.col("age"), {0: True, 16: pl.col("unable"), 60: True})
    # One answer for the household: whoever supports its old people would support the others as well.
    return pl.when(asked).then(Draws(draws.seed, FAMILY).chance("supporter", share))


def _capacity(draws: Draws) -> pl.Expr:
    """Return the capacity to work of the few adults of whom somebody assessed it; of the others it is presumed."""
    partly = pl.when(pl.col("limited")).then(pl.lit("partial")).otherwise(pl.lit("able"))
    assessed = draws.chance("assessed", steps(pl.col("age"), {0: 0.0, 16: 0.12}))
    of_age = steps(pl.col("age"), {0: partly, 60: pl.lit("partial"), 72: pl.lit("none")})
    return pl.when(assessed).then(pl.when(pl.col("unable")).then(pl.lit("none")).otherwise(of_age))


SETTINGS = ("inpatient", "outpatient_chronic")
_HOW_OFTEN = {
    "inpatient": ({0: 0.05, 16: 0.03, 45: 0.07, 60: 0.13, 75: 0.19}, 0.75),
    "outpatient_chronic": ({0: 0.01, 16: 0.02, 45: 0.09, 60: 0.16}, 0.5),
}
"""The share of people treated, by age, and of the seriously ill."""

_COVERED = {"inpatient": (5200, 26_000, 0.9), "outpatient_chronic": (1600, 7000, 0.7)}
"""Median yuan covered by policy, of others and of the seriously ill, and the spread."""

_SERIOUS_FROM = 14_000
PARTS = ("covered", "basic_paid", "serious_illness_paid", "other_paid", "own_paid")


def with_treatments(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``SETTING PART`` (Int64, yuan, null where there was no such treatment) and ``own_paid`` of all (Int64)."""
    draws = Draws(seed, PERSON)
    for setting in SETTINGS:
        members = _with_setting(members, draws, setting)
    own = (pl.col(f"{setting} own_paid").fill_null(0) for setting in SETTINGS)
    return members.with_columns(pl.sum_horizontal(own).alias("own_paid"))


def treatment_entry(setting: str, draws: Draws) -> Entry:
    """Return whether somebody was treated in a setting, and the fields of the entry, some left unsaid."""
    columns = {part: f"{setting} {part}" for part in PARTS}
    fields = {part: said(draws, column, pl.col(column).cast(MONEY), 0.03) for part, column in columns.items()}
    return pl.col(f"{setting} covered").is_not_null(), {"setting": pl.lit(setting), **fields}


def _with_setting(members: pl.DataFrame, draws: Draws, setting: str) -> pl.DataFrame:
    ill, insured = pl.col("serious_illness"), pl.col("insured")
    by_age, of_ill = _HOW_OFTEN[setting]
    usual, serious, spread = _COVERED[setting]
    treated = draws.chance(f"{setting}?", pl.when(ill).then(of_ill).otherwise(steps(pl.col("age"), by_age)))
    cost = draws.around(f"{setting}, cost", pl.when(ill).then(serious).otherwise(usual), spread)
    names = [f"{setting} {part}" for part in PARTS]
    covered, basic, second, other = map(pl.col, names[:4])
    left = covered - basic
    basic_share = pl.when(insured).then(draws.uniform(f"{setting}, basic", 0.5, 0.75)).otherwise(0.0)
    second_share = pl.when(insured).then(0.6).otherwise(0.0)
    other_share = pl.when(draws.chance(f"{setting}, other?", 0.06)).then(0.3).otherwise(0.0)
    beyond = draws.uniform(f"{setting}, not covered", 0.02, 0.3)
    amounts = (
        pl.when(treated).then(cost),
        _yuan(covered * basic_share),
        _yuan((left - _SERIOUS_FROM).clip(0) * second_share),
        _yuan((left - second) * other_share),
        left - second - other + _yuan(covered * beyond),
    )
    for name, amount in zip(names, amounts, strict=True):  # each rests on those before it
        members = members.with_columns(amount.alias(name))
    return members


def _yuan(amount: pl.Expr) -> pl.Expr:
    return amount.round().cast(pl.Int64)
