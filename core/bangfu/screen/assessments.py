"""A row for each household and each member (户与人的评估结果): category, income, what it all adds up to."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.dtypes import CATEGORY, MONEY
from bangfu.facts import Level, Per
from bangfu.facts.declare import ZERO
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.screen.supports import PLACE

ASSESSMENTS: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    MEMBER_KEY: pl.Int64(),
    "region": pl.String(),
    DAY: pl.Date(),
    "category": pl.String(),
    "candidates": pl.List(pl.String()),
    "size": pl.Int64(),
    "income_year": MONEY,
    "year": MONEY,
    "once": MONEY,
}
COUNTS = (pl.col("status") == Status.ELIGIBLE.value) & pl.col("replaced_by").is_null()
"""Whether a support counts in totals: it is due, and no other replaces it."""

NEEDED = {
    Level.HOUSEHOLD: [PLACE, "category", "size", "income_year", *(f"is_{code}" for code in HOUSEHOLD_ORDER)],
    Level.MEMBER: [PLACE, MEMBER_KEY, "category", "counted", *(f"is_{code}" for code in MEMBER_ORDER)],
}
"""The columns of results that assessments are made of, besides ``household``."""


def assessments_of(recipients: pl.DataFrame, results: Sequence[Frames], supports: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each household and each member, with ``ASSESSMENTS``.

    Args:
        recipients: ``household``, ``member``, ``region`` and ``on`` of each place, in order.
        results: both frames with the ``NEEDED`` columns and ``candidates``, of each policy.
        supports: with ``screen:place``.
    """
    shown = [name for name in ASSESSMENTS if name not in recipients.columns and name not in _TOTALS]
    rows = [
        frame.select(PLACE, *(name for name in shown if name in frame.columns))
        for of_policy in results
        for frame in (of_policy.households, of_policy.members)
    ]
    types = {PLACE: pl.UInt32(), **{name: ASSESSMENTS[name] for name in shown}, "category": CATEGORY}
    none = pl.DataFrame(schema=types)
    found = pl.concat([none, *rows], how="diagonal").sort(PLACE).lazy()
    told = pl.concat([recipients.lazy(), found], how="horizontal")
    told = told.join(_totals(recipients, supports), on=PLACE, how="left", maintain_order="left")
    nothing = (pl.col(name).fill_null(ZERO) for name in _TOTALS)
    return told.with_columns(nothing).select(pl.col(name).cast(dtype) for name, dtype in ASSESSMENTS.items()).collect()


_TOTALS = ("year", "once")


def _totals(recipients: pl.DataFrame, supports: pl.DataFrame) -> pl.LazyFrame:
    """Return the sums of what is due and not replaced, of each member and of each household with its members."""
    once = pl.col("per") == Per.ONCE.value
    amount = pl.col("year_amount")
    sums = [amount.filter(~once).sum().alias("year"), amount.filter(once).sum().alias("once")]
    of_recipients = supports.lazy().filter(COUNTS).group_by(PLACE).agg(sums)
    whose = recipients.lazy().select(HOUSEHOLD_KEY, MEMBER_KEY).with_row_index(PLACE)
    counted = of_recipients.join(whose, on=PLACE)
    head = whose.filter(pl.col(MEMBER_KEY).is_null()).select(HOUSEHOLD_KEY, PLACE)
    of_households = counted.group_by(HOUSEHOLD_KEY).agg(pl.col(_TOTALS).sum()).join(head, on=HOUSEHOLD_KEY)
    of_members = counted.filter(pl.col(MEMBER_KEY).is_not_null())
    return pl.concat([frame.select(PLACE, *_TOTALS) for frame in (of_households, of_members)])
