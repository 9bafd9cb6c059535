"""Health: disability by age, serious illness, self-care, capacity to work, insurance."""

from __future__ import annotations

import polars as pl

from bangfu.generate.draw import Draws, steps
from bangfu.generate.families import FAMILY, PERSON

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
_ASSESSED = 0.12
"""The share of adults whose capacity to work somebody has assessed; of the others it is presumed."""


def with_health(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``disability_kind`` and ``disability_grade`` (null for none), ``serious_illness``, ``insured``.

    Also ``self_care_lost`` and ``has_able_supporter`` where one would ask for them, ``labour_capacity``
    where assessed, and for the other steps ``limited`` and ``unable`` (to work).
    """
    draws, age = Draws(seed, PERSON), pl.col("age")
    how_often = 0.5 + pl.col("hardship")
    disability = steps(age, {start: draws.pick("disability", kinds) for start, kinds in _DISABILITIES.items()})
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
    return members.with_columns(
        _supporter(draws).alias("has_able_supporter"), _capacity(draws).alias("labour_capacity")
    )


def _self_care(draws: Draws, severe: pl.Expr) -> pl.Expr:
    """Return how many of the six items are lost: asked for elders and the severely disabled."""
    elders = {start: draws.pick("self-care", lost) for start, lost in _SELF_CARE_OF_ELDERS.items()}
    return pl.when(severe).then(draws.pick("self-care", _SELF_CARE_LOST)).otherwise(steps(pl.col("age"), elders))


def _supporter(draws: Draws) -> pl.Expr:
    """Return whether somebody outside could support a member: asked for those who may not support themselves."""
    alone = pl.col("kind").is_in(["elder_alone", "adult_alone", "skipped_generation", "orphans"])
    share = pl.when(alone).then(0.85 - 0.6 * pl.col("hardship")).otherwise(0.9 - 0.3 * pl.col("hardship"))
    asked = steps(pl.col("age"), {0: True, 16: pl.col("unable"), 60: True})
    # One answer for the household: whoever supports its old people would support the others as well.
    return pl.when(asked).then(Draws(draws.seed, FAMILY).chance("supporter", share))


def _capacity(draws: Draws) -> pl.Expr:
    partly = pl.when(pl.col("limited")).then(pl.lit("partial")).otherwise(pl.lit("able"))
    assessed = draws.chance("assessed", steps(pl.col("age"), {0: 0.0, 16: _ASSESSED}))
    of_age = steps(pl.col("age"), {0: partly, 60: pl.lit("partial"), 72: pl.lit("none")})
    return pl.when(assessed).then(pl.when(pl.col("unable")).then(pl.lit("none")).otherwise(of_age))
