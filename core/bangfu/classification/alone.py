"""Dibao alone (单人保): a member taken in as a household of one, N2 art. 8 and N4."""

from __future__ import annotations

from bangfu.classification.category import CategoryRule
from bangfu.facts import Level
from bangfu.policy import Policy
from bangfu.rules import Criterion, either, together
from bangfu.rules.language.functions import household, member

_N2_8 = "N2 art. 8"
_ADULT = 18


def alone_rule(policy: Policy) -> CategoryRule:
    """Return the rule by which one member is on dibao alone, on his or her own income."""
    in_margin = Criterion(household.is_margin, "家庭属于低保边缘", _N2_8, shows=household.category)
    counted = Criterion(member.counted, source=_N2_8)
    grounds = [
        together(
            counted,
            in_margin,
            Criterion(member.severe_disability, source=_N2_8),
            label="边缘家庭中的重度残疾人",
            source=_N2_8,
        ),
        together(
            counted,
            in_margin,
            Criterion(member.serious_illness, source=_N2_8),
            label="边缘家庭中的重病患者",
            source=_N2_8,
        ),
        together(
            Criterion(member.is_clergy_long_away, "生活在宗教场所满三年的教职人员"),
            label="宗教教职人员",
            source=_N2_8,
        ),
    ]
    if policy.value("dibao_single.jobless_disabled"):
        grounds.append(_jobless_disabled(policy.entries["dibao_single.jobless_disabled"].source))
    if policy.value("dibao_single.medical_cost"):
        source = policy.entries["dibao_single.medical_cost"].source
        cost = Criterion(member.own_medical_cost > household.income_year, source=source)
        grounds.append(
            together(counted, in_margin, cost, label="边缘家庭中自付医疗费超过家庭年收入的成员", source=source)
        )
    return CategoryRule(
        "dibao_single",
        Level.MEMBER,
        (
            either(*grounds, label="可单独纳入的情形", source=_N2_8),
            Criterion(member.own_income < household.dibao_standard, source=_N2_8),
            Criterion(household.assets_within_limits, source=_N2_8),
        ),
    )


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
