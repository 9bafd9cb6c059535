"""What income counts (家庭收入), N2 art. 13: yearly, less what policy leaves out and job costs."""

from __future__ import annotations

import polars as pl

from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.facts.member import INCOME_LABELS
from bangfu.kleene import plus
from bangfu.policy import Policy
from bangfu.rules import Derived

_N2_13 = "N2 art. 13"
_NOTHING = pl.lit(0).cast(pl.Decimal(18, 2))


def income_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the member columns of counted income, in yuan a year.

    ``net_wage``: wages less job costs where the policy deducts them, never below zero.
    ``own_income``: what counts in the means test. ``tekun_income``: what counts for tekun (N3 art. 6).
    """
    wage = pl.col("incomes.wage")
    match policy.value("income.deduct_job_costs"):
        case True:
            net_wage = (wage - pl.col("job_costs")).clip(lower_bound=0)
        case False:
            net_wage = wage
        case _:
            net_wage = pl.when(policy["income.deduct_job_costs"]).then(wage)
    return (
        Derived("net_wage", Level.MEMBER, net_wage, "工资（扣除就业成本后）", _N2_13),
        Derived("own_income", Level.MEMBER, _counted(policy, "income.excluded"), "本人计入的年收入", _N2_13),
        Derived(
            "tekun_income",
            Level.MEMBER,
            _counted(policy, "income.excluded", "tekun.income_excluded"),
            "认定特困时本人计入的年收入",
            "N3 art. 6",
        ),
    )


def _counted(policy: Policy, *exclusions: str) -> pl.Expr:
    excluded: set[str] = set()
    for name in exclusions:
        kinds = policy.value(name)
        if kinds is None:
            return pl.when(policy[name].is_not_null()).then(_NOTHING)
        excluded.update(kinds)
    others = [f"{STATED}incomes.{kind}" for kind in INCOME_LABELS if kind != "wage" and kind not in excluded]
    rest = pl.coalesce(plus(*map(pl.col, others)), pl.col(f"{PRESUMED}incomes")) if others else _NOTHING
    return rest if "wage" in excluded else pl.col("net_wage") + rest
