"""Medical aid (医疗救助, N7): of the cost that the insurances leave, a share above a deductible, up to a cap.

For each insured member of a low-income household, once a year:

    (cost left − deductible) × ratio, and no more than the cap

The cost left is what basic medical and serious illness insurance leave of the cost they cover; inpatient and chronic
outpatient treatments of the year are taken together, so that several share one deductible and one cap. Deductible and
ratio are set by the member's category, the cap for all.
"""

from collections.abc import Iterable

from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Expression,
    Level,
    by,
    choose,
    household,
    member,
    parameter,
    smallest,
    yuan,
)

_N7 = "N7"


def columns(categories: Iterable[str]) -> Iterable[Derived]:
    """Return what the aid is worked out from, step by step, and the aid itself (yuan a year)."""
    categories = list(categories)
    medical = member.medical  # the columns below

    def by_category(name: str) -> Expression:
        return by(member.category, {category: parameter(f"medical.{name}.{category}") for category in categories})

    inpatient, outpatient = member.treatments.inpatient, member.treatments.outpatient_chronic
    covered = inpatient.covered + outpatient.covered
    paid_by_insurance = (
        inpatient.basic_paid + outpatient.basic_paid + inpatient.serious_illness_paid + outpatient.serious_illness_paid
    )
    deductible = choose(
        (medical.deductible == 0, yuan(0)),  # none: it needs no income to be known
        (medical.deductible <= 1, medical.deductible * household.disposable_income),  # a share of last year's, a head
        otherwise=medical.deductible * yuan(1),  # an amount in yuan
    )

    def step(name: str, value: Expression, label: str, *, figure: bool = False) -> Derived:
        return Derived(f"medical.{name}", Level.MEMBER, value, label, _N7, figure=figure)

    return [
        step("covered_left", covered - paid_by_insurance, "基本医保和大病保险支付后剩余的政策范围内费用", figure=True),
        step("deductible", by_category("deductible"), "起付标准"),
        step("deductible_yuan", deductible, "起付线（元）", figure=True),
        step("ratio", by_category("ratio"), "救助比例"),
        step("before_cap", (medical.covered_left - medical.deductible_yuan) * medical.ratio, "封顶前救助额"),
        step("aid", smallest(medical.before_cap, parameter("medical.cap")), "医疗救助额"),
    ]


def benefits(categories: Iterable[str]) -> Iterable[Benefit]:
    """Return the aid, for insured members of any of the categories whose cost left is above the deductible."""
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
