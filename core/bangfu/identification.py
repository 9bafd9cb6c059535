"""Identification (家庭认定): who belongs to the household, what income and property count.

Members living together (共同生活的家庭成员) are those of N2 art. 7. Income (家庭收入), N2 art. 13, is yearly, less what
policy leaves out and job costs. On property (家庭财产), N2 art. 14, there is a stated verdict, else limits where the
policy has them.
"""

from __future__ import annotations

from functools import reduce
from operator import add

from attrs import frozen

from bangfu.facts import Level
from bangfu.facts.household import INCOME_LABELS
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived
from bangfu.rules.language import Expression
from bangfu.rules.language.choices import Unknown
from bangfu.rules.language.functions import (
    all_of,
    any_of,
    choose,
    count,
    household,
    is_stated,
    known,
    largest,
    member,
    parameter,
    presumed,
    stated,
    years_before,
    years_between,
    yuan,
)
from bangfu.rules.language.kinds import MONEY, YES_NO

_N2_7, _N2_13, _N2_14, _N3_5 = "N2 art. 7", "N2 art. 13", "N2 art. 14", "N3 art. 5"
_ADULT, _GROWN_UP, _OLD = 18, 16, 60
_DEPENDENT_LABEL = "不能独立生活的成年子女（含本科及以下全日制在校）"
_ELSEWHERE = ("prison", "compulsory_rehabilitation", "missing")
_UP_TO_BACHELOR = (
    "primary", "junior_secondary", "senior_secondary", "vocational_secondary", "junior_college", "undergraduate",
)  # fmt: skip


def of_member(name: str, value: Expression, label: str = "", source: str = "", *, figure: bool = False) -> Derived:
    """Return a column of members."""
    return Derived(name, Level.MEMBER, value, label, source, figure=figure)


@frozen
class Grounds:
    """Why somebody counts (``including``) or doesn't (``excluding`` goes first)."""

    excluding: tuple[Criterion, ...]
    including: tuple[Criterion, ...]


MEMBER_GROUNDS = Grounds(
    excluding=(
        Criterion(member.whereabouts.one_of(*_ELSEWHERE), "服刑、强制隔离戒毒或宣告失踪", _N2_7),
        Criterion(member.is_clergy_long_away, "宗教教职人员脱离家庭满三年", _N2_7, shows=member.away_since),
    ),
    including=(
        Criterion(member.relation.one_of("head"), "户主本人", _N2_7),
        Criterion(member.relation.one_of("spouse"), "配偶", _N2_7),
        Criterion(member.is_minor_child, "未成年子女", _N2_7, shows=member.age),
        Criterion(member.is_dependent_adult_child, _DEPENDENT_LABEL, _N2_7, shows=member.age),
        Criterion(member.lives_with_duty, "有法定赡养抚养扶养义务并长期共同居住", _N2_7, shows=member.lives_together),
    ),
)
"""Each ground is a criterion; ``counted`` is their sum: no excluding one and one including."""

_disability = member.disability_kind
_of_mind = _disability.one_of("intellectual", "mental")
_grade_1, _up_to_grade_2, _up_to_grade_3 = (member.disability_grade <= grade for grade in (1, 2, 3))
_years_ago = years_before(member.on, parameter("clergy.years"))
_counts = ~member.excluded & member.included
_studies_up_to_bachelor = ~member.school_stage.one_of("none", "postgraduate")

