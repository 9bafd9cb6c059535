"""Medical aid (医疗救助, N7): a share of the covered cost that the insurances leave, above a deductible.

Inpatient and chronic outpatient cost of a year are taken together, so several treatments share one
deductible and one cap.
"""

from collections.abc import Iterable

from bangfu import Benefit, Criterion, Derived, Level, by, choose, household, member, parameter, smallest, yuan

_N7 = "N7"


def columns(categories: Iterable[str]) -> Iterable[Derived]:
    """Return the covered cost left, the deductible and the ratio of the member's category, and the aid."""
    categories = list(categories)

    def by_category(name: str, label: str) -> Derived:
        set_for = {category: parameter(f"medical.{name}.{category}") for category in categories}
        return Derived(f"medical.{name}", Level.MEMBER, by(member.category, set_for), label, _N7)

    inpatient, outpatient = member.treatments.inpatient, member.treatments.outpatient_chronic
    covered = inpatient.covered + outpatient.covered
    paid_by_basic = inpatient.basic_paid + outpatient.basic_paid
    paid_by_serious_illness = inpatient.serious_illness_paid + outpatient.serious_illness_paid

    # A deductible up to 1 is a share of last year's disposable income; one of 0 needs no income to be known.
    set_at = member.medical.deductible
    deductible = choose(
        (set_at == 0, yuan(0)), (set_at <= 1, set_at * household.disposable_income), otherwise=set_at * yuan(1)
    )
    above_deductible = member.medical.covered_left - member.medical.deductible_yuan
    return [
        Derived(
            "medical.covered_left",
            Level.MEMBER,
            covered - paid_by_basic - paid_by_serious_illness,
            "基本医保和大病保险支付后剩余的政策范围内费用",
            _N7,
            figure=True,
        ),
        by_category("deductible", "起付标准"),
        Derived("medical.deductible_yuan", Level.MEMBER, deductible, "起付线（元）", _N7, figure=True),
        by_category("ratio", "救助比例"),
        Derived("medical.before_cap", Level.MEMBER, above_deductible * member.medical.ratio, "封顶前救助额", _N7),
        Derived(
            "medical.aid",
            Level.MEMBER,
            smallest(member.medical.before_cap, parameter("medical.cap")),
            "医疗救助额",
            _N7,
        ),
    ]


def benefits(categories: Iterable[str]) -> Iterable[Benefit]:
    """Return medical aid, for insured members of every category that a ratio may be set for."""
    return [
        Benefit(
            "medical.aid",
            "医疗救助",
            Level.MEMBER,
            when=[
                Criterion(member.category.one_of(*categories), source="N6；N7"),
                member.insured,
                member.medical.covered_left > member.medical.deductible_yuan,
            ],
            amount=member.medical.aid,
            source=_N7,
            documents=("医疗费用结算单", "诊断证明"),
            office="医保经办机构，“一站式”结算",
        )
    ]
