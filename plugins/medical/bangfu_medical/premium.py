"""The premium subsidy (参保资助, N7): tekun in full, others a fixed sum; and enrolment itself."""

from collections.abc import Iterable

import polars as pl

from bangfu import Amount, Benefit, Derived, Level, Policy, SupportKind, in_category, lacks, switch

_N7 = "N7；N6"
_FIXED = ("dibao", "dibao_single")
"""The categories that the state itself gives a fixed sum; a place may add others."""
_OFFICE = "乡镇医保经办窗口"


def columns(policy: Policy, categories: Iterable[str]) -> Iterable[Derived]:
    """Return the fixed sum of the member's category."""
    cases: dict[str | bool, str] = {c: policy.column(f"medical.premium.{c}") for c in categories}
    return [
        switch("medical.premium", Level.MEMBER, "category", cases, label="参保资助标准", source=_N7, unset=policy.unset)
    ]


def benefits(policy: Policy, categories: Iterable[str]) -> Iterable[Benefit]:
    """Return the subsidy in full for tekun, a fixed sum for dibao and whom a place adds, and enrolment."""
    fixed = [c for c in categories if c != "tekun" and (c in _FIXED or policy.value(f"medical.premium.{c}"))]
    in_full = policy.value("medical.premium.tekun") is not None
    return [
        Benefit(
            "medical.premium_in_full",
            "特困人员参保全额资助",
            Level.MEMBER,
            [in_category("tekun", source=_N7)],
            Amount(policy["medical.premium.tekun"], "{policy:medical.premium.tekun}") if in_full else None,
            source=_N7,
            kind=SupportKind.WAIVER,
            office=_OFFICE,
            note="个人缴费部分全额资助",
        ),
        Benefit(
            "medical.premium",
            "参保定额资助",
            Level.MEMBER,
            [in_category(*fixed, source=_N7)],
            Amount(pl.col("medical.premium"), "{medical.premium}"),
            source=_N7,
            kind=SupportKind.WAIVER,
            office=_OFFICE,
        ),
        Benefit(
            "medical.enrol",
            "办理基本医疗保险参保",
            Level.MEMBER,
            [in_category(*categories, source=_N7), lacks("insured", source=_N7)],
            source=_N7,
            kind=SupportKind.SERVICE,
            office=_OFFICE,
        ),
    ]
