"""The property check (家庭财产), N2 art. 14: a stated verdict, else limits where the policy has them."""

from __future__ import annotations

import polars as pl

from bangfu.facts import Level
from bangfu.kleene import all_of
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived, at_most

_N2_14 = "N2 art. 14"


def property_criteria(policy: Policy) -> tuple[Criterion, ...]:
    """Return one criterion for each limit that the policy sets; none where it sets no limit."""
    tests = {
        "assets.financial_per_head": at_most(
            "financial_assets", policy["assets.financial_per_head"] * pl.col("counted_size")
        ),
        "assets.homes": at_most("homes", policy["assets.homes"]),
        "assets.vehicles": at_most("vehicles", policy["assets.vehicles"]),
        "assets.large_machinery": at_most("large_machinery", policy["assets.large_machinery"]),
        "assets.business_allowed": Criterion(
            pl.col("business_within_limits"), value="business_registered", label="企业或个体工商户登记符合规定"
        ),
    }
    return tuple(test.because(policy.entries[name].source) for name, test in tests.items() if name in policy.entries)


def property_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return ``assets_within_stated_limits``: the verdict from the limits, null where there are none."""
    criteria = property_criteria(policy)
    verdict = all_of(*(c.test for c in criteria)) if criteria else pl.lit(None, dtype=pl.Boolean)
    registered, allowed = pl.col("business_registered"), policy["assets.business_allowed"]
    return (
        Derived("business_within_limits", Level.HOUSEHOLD, ~registered | allowed, source=_N2_14),
        Derived("assets_within_stated_limits", Level.HOUSEHOLD, verdict, "财产在列明的限额以内", _N2_14),
    )
