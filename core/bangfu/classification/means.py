"""The means test (经济状况核对): the household's size, income and the lines they are held against.

Lines are formed for the whole household (``standard × size``), so nothing is divided before it is
compared. All amounts are yuan a year.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from bangfu.facts import Level
from bangfu.facts.household import EXPENSE_LABELS
from bangfu.policy import Policy
from bangfu.rules import Derived
from bangfu.rules.language import Expression
from bangfu.rules.language.choices import Unknown
from bangfu.rules.language.functions import by, choose, count, household, member, parameter, total, yuan


def _member(name: str, value: Expression, label: str = "", source: str = "") -> Derived:
    return Derived(name, Level.MEMBER, value, label, source)


def _household(name: str, value: Expression, label: str, source: str = "") -> Derived:
    return Derived(name, Level.HOUSEHOLD, value, label, source)


def by_residence(name: str) -> Expression:
    """Return a parameter that is set for rural and urban apart."""
    return by(household.residence, {place: parameter(f"{name}.{place}") for place in ("rural", "urban")})


def means_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the columns of the means test; tekun members are left out of size and income."""
    size, income = household.size, household.income_year
    standard, disposable = household.dibao_standard, household.disposable_income
    treated = member.treatments
    return (
        _member("in_means_test", member.counted & ~member.is_tekun, "参加家庭收入核算"),
        _member("counted_income", choose((member.in_means_test, member.own_income), otherwise=0)),
        Derived(
            "own_medical_cost",
            Level.MEMBER,
            treated.inpatient.own_paid + treated.outpatient_chronic.own_paid,
            "本年度个人自付医疗费",
            "S2",
            figure=True,
        ),
        _household("size", count(member.in_means_test), "核算人数", "N2 art. 7"),
        _household("income_year", total(member.counted_income), "家庭年收入", "N2 art. 13"),
        _household("dibao_standard", by_residence("dibao.standard"), "低保标准（每人每年）", "N2 art. 9"),
        _household("disposable_income", by_residence("disposable_income"), "上年度当地人均可支配收入", "N5"),
        _household("dibao_line", standard * size, "低保标准×人数"),
        _household(
            "margin_line", standard * size * parameter("margin.multiple"), "低保标准×边缘倍数×人数", "N2 art. 8"
        ),
        _household("disposable_line", disposable * size, "上年人均可支配收入×人数", "N5"),
        Derived("rigid_spending", Level.HOUSEHOLD, _rigid_spending(policy), "刚性支出", "N5", figure=True),
        _household("rigid_line", parameter("rigid.share") * income, "家庭年收入×支出比例", "N5"),
        _household("income_after_rigid", income - household.rigid_spending, "扣除刚性支出后的收入"),
    )


def _rigid_spending(policy: Policy) -> Expression:
    kinds = policy.value("rigid.kinds")
    if kinds is None:
        # Whatever kinds a place may name, no spending at all is none of them.
        spent = reduce(add, (household.expenses[kind] for kind in EXPENSE_LABELS))
        return choose((spent == yuan(0), yuan(0)), otherwise=Unknown((parameter("rigid.kinds"), spent)))
    spent_on: list[Expression] = [household.expenses[kind] for kind in kinds]
    return reduce(add, spent_on or [yuan(0)])
