"""Grace (渐退期): dibao kept for some months after income has passed the line, N2 art. 33, N4, S6."""

from __future__ import annotations

from bangfu.classification.category import CategoryRule
from bangfu.facts import Level
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived
from bangfu.rules.language.functions import household, months_after, parameter

GRACE_COLUMNS: tuple[Derived, ...] = (
    # The last day is the day of the same number, or the month's last (Civil Code art. 202).
    Derived(
        "grace_until",
        Level.HOUSEHOLD,
        months_after(household.income_risen_on, parameter("grace.months")),
        "渐退期截止日",
    ),
)


def grace_rule(policy: Policy) -> CategoryRule:
    """Return the rule by which a household on dibao keeps it although its income has passed the line."""
    tests = (
        Criterion(household.recognised_as.one_of("dibao")),
        Criterion(household.income_year >= household.dibao_line),
        Criterion(household.assets_within_limits),
        Criterion(household.on >= household.income_risen_on, "收入已经超过标准"),
        Criterion(household.on <= household.grace_until, "在渐退期内"),
    )
    source = policy.source("grace.months", "N4")
    return CategoryRule("grace", Level.HOUSEHOLD, tuple(test.because(source) for test in tests))
