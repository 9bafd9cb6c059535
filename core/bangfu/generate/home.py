"""The household as a whole: what it lives in, owns and spends, the registers it is on, what it is recognised as."""

from __future__ import annotations

from datetime import date

import polars as pl

from bangfu.generate.draw import Draws, by_residence
from bangfu.generate.families import FAMILY, PERSON, Generation, days_before
from bangfu.generate.stated import EntrySource

_WELL_OFF = 0.14
_GRADES = {
    0.0: {"A": 55, "B": 38, "C": 5, "D": 2},
    0.5: {"A": 34, "B": 42, "C": 16, "D": 8},
    0.8: {"A": 20, "B": 38, "C": 25, "D": 17},
}
_FINANCIAL_LIMIT = 30_000
"""Yuan a head that places of this kind allow, for the verdict of the property check."""


def with_dwelling(households: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``dwelling_grade``, ``dwelling_only`` and ``renovated_before`` (rural), ``housing_difficulty`` (urban).

    Also ``dwelling_area`` (Int64, m²) and ``homes``; hardship makes dwellings worse. Needs ``size``.
    """
    draws, hardship, rural = Draws(seed, FAMILY), pl.col("hardship"), pl.col("residence") == "rural"
    well_off = (hardship < _WELL_OFF) & draws.chance("well off", 0.5)
    difficulty = draws.chance("housing difficulty", 0.05 + 0.4 * hardship**2)
    owns = draws.pick("homes", {1: 95, 0: 3, 2: 2})
    owns_urban = pl.when(difficulty).then(draws.pick("homes", {0: 60, 1: 40})).otherwise(owns)
    homes = by_residence(owns, owns_urban)
    each = by_residence(26.0, pl.when(difficulty).then(9.0).otherwise(21.0))
    area = draws.around("area", each * (pl.col("size") + 1.0), 0.3)
    grade = draws.pick_by("dwelling grade", hardship, _GRADES)
    households = households.with_columns(
        well_off.alias("well_off"),
        pl.when(well_off & draws.chance("second home", 0.5)).then(2).otherwise(homes).cast(pl.Int64).alias("homes"),
        pl.when(rural).then(grade).alias("dwelling_grade"),
        pl.when(~rural).then(difficulty).alias("housing_difficulty"),
        area.alias("dwelling_area"),
    )
    bad = pl.col("dwelling_grade").is_in(["C", "D"])
    renovated = draws.chance("renovated", pl.when(bad).then(0.08).otherwise(0.05 + 0.4 * hardship))
    return households.with_columns(
        pl.when(rural).then((pl.col("homes") <= 1) & draws.chance("only home", 0.96)).alias("dwelling_only"),
        pl.when(rural).then(renovated).alias("renovated_before"),
    )


def with_assets(households: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add ``financial_assets`` (Int64, yuan), ``vehicles``, ``large_machinery``, ``business_registered``.

    Also ``assets_within_limits``, the verdict that these would bring. Needs ``size`` and ``has_shop``.
    """
    draws, well_off, hardship = Draws(seed, FAMILY), pl.col("well_off"), pl.col("hardship")
    saved = pl.when(well_off).then(70_000.0).otherwise(((0.5 - hardship) * 2).exp() * 3500)
    drives = pl.when(well_off).then(0.8).otherwise(0.1 * (1 - hardship))
    machinery = draws.chance("machinery", by_residence(0.02, 0.0))
    registered = draws.chance("registered business", pl.when(pl.col("has_shop")).then(0.45).otherwise(0.004))
    households = households.with_columns(
        draws.around("savings", saved, 1.1, unit=100).alias("financial_assets"),
        draws.chance("vehicle", drives).cast(pl.Int64).alias("vehicles"),
        machinery.cast(pl.Int64).alias("large_machinery"),
        registered.alias("business_registered"),
    )
    within = (
        (pl.col("financial_assets") <= pl.col("size") * _FINANCIAL_LIMIT)
        & (pl.col("homes") <= 1)
        & (pl.col("vehicles") + pl.col("large_machinery") == 0)
        & ~pl.col("business_registered")
    )
    return households.with_columns(within.alias("assets_within_limits"))


def spending(seed: int) -> tuple[EntrySource, ...]:
    """Return what a household spends itself in a year; needs the sums over its members.

    These are ``own_paid``, ``schooling`` (yuan a year), ``disabled`` and ``dependent`` (numbers of people).
    """
    draws, own_paid, schooling = Draws(seed, FAMILY), pl.col("own_paid"), pl.col("schooling")
    living = draws.around("living paid", 320, 0.4, unit=10) * pl.col("size")
    medical = own_paid + draws.around("medicine", 240, 0.7, unit=10)
    rehabilitated = (pl.col("disabled") > 0) & draws.chance("therapy", 0.12)
    therapy = draws.around("therapy paid", 4000, 0.8, unit=100)
    cared_for = (pl.col("dependent") > 0) & draws.chance("carer", 0.4)
    carer = draws.around("carer paid", 900, 0.4, unit=10)
    damage = draws.around("damage", 9000, 0.9, unit=100)
    other = draws.around("other paid", 1500, 0.7, unit=10)
    return (
        EntrySource("living", "month", draws.chance("living", 0.3), living),
        EntrySource("medical", "year", (own_paid > 0) | draws.chance("medicine", 0.5), medical),
        EntrySource("education", "year", schooling > 0, schooling),
        EntrySource("disability_rehabilitation", "year", rehabilitated, therapy),
        EntrySource("care", "month", cared_for, carer),
        EntrySource("disaster", "once", draws.chance("disaster", 0.015), damage),
        EntrySource("other", "year", draws.chance("other spending", 0.06), other),
    )


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
