"""Who counts as a member living together (共同生活的家庭成员), N2 art. 7, and what age and state they are in."""

from __future__ import annotations

from attrs import frozen

from bangfu.facts import Level
from bangfu.rules import Criterion, Derived
from bangfu.rules.language import Expression
from bangfu.rules.language.functions import (
    any_of,
    count,
    is_stated,
    member,
    parameter,
    years_before,
    years_between,
)

_N2_7, _N3_5 = "N2 art. 7", "N3 art. 5"
_ADULT, _GROWN_UP, _OLD = 18, 16, 60
_UP_TO_BACHELOR = (
    "primary", "junior_secondary", "senior_secondary", "vocational_secondary", "junior_college", "undergraduate",
)  # fmt: skip


def _member(name: str, value: Expression, label: str = "", source: str = "") -> Derived:
    return Derived(name, Level.MEMBER, value, label, source)


@frozen
class Grounds:
    """Why somebody counts (``including``) or doesn't (``excluding`` goes first)."""

    excluding: tuple[Criterion, ...]
    including: tuple[Criterion, ...]


_DEPENDENT_CHILD = (
    Criterion(member.is_minor_child, "未成年子女", _N2_7, shows=member.age),
    Criterion(
        member.is_dependent_adult_child, "不能独立生活的成年子女（含本科及以下全日制在校）", _N2_7, shows=member.age
    ),
)

MEMBER_GROUNDS = Grounds(
    excluding=(
        Criterion(
            member.whereabouts.one_of("prison", "compulsory_rehabilitation", "missing"),
            "服刑、强制隔离戒毒或宣告失踪",
            _N2_7,
        ),
        Criterion(member.is_clergy_long_away, "宗教教职人员脱离家庭满三年", _N2_7, shows=member.away_since),
    ),
    including=(
        Criterion(member.relation.one_of("head"), "户主本人", _N2_7),
        Criterion(member.relation.one_of("spouse"), "配偶", _N2_7),
        *_DEPENDENT_CHILD,
        Criterion(member.lives_with_duty, "有法定赡养抚养扶养义务并长期共同居住", _N2_7, shows=member.lives_together),
    ),
)
"""Each ground is a criterion; ``counted`` is their sum: no excluding one and one including."""

_disability, _grade = member.disability_kind, member.disability_grade
_studies_up_to_bachelor = ~member.school_stage.one_of("none", "postgraduate")

MEMBER_COLUMNS: tuple[Derived, ...] = (
    _member("age", years_between(member.birth_date, member.on), "年龄"),
    _member("in_school", member.school_stage != "none", "在学"),
    _member("is_disabled", _disability != "none", "有残疾"),
    _member(
        "presumed_unable",
        any_of(
            member.age < _GROWN_UP,
            member.age >= _OLD,
            member.labour_lost_by_disability,
            _studies_up_to_bachelor,
        ),
        "按年龄、残疾和就学推定无劳动能力",
        _N3_5,
    ),
    _member(
        "labour_lost_by_disability",
        any_of(
            _disability.one_of("intellectual", "mental") & (_grade <= 3),
            (_disability == "limb") & (_grade <= 2),
            (_disability == "visual") & (_grade <= 1),
        ),
        "残疾类别和等级属于无劳动能力",
        _N3_5,
    ),
    # Age makes a presumption for tekun (N3 art. 5). Where a clause asks who cannot work, being old is not enough.
    _member(
        "unable_to_work",
        (member.labour_capacity == "none")
        & any_of(is_stated(member.labour_capacity), member.labour_lost_by_disability, _studies_up_to_bachelor),
        "无劳动能力（不因年龄推定）",
        _N2_7,
    ),
    _member(
        "severe_disability",
        (_disability != "none") & ((_grade <= 2) | ((_grade <= 3) & _disability.one_of("intellectual", "mental"))),
        "重度残疾（一、二级，或三级智力、精神残疾）",
        "N2 art. 8",
    ),
    _member(
        "away_for_years",
        member.away_since <= years_before(member.on, parameter("clergy.years")),
        "离家满规定年数",
    ),
    _member("is_clergy_long_away", (member.whereabouts == "clergy_away") & member.away_for_years, source=_N2_7),
    _member("is_minor_child", (member.relation == "child") & (member.age < _ADULT), source=_N2_7),
    _member(
        "is_dependent_adult_child",
        (member.relation == "child") & (member.unable_to_work | member.school_stage.one_of(*_UP_TO_BACHELOR)),
        source=_N2_7,
    ),
    _member("lives_with_duty", member.lives_together & (member.relation != "other"), source=_N2_7),
    _member("excluded", any_of(*(ground.test for ground in MEMBER_GROUNDS.excluding)), source=_N2_7),
    _member("included", any_of(*(ground.test for ground in MEMBER_GROUNDS.including)), source=_N2_7),
    Derived(
        "counted",
        Level.MEMBER,
        ~member.excluded & member.included,
        "属于共同生活的家庭成员",
        _N2_7,
        determination=True,
    ),
    Derived("counted_size", Level.HOUSEHOLD, count(member.counted), "共同生活的家庭成员数", _N2_7),
)
