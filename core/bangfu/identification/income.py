"""What income counts (家庭收入), N2 art. 13: yearly, less what policy leaves out and job costs."""

from __future__ import annotations

from functools import reduce
from operator import add

from bangfu.facts import Level
from bangfu.facts.household import INCOME_LABELS
from bangfu.policy import Policy
from bangfu.rules import Derived
from bangfu.rules.language import Expression
from bangfu.rules.language.choices import Unknown
from bangfu.rules.language.functions import choose, known, largest, member, parameter, presumed, stated, yuan
from bangfu.rules.language.kinds import MONEY

_N2_13 = "N2 art. 13"


def income_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the member columns of counted income, in yuan a year.

    ``net_wage``: wages less job costs where the policy deducts them, never below zero.
    ``own_income``: what counts in the means test. ``tekun_income``: what counts for tekun (N3 art. 6).
    """
    wage = member.incomes.wage
    deducted = parameter("income.deduct_job_costs")
    net_wage = {
        True: largest(wage - member.job_costs, 0),
        False: wage,
        None: Unknown((deducted, wage)),
    }[policy.value("income.deduct_job_costs")]
    return (
        Derived("net_wage", Level.MEMBER, net_wage, "工资（扣除就业成本后）", _N2_13),
        Derived(
            "own_income",
            Level.MEMBER,
            _counted(policy, "income.excluded"),
            "本人计入的年收入",
            _N2_13,
            figure=True,
        ),
        Derived(
            "tekun_income",
            Level.MEMBER,
            _counted(policy, "income.excluded", "tekun.income_excluded"),
            "认定特困时本人计入的年收入",
            "N3 art. 6",
            figure=True,
        ),
    )


def _counted(policy: Policy, *exclusions: str) -> Expression:
    """Return the sum of the kinds of income that count; unknown while it is not set which do not."""
    excluded: set[str] = set()
    for name in exclusions:
        kinds = policy.value(name)
        if kinds is None:
            return Unknown((parameter(name),), kind=MONEY)
        excluded.update(kinds)
    counted = [stated(member.incomes[kind]) for kind in INCOME_LABELS if kind != "wage" and kind not in excluded]
    if not counted:
        return yuan(0) if "wage" in excluded else member.net_wage
    rest = choose((known(member.incomes), reduce(add, counted)), otherwise=presumed(member.incomes))
    return rest if "wage" in excluded else member.net_wage + rest
