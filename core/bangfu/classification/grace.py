"""Grace (渐退期): dibao kept for some months after income has passed the line, N2 art. 33, N4, S6."""

from __future__ import annotations

import polars as pl

from bangfu.classification.category import CategoryRule
from bangfu.facts import Level
from bangfu.policy import Policy
from bangfu.rules import Derived, at_least, at_most, holds, is_in

_UNTIL = pl.col("income_risen_on").dt.offset_by(
    pl.concat_str(pl.col("policy:grace.months").cast(pl.String), pl.lit("mo"))
)

GRACE_COLUMNS: tuple[Derived, ...] = (
    # The last day is the day of the same number, or the month's last (Civil Code art. 202).
    Derived("grace_until", Level.HOUSEHOLD, _UNTIL, "渐退期截止日"),
)


def grace_rule(policy: Policy) -> CategoryRule:
    """Return the rule by which a household on dibao keeps it although its income has passed the line."""
    source = policy.source("grace.months", "N4")
    return CategoryRule(
        "grace",
        Level.HOUSEHOLD,
        (
            is_in("recognised_as", "dibao", source=source),
            at_least("income_year", pl.col("dibao_line"), source=source),
            holds("assets_within_limits", source=source),
            at_least("on", pl.col("income_risen_on"), "收入已经超过标准", source),
            at_most("on", pl.col("grace_until"), "在渐退期内", source),
        ),
    )
