"""The property check (家庭财产), N2 art. 14: a stated verdict, else limits where the policy has them."""

from __future__ import annotations

from bangfu.facts import Level
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived
from bangfu.rules.language.choices import Unknown
from bangfu.rules.language.functions import all_of, household, parameter
from bangfu.rules.language.kinds import YES_NO

_N2_14 = "N2 art. 14"

_LIMITS = {
    "assets.financial_per_head": Criterion(
        household.financial_assets <= parameter("assets.financial_per_head") * household.counted_size
    ),
    "assets.homes": Criterion(household.homes <= parameter("assets.homes")),
    "assets.vehicles": Criterion(household.vehicles <= parameter("assets.vehicles")),
    "assets.large_machinery": Criterion(household.large_machinery <= parameter("assets.large_machinery")),
    "assets.business_allowed": Criterion(
        household.business_within_limits, "企业或个体工商户登记符合规定", shows=household.business_registered
    ),
}


def property_criteria(policy: Policy) -> tuple[Criterion, ...]:
    """Return one criterion for each limit that the policy sets; none where it sets no limit."""
    return tuple(test.because(policy.entries[name].source) for name, test in _LIMITS.items() if name in policy.entries)


def property_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return ``assets_within_stated_limits``: the verdict from the limits, unknown where there are none."""
    criteria = property_criteria(policy)
    verdict = all_of(*(c.test for c in criteria)) if criteria else Unknown(kind=YES_NO)
    allowed = ~household.business_registered | parameter("assets.business_allowed")
    return (
        Derived("business_within_limits", Level.HOUSEHOLD, allowed, source=_N2_14),
        Derived("assets_within_stated_limits", Level.HOUSEHOLD, verdict, "财产在列明的限额以内", _N2_14),
    )
