"""The premium subsidy (参保资助, N7): tekun in full, others a fixed sum; and enrolment itself."""

from collections.abc import Iterable

from bangfu import Benefit, Derived, Level, Policy, SupportKind, by, member, parameter

_N7 = "N7；N6"
_FIXED = ("dibao", "dibao_single")
"""The categories that the state itself gives a fixed sum; a place may add others."""
_OFFICE = "乡镇医保经办窗口"


def columns(categories: Iterable[str]) -> Iterable[Derived]:
    """Return the fixed sum of the member's category."""
    set_for = {category: parameter(f"medical.premium.{category}") for category in categories}
    return [Derived("medical.premium", Level.MEMBER, by(member.category, set_for), "参保资助标准", _N7)]


def benefits(policy: Policy, categories: Iterable[str]) -> Iterable[Benefit]:
    """Return the subsidy in full for tekun, a fixed sum for dibao and whom a place adds, and enrolment."""
    fixed = [c for c in categories if c != "tekun" and (c in _FIXED or policy.value(f"medical.premium.{c}"))]
    in_full = policy.value("medical.premium.tekun") is not None
    return [
        Benefit(
            "medical.premium_in_full",
            "特困人员参保全额资助",
            Level.MEMBER,
            [member.category.one_of("tekun")],
            parameter("medical.premium.tekun") if in_full else None,
            source=_N7,
            kind=SupportKind.WAIVER,
            office=_OFFICE,
            note="个人缴费部分全额资助",
        ),
        Benefit(
            "medical.premium",
            "参保定额资助",
            Level.MEMBER,
            [member.category.one_of(*fixed)],
            member.medical.premium,
            source=_N7,
            kind=SupportKind.WAIVER,
            office=_OFFICE,
        ),
        Benefit(
            "medical.enrol",
            "办理基本医疗保险参保",
            Level.MEMBER,
            [member.category.one_of(*categories), ~member.insured],
            source=_N7,
            kind=SupportKind.SERVICE,
            office=_OFFICE,
        ),
    ]
