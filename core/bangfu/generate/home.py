"""The household as a whole: what it lives in, what it owns, what it spends."""

from __future__ import annotations

import polars as pl

from bangfu.generate.draw import Draws, by_residence, steps
from bangfu.generate.entries import EntrySource
from bangfu.generate.families import FAMILY

_WELL_OFF, _WELL_OFF_SHARE = 0.14, 0.5
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
    well_off = (hardship < _WELL_OFF) & draws.chance("well off", _WELL_OFF_SHARE)
    difficulty = draws.chance("housing difficulty", 0.05 + 0.4 * hardship**2)
    owns = draws.pick("homes", {1: 95, 0: 3, 2: 2})
    owns_urban = pl.when(difficulty).then(draws.pick("homes", {0: 60, 1: 40})).otherwise(owns)
    homes = by_residence(owns, owns_urban)
    each = by_residence(26.0, pl.when(difficulty).then(9.0).otherwise(21.0))
    area = draws.around("area", each * (pl.col("size") + 1.0), 0.3)
    grade = steps(hardship, {start: draws.pick("dwelling grade", grades) for start, grades in _GRADES.items()})
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
    draws = Draws(seed, FAMILY)

    def source(kind: str, per: str, there: pl.Expr, amount: pl.Expr) -> EntrySource:
        return EntrySource(kind, kind, per, pl.when(there).then(amount.cast(pl.Int64)))

    medical, schooling = pl.col("own_paid") + draws.around("medicine", 240, 0.7, unit=10), pl.col("schooling")
    therapy = (pl.col("disabled") > 0) & draws.chance("therapy", 0.12)
    carer = (pl.col("dependent") > 0) & draws.chance("carer", 0.4)
    return (
        source(
            "living", "month", draws.chance("living", 0.3), draws.around("living paid", 320, 0.4, 10) * pl.col("size")
        ),
        source("medical", "year", (pl.col("own_paid") > 0) | draws.chance("medicine", 0.5), medical),
        source("education", "year", schooling > 0, schooling),
        source("disability_rehabilitation", "year", therapy, draws.around("therapy paid", 4000, 0.8, unit=100)),
        source("care", "month", carer, draws.around("carer paid", 900, 0.4, unit=10)),
        source("disaster", "once", draws.chance("disaster", 0.015), draws.around("damage", 9000, 0.9, unit=100)),
        source("other", "year", draws.chance("other spending", 0.06), draws.around("other paid", 1500, 0.7, unit=10)),
    )


def with_spending(households: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Add a column for each kind of spending."""
    return households.with_columns(source.amount.alias(source.column) for source in spending(seed))
