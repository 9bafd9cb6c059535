"""Categories of single members, tekun (特困人员), N3, and dibao alone (单人保), N2 art. 8 and N4; then all together.

Tekun have no labour capacity, no income source and no able supporter. Whoever is on dibao alone is taken in as a
household of one.
"""

from __future__ import annotations

from attrs import evolve, frozen

from bangfu.classification.category import CategoryRule, household_columns, household_rules, member_columns
from bangfu.facts import Level
from bangfu.identification import of_member
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived, either, together
from bangfu.rules.language import Expression, given
from bangfu.rules.language.functions import any_of, every, household, member, some

_N3_5, _N3_6, _N3_8 = "N3 art. 5", "N3 art. 6", "N3 art. 8"
_OLD, _YOUNG, _ADULT, _VERY_OLD = 60, 16, 18, 70
_SUPPORTERS = ("head", "spouse", "child", "parent", "grandchild", "grandparent")
"""Whom the law makes supporters (Civil Code art. 26, 1059, 1067, 1074); in-laws and siblings are not."""
_SCHOOLS_KEPT = ("primary", "junior_secondary", "senior_secondary", "vocational_secondary")

_NO_LABOUR = (
    Criterion(member.age >= _OLD, source=_N3_5),
    Criterion(member.age < _YOUNG, source=_N3_5),
    Criterion(member.labour_lost_by_disability, source=_N3_5),
    Criterion(member.tekun_until_grown, source="N3 art. 24"),
)
_BELOW_STANDARD = Criterion(member.tekun_income < household.dibao_standard, "无生活来源：收入低于低保标准", _N3_6)
_low_income = member.tekun_income < household.disposable_income


_TEKUN_COLUMNS: tuple[Derived, ...] = (
    of_member("still_growing", (member.age < _ADULT) | member.school_stage.one_of(*_SCHOOLS_KEPT), "未成年或在读"),
    of_member(
        "tekun_until_grown",
        (household.recognised_as == "tekun") & member.still_growing,
        "已认定特困的未成年人（在读的可延长）",
        "N3 art. 24",
    ),
    of_member("no_labour", any_of(*(c.test for c in _NO_LABOUR)), "无劳动能力", _N3_5),
    of_member("no_income", _BELOW_STANDARD.test, "无生活来源", _N3_6),
    # Somebody without labour and income supports nobody, whoever may stand behind him or her outside.
    of_member("no_labour_no_income", member.no_labour & member.no_income, "无劳动能力且无生活来源"),
    of_member("elderly_on_dibao", (member.age >= _OLD) & (household.recognised_as == "dibao"), "60 岁以上低保对象"),
    of_member("elderly_low_income", (member.age >= _VERY_OLD) & _low_income, "70 岁以上低收入"),
    of_member("disabled_low_income", member.severe_disability & _low_income, "重残低收入"),
    # Property is left out here: where it is not within limits nobody of the household is tekun anyway.
    of_member(
        "unable_supporter",
        any_of(
            member.no_labour_no_income,
            member.elderly_on_dibao,
            member.elderly_low_income,
            member.disabled_low_income,
            member.whereabouts.one_of("prison", "missing"),
        ),
        "无履行义务能力",
        _N3_8,
    ),
    of_member(
        "able_adult",
        (member.age >= _ADULT) & member.relation.one_of(*_SUPPORTERS) & ~member.unable_supporter,
        "有履行义务能力的成年人",
        _N3_8,
    ),
    Derived("family_can_support", Level.HOUSEHOLD, some(member.able_adult), "家中有具备履行义务能力的人", _N3_8),
    of_member("tekun_or_outside", member.is_tekun | ~member.counted, "特困或不计入"),
    Derived("everybody_is_tekun", Level.HOUSEHOLD, every(member.tekun_or_outside), "共同生活的成员全部是特困人员"),
)


def _tekun_rule(policy: Policy) -> CategoryRule:
    """Return the rule of one member's being tekun, its three conditions spelled out."""
    if not policy.value("tekun.recognised"):
        not_yet = Criterion(given(value=False), label="特困人员供养制度已施行", source="N1")
        return CategoryRule("tekun_member", Level.MEMBER, (not_yet,))
    return CategoryRule(
        "tekun_member",
        Level.MEMBER,
        (
            Criterion(member.counted, source="N2 art. 7"),
            evolve(either(*_NO_LABOUR, label="无劳动能力", source=_N3_5), test=member.no_labour),
            _BELOW_STANDARD,
            Criterion(household.assets_within_limits, "无生活来源：财产符合规定", _N3_6),
            Criterion(~household.family_can_support, "家中没有能够供养的法定义务人", _N3_8),
            Criterion(~member.has_able_supporter, "户外没有能够供养的法定义务人", _N3_8),
            Criterion(~member.supported_as_orphan, "没有选择按孤儿保障", "N3 art. 9"),
        ),
    )


_N2_8 = "N2 art. 8"


def _alone_rule(policy: Policy) -> CategoryRule:
    """Return the rule by which one member is on dibao alone, on his or her own income."""
    grounds = [
        _in_margin(member.severe_disability, "边缘家庭中的重度残疾人"),
        _in_margin(member.serious_illness, "边缘家庭中的重病患者"),
        together(
            Criterion(member.is_clergy_long_away, "生活在宗教场所满三年的教职人员"), label="宗教教职人员", source=_N2_8
        ),
    ]
    if policy.value("dibao_single.jobless_disabled"):
        grounds.append(_jobless_disabled(policy.entries["dibao_single.jobless_disabled"].source))
    if policy.value("dibao_single.medical_cost"):
        source = policy.entries["dibao_single.medical_cost"].source
        costly = member.own_medical_cost > household.income_year
        grounds.append(_in_margin(costly, "边缘家庭中自付医疗费超过家庭年收入的成员", source))
    return CategoryRule(
        "dibao_single",
        Level.MEMBER,
        (
            either(*grounds, label="可单独纳入的情形", source=_N2_8),
            Criterion(member.own_income < household.dibao_standard, source=_N2_8),
            Criterion(household.assets_within_limits, source=_N2_8),
        ),
    )


def _in_margin(test: Expression, label: str, source: str = _N2_8) -> Criterion:
    counted = Criterion(member.counted, source=_N2_8)
    in_margin = Criterion(household.is_margin, "家庭属于低保边缘", _N2_8, shows=household.category)
    return together(counted, in_margin, Criterion(test, source=source), label=label, source=source)


def _jobless_disabled(source: str) -> Criterion:
    return together(
        member.counted,
        Criterion(~household.is_dibao, "家庭不在低保", shows=household.category),
        member.age >= _ADULT,
        member.employment.one_of("unemployed", "not_working"),
        member.severe_disability,
        label="成年无业重度残疾人",
        source=source,
    ).by_default(source)


@frozen
class Classification:
    """All category rules under one policy, with the columns they need."""

    household: tuple[CategoryRule, ...]
    member: tuple[CategoryRule, ...]
    columns: tuple[Derived, ...]


def classification(policy: Policy) -> Classification:
    """Return the category rules and columns under a policy."""
    columns = (*household_columns(policy), *_TEKUN_COLUMNS, *member_columns())
    return Classification(household_rules(policy), (_tekun_rule(policy), _alone_rule(policy)), columns)
