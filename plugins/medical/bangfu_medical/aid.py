"""Medical aid (医疗救助, N7): a share of the covered cost that the insurances leave, above a deductible.

Inpatient and chronic outpatient cost of a year are taken together, so several treatments share one
deductible and one cap.
"""

from collections.abc import Iterable

import polars as pl

from bangfu import (
    Amount,
    Benefit,
    Derived,
    Level,
    Policy,
    above,
    holds,
    in_category,
    plus,
    smallest,
    switch,
)

_N7 = "N7"
_SETTINGS = ("inpatient", "outpatient_chronic")


def _sum(part: str) -> pl.Expr:
    return plus(*(pl.col(f"treatments.{setting}.{part}") for setting in _SETTINGS))


def columns(policy: Policy, categories: Iterable[str]) -> Iterable[Derived]:
    """Return the covered cost left, the deductible and the ratio of the member's category, and the aid."""

    def by_category(name: str, label: str) -> Derived:
        cases: dict[str | bool, str] = {c: policy.column(f"medical.{name}.{c}") for c in categories}
        return switch(f"medical.{name}", Level.MEMBER, "category", cases, label=label, source=_N7, unset=policy.unset)

    def member(name: str, value: pl.Expr, label: str) -> Derived:
        return Derived(f"medical.{name}", Level.MEMBER, value, label, _N7)

    left = _sum("covered") - _sum("basic_paid") - _sum("serious_illness_paid")
    set_at = pl.col("medical.deductible")
    # A share is of last year's disposable income; none at all needs no income to be known.
    deductible = (
        pl.when(set_at == 0).then(set_at).when(set_at <= 1).then(set_at * pl.col("disposable_income")).otherwise(set_at)
    )
    base = (pl.col("medical.covered_left") - pl.col("medical.deductible_yuan")).clip(lower_bound=0)
    return [
        member("covered_left", left, "基本医保和大病保险支付后剩余的政策范围内费用"),
        by_category("deductible", "起付标准"),
        member("deductible_yuan", deductible, "起付线（元）"),
        by_category("ratio", "救助比例"),
        member("before_cap", base * pl.col("medical.ratio"), "封顶前救助额"),
        member("aid", smallest(pl.col("medical.before_cap"), policy["medical.cap"]), "医疗救助额"),
    ]


def benefits(categories: Iterable[str]) -> Iterable[Benefit]:
    """Return medical aid, for insured members of every category that a ratio may be set for."""
    return [
        Benefit(
            "medical.aid",
            "医疗救助",
            Level.MEMBER,
            [
                in_category(*categories, source="N6；N7"),
                holds("insured", source=_N7),
                above("medical.covered_left", pl.col("medical.deductible_yuan"), source=_N7),
            ],
            Amount(
                pl.col("medical.aid"),
                "（{medical.covered_left} − {medical.deductible_yuan}）× {medical.ratio}，不高于 {policy:medical.cap}",
            ),
            source=_N7,
            documents=("医疗费用结算单", "诊断证明"),
            office="医保经办机构，“一站式”结算",
        )
    ]
