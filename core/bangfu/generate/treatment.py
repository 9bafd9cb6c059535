"""Treatments of the year (就医): rare, heavy-tailed, and paid in turn by the insurances, others and the patient."""

from __future__ import annotations

import polars as pl

from bangfu.dtypes import MONEY
from bangfu.generate.draw import Draws, steps
from bangfu.generate.entries import Entry
from bangfu.generate.families import PERSON
from bangfu.generate.unknown import said

SETTINGS = ("inpatient", "outpatient_chronic")
_HOW_OFTEN = {
    "inpatient": ({0: 0.05, 16: 0.03, 45: 0.07, 60: 0.13, 75: 0.19}, 0.75),
    "outpatient_chronic": ({0: 0.01, 16: 0.02, 45: 0.09, 60: 0.16}, 0.5),
}
"""The share of people treated, by age, and of the seriously ill."""

_COVERED = {"inpatient": (5200, 26_000, 0.9), "outpatient_chronic": (1600, 7000, 0.7)}
"""Median yuan covered by policy, of others and of the seriously ill, and the spread."""

_SERIOUS_FROM, _SERIOUS_SHARE = 14_000, 0.6
_OTHER = 0.06
_NOT_SAID = 0.03
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
    fields = {
        part: said(draws, f"{setting} {part}", pl.col(f"{setting} {part}").cast(MONEY), _NOT_SAID) for part in PARTS
    }
    return pl.col(f"{setting} covered").is_not_null(), {"setting": pl.lit(setting), **fields}


def _with_setting(members: pl.DataFrame, draws: Draws, setting: str) -> pl.DataFrame:
    ill, insured = pl.col("serious_illness"), pl.col("insured")
    by_age, of_ill = _HOW_OFTEN[setting]
    usual, serious, spread = _COVERED[setting]
    treated = draws.chance(f"{setting}?", pl.when(ill).then(of_ill).otherwise(steps(pl.col("age"), by_age)))
    cost = draws.around(f"{setting}, cost", pl.when(ill).then(serious).otherwise(usual), spread)
    covered, basic, second, other = (pl.col(f"{setting} {part}") for part in PARTS[:4])
    left = covered - basic
    basic_share = pl.when(insured).then(draws.uniform(f"{setting}, basic", 0.5, 0.75)).otherwise(0.0)
    second_share = pl.when(insured).then(_SERIOUS_SHARE).otherwise(0.0)
    other_share = pl.when(draws.chance(f"{setting}, other?", _OTHER)).then(0.3).otherwise(0.0)
    beyond = draws.uniform(f"{setting}, not covered", 0.02, 0.3)
    return (
        members.with_columns(pl.when(treated).then(cost).alias(f"{setting} covered"))
        .with_columns(_yuan(covered * basic_share).alias(f"{setting} basic_paid"))
        .with_columns(_yuan((left - _SERIOUS_FROM).clip(0) * second_share).alias(f"{setting} serious_illness_paid"))
        .with_columns(_yuan((left - second) * other_share).alias(f"{setting} other_paid"))
        .with_columns((left - second - other + _yuan(covered * beyond)).alias(f"{setting} own_paid"))
    )


def _yuan(amount: pl.Expr) -> pl.Expr:
    return amount.round().cast(pl.Int64)
