"""Standing (身份): registers a household is on, and the category it has been recognised as."""

from __future__ import annotations

from datetime import date

import polars as pl

from bangfu.generate.draw import Draws, by_residence
from bangfu.generate.families import FAMILY, PERSON, days_before
from bangfu.generate.roster import Generation

_LINE = {"rural": 5600.0, "urban": 8600.0}
"""A dibao standard of the size that places set, yuan a head and year: who was recognised lay about it."""

_MARGIN, _RIGID, _TEKUN = 1.5, 4.0, 1.3
_HEAVY_SPENDING = 0.6
_OF_AGE = 18


def with_standing(households: pl.DataFrame, seed: int, on: date) -> pl.DataFrame:
    """Add the registers, ``recognised_as`` with day and amount (Int64, yuan a year), ``income_risen_on``.

    Also ``appraised_amount`` (Int64, yuan a head and year) and ``assistance`` (Int64, yuan a month). Needs
    ``size``, ``income_year``, ``own_paid``, ``workers`` (members able to work) and ``supported`` (by
    somebody outside).
    """
    draws, hardship, rural = Draws(seed, FAMILY), pl.col("hardship"), pl.col("residence") == "rural"
    poor = by_residence(0.06 + 0.5 * hardship**2, 0.01)
    slipping = by_residence(0.02 + 0.16 * hardship**2, 0.004)
    line = by_residence(**_LINE)
    households = households.with_columns(
        draws.chance("registered poor", poor).alias("registered_poor"),
        draws.chance("watched", slipping).alias("watched_for_return_to_poverty"),
        (pl.col("income_year") / pl.col("size") / line).alias("of_line"),
        (line * pl.col("size") - pl.col("income_year")).alias("gap"),
    )
    households = households.with_columns(_recognised(draws).alias("recognised_as"))
    held = pl.col("recognised_as")
    days = draws.uniform("recognised", 20, 1900)
    paid = ((pl.col("gap") * draws.uniform("paid", 0.8, 1.1)).clip(600) / 60).round().cast(pl.Int64) * 60
    support = (line * pl.col("size") * _TEKUN).cast(pl.Int64)
    risen = (held == "dibao") & (pl.col("of_line") > 1)
    appraised = rural & (pl.col("of_line") < _MARGIN) & draws.chance("appraised", 0.25)
    amount = (draws.uniform("appraisal", 400, 3200) / 20).round().cast(pl.Int64) * 20
    return households.with_columns(
        pl.when(held != "none").then(days_before(on, days)).alias("recognised_on"),
        pl.when(held == "dibao").then(paid).alias("recognised_amount"),
        pl.when(risen).then(days_before(on, days * draws.uniform("risen") ** 2 * 0.5)).alias("income_risen_on"),
        pl.when(appraised).then(amount).alias("appraised_amount"),
        (pl.when(held == "dibao").then(paid).when(held == "tekun").then(support) // 12).alias("assistance"),
    )


def with_orphans(members: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``orphan``, ``supported_as_orphan`` (null for others), ``martyr_child``; brothers and sisters are alike."""
    draws, family = Draws(seed, PERSON), Draws(seed, FAMILY)
    minor = (pl.col("generation") == Generation.YOUNG) & (pl.col("age") < _OF_AGE)
    left_behind = (pl.col("kind") == "skipped_generation") & family.chance("orphans", 0.1)
    orphan = minor & ((pl.col("kind") == "orphans") | left_behind)
    return members.with_columns(
        orphan.alias("orphan"),
        pl.when(orphan).then(family.chance("supported as orphans", 0.55)).alias("supported_as_orphan"),
        (minor & draws.chance("child of a martyr", 0.001)).alias("martyr_child"),
    )


def _recognised(draws: Draws) -> pl.Expr:
    """Return the category now held: what a place like this would have found, with its delays and mistakes."""
    of_line, found = pl.col("of_line"), pl.col("assets_within_limits")
    heavy = pl.col("own_paid") > pl.col("income_year") * _HEAVY_SPENDING
    tekun = (pl.col("workers") == 0) & ~pl.col("supported") & (of_line < 1)
    return (
        pl.when(found & tekun & draws.chance("tekun", 0.65)).then(pl.lit("tekun"))
        .when(found & (of_line < 1) & draws.chance("dibao", 0.55)).then(pl.lit("dibao"))
        .when(found & (of_line < _MARGIN) & draws.chance("still dibao", 0.15)).then(pl.lit("dibao"))
        .when(found & of_line.is_between(1, _MARGIN) & draws.chance("margin", 0.35)).then(pl.lit("margin"))
        .when(found & of_line.is_between(_MARGIN, _RIGID) & heavy & draws.chance("rigid", 0.3))
        .then(pl.lit("rigid_expenditure"))
        .when(pl.col("watched_for_return_to_poverty") & draws.chance("as watched", 0.3)).then(pl.lit("watched"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
