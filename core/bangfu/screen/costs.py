"""What two runs cost (费用), by region, programme and benefit."""

from __future__ import annotations

import polars as pl

from bangfu.dtypes import MONEY
from bangfu.facts import Per
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.screen.assessments import COUNTS
from bangfu.screen.changes import Results

COSTS: dict[str, pl.DataType] = {
    "region": pl.String(),
    "programme": pl.String(),
    "benefit": pl.String(),
    "number_before": pl.Int64(),
    "number_after": pl.Int64(),
    "year_before": MONEY,
    "year_after": MONEY,
    "once_before": MONEY,
    "once_after": MONEY,
}
_OF = ["region", "programme", "benefit"]
_VALUES = ["number", "year", "once"]


def cost_of(results: Results, side: str) -> pl.DataFrame:
    """Return what some households get in one run: the columns of ``COSTS`` that end in ``side``, not yet summed."""
    places = results.assessments.filter(pl.col(MEMBER_KEY).is_null()).select(HOUSEHOLD_KEY, "region")
    counted = results.supports.filter(COUNTS).join(places, on=HOUSEHOLD_KEY, how="left")
    once = pl.col("per") == Per.ONCE.value
    amount = pl.col("year_amount")
    sums = [pl.len().alias("number"), amount.filter(~once).sum().alias("year"), amount.filter(once).sum().alias("once")]
    return counted.group_by(_OF).agg(sums).rename({name: f"{name}_{side}" for name in _VALUES})


def total(costs: list[pl.DataFrame], by: list[str]) -> pl.DataFrame:
    """Return costs summed by some of region, programme and benefit, and sorted by them."""
    summed = [pl.col(name).sum().cast(dtype) for name, dtype in COSTS.items() if name not in _OF]
    together = pl.concat([pl.DataFrame(schema=COSTS), *costs], how="diagonal_relaxed")
    return together.group_by(by).agg(summed).sort(by)
