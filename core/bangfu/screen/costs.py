"""What two runs cost (费用), by region, programme and benefit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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


def summed(
    frames: Iterable[pl.DataFrame], schema: Mapping[str, pl.DataType] = COSTS, by: Sequence[str] = ()
) -> pl.DataFrame:
    """Return frames that have columns of a schema as one, summed by some of its texts (none: all), sorted by them."""
    typed = (frame.cast({name: schema[name] for name in frame.columns}) for frame in frames)
    together = pl.concat([pl.DataFrame(schema=schema), *typed], how="diagonal")
    keys = by or [name for name, dtype in schema.items() if dtype == pl.String()]
    sums = [pl.col(name).sum().cast(dtype) for name, dtype in schema.items() if dtype != pl.String()]
    return together.group_by(keys).agg(sums).sort(keys)
