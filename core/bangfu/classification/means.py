"""The means test (经济状况核对): the household's size, income and the lines they are held against.

Lines are formed for the whole household (``standard × size``), so nothing is divided before it is
compared. All amounts are yuan a year.
"""

from __future__ import annotations

import polars as pl

from bangfu.facts import Level
from bangfu.facts.household import EXPENSE_LABELS
from bangfu.kleene import all_of, count_of, decide, plus, total_of
from bangfu.policy import Policy
from bangfu.rules import Derived, across, switch

_ZERO = pl.lit(0).cast(pl.Decimal(18, 2))


def _household(name: str, value: pl.Expr, label: str, source: str = "") -> Derived:
    return Derived(name, Level.HOUSEHOLD, value, label, source)


def by_residence(policy: Policy, name: str, parameter: str, label: str, source: str = "") -> Derived:
    """Return the household column of a parameter that is set for rural and urban apart."""
    cases: dict[str | bool, str] = {r: policy.column(f"{parameter}.{r}") for r in ("rural", "urban")}
    return switch(name, Level.HOUSEHOLD, "residence", cases, label=label, source=source, unset=policy.unset)


def means_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the columns of the means test; tekun members are left out of size and income."""
    return (
        Derived("in_means_test", Level.MEMBER, all_of(pl.col("counted"), ~pl.col("is_tekun")), "参加家庭收入核算"),
        Derived(
            "counted_income", Level.MEMBER, decide((pl.col("in_means_test"), pl.col("own_income")), otherwise=_ZERO)
        ),
        Derived(
            "own_medical_cost",
            Level.MEMBER,
            plus(pl.col("treatments.inpatient.own_paid"), pl.col("treatments.outpatient_chronic.own_paid")),
            "本年度个人自付医疗费",
            "S2",
        ),
        across("size", count_of(pl.col("in_means_test")), "核算人数", "N2 art. 7"),
        across("income_year", total_of(pl.col("counted_income")), "家庭年收入", "N2 art. 13"),
        by_residence(policy, "dibao_standard", "dibao.standard", "低保标准（每人每年）", "N2 art. 9"),
        by_residence(policy, "disposable_income", "disposable_income", "上年度当地人均可支配收入", "N5"),
        _household("dibao_line", pl.col("dibao_standard") * pl.col("size"), "低保标准×人数"),
        _household(
            "margin_line",
            pl.col("dibao_standard") * pl.col("size") * policy["margin.multiple"],
            "低保标准×边缘倍数×人数",
            "N2 art. 8",
        ),
        _household("disposable_line", pl.col("disposable_income") * pl.col("size"), "上年人均可支配收入×人数", "N5"),
        _household("rigid_spending", _rigid_spending(policy), "刚性支出", "N5"),
        _household("rigid_line", policy["rigid.share"] * pl.col("income_year"), "家庭年收入×支出比例", "N5"),
        _household("income_after_rigid", pl.col("income_year") - pl.col("rigid_spending"), "扣除刚性支出后的收入"),
    )


def _rigid_spending(policy: Policy) -> pl.Expr:
    kinds = policy.value("rigid.kinds")
    if kinds is None:
        # Whatever kinds a place may name, no spending at all is none of them.
        return pl.when(plus(*(pl.col(f"expenses.{kind}") for kind in EXPENSE_LABELS)) == 0).then(_ZERO)
    return plus(*(pl.col(f"expenses.{kind}") for kind in kinds), _ZERO)