MEMBER_COLUMNS: tuple[Derived, ...] = (
    of_member("age", years_between(member.birth_date, member.on), "年龄"),
    of_member("in_school", member.school_stage != "none", "在学"),
    of_member("is_disabled", _disability != "none", "有残疾"),
    of_member(
        "presumed_unable",
        any_of(member.age < _GROWN_UP, member.age >= _OLD, member.labour_lost_by_disability, _studies_up_to_bachelor),
        "按年龄、残疾和就学推定无劳动能力",
        _N3_5,
    ),
    of_member(
        "labour_lost_by_disability",
        any_of(
            _of_mind & _up_to_grade_3, (_disability == "limb") & _up_to_grade_2, (_disability == "visual") & _grade_1
        ),
        "残疾类别和等级属于无劳动能力",
        _N3_5,
    ),
    # Age makes a presumption for tekun (N3 art. 5). Where a clause asks who cannot work, being old is not enough.
    of_member(
        "unable_to_work",
        (member.labour_capacity == "none")
        & any_of(is_stated(member.labour_capacity), member.labour_lost_by_disability, _studies_up_to_bachelor),
        "无劳动能力（不因年龄推定）",
        _N2_7,
    ),
    of_member(
        "severe_disability",
        (_disability != "none") & (_up_to_grade_2 | (_up_to_grade_3 & _of_mind)),
        "重度残疾（一、二级，或三级智力、精神残疾）",
        "N2 art. 8",
    ),
    of_member("away_for_years", member.away_since <= _years_ago, "离家满规定年数"),
    of_member("is_clergy_long_away", (member.whereabouts == "clergy_away") & member.away_for_years, source=_N2_7),
    of_member("is_minor_child", (member.relation == "child") & (member.age < _ADULT), source=_N2_7),
    of_member(
        "is_dependent_adult_child",
        (member.relation == "child") & (member.unable_to_work | member.school_stage.one_of(*_UP_TO_BACHELOR)),
        source=_N2_7,
    ),
    of_member("lives_with_duty", member.lives_together & (member.relation != "other"), source=_N2_7),
    of_member("excluded", any_of(*(ground.test for ground in MEMBER_GROUNDS.excluding)), source=_N2_7),
    of_member("included", any_of(*(ground.test for ground in MEMBER_GROUNDS.including)), source=_N2_7),
    Derived("counted", Level.MEMBER, _counts, "属于共同生活的家庭成员", _N2_7, determination=True),
    Derived("counted_size", Level.HOUSEHOLD, count(member.counted), "共同生活的家庭成员数", _N2_7),
)


def income_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the member columns of counted income, in yuan a year.

    ``net_wage``: wages less job costs where the policy deducts them, never below zero.
    ``own_income``: what counts in the means test. ``tekun_income``: what counts for tekun (N3 art. 6).
    """
    wage, deducted = member.incomes.wage, parameter("income.deduct_job_costs")
    net_wage = {True: largest(wage - member.job_costs, 0), False: wage, None: Unknown((deducted, wage))}
    own = _counted(policy, "income.excluded")
    of_tekun = _counted(policy, "income.excluded", "tekun.income_excluded")
    return (
        of_member("net_wage", net_wage[policy.value("income.deduct_job_costs")], "工资（扣除就业成本后）", _N2_13),
        of_member("own_income", own, "本人计入的年收入", _N2_13, figure=True),
        of_member("tekun_income", of_tekun, "认定特困时本人计入的年收入", "N3 art. 6", figure=True),
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


_LIMITS = {
    "assets.financial_per_head": Criterion(
        household.financial_assets <= parameter("assets.financial_per_head") * household.counted_size
    ),
    "assets.homes": Criterion(household.homes <= parameter("assets.homes")),
    "assets.vehicles": Criterion(household.vehicles <= parameter("assets.vehicles")),
    "assets.large_machinery": Criterion(household.large_machinery <= parameter("assets.large_machinery")),
    "assets.business_allowed": Criterion(
        household.business_within_limits, "企业或个体工商户登记符合规定", shows=household.business_registered
    ),
}


def property_criteria(policy: Policy) -> tuple[Criterion, ...]:
    """Return one criterion for each limit that the policy sets; none where it sets no limit."""
    return tuple(test.because(policy.entries[name].source) for name, test in _LIMITS.items() if name in policy.entries)


def property_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return ``assets_within_stated_limits``: the verdict from the limits, unknown where there are none."""
    criteria = property_criteria(policy)
    verdict = all_of(*(c.test for c in criteria)) if criteria else Unknown(kind=YES_NO)
    allowed = ~household.business_registered | parameter("assets.business_allowed")
    return (
        Derived("business_within_limits", Level.HOUSEHOLD, allowed, source=_N2_14),
        Derived("assets_within_stated_limits", Level.HOUSEHOLD, verdict, "财产在列明的限额以内", _N2_14),
    )
