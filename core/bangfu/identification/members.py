"""Who counts as a member living together (共同生活的家庭成员), N2 art. 7, and what age and state they are in."""

from __future__ import annotations

import polars as pl
from attrs import frozen

from bangfu.facts import Level
from bangfu.facts.declare import STATED
from bangfu.facts.member import LABOUR_LOST_BY_DISABILITY
from bangfu.kleene import all_of, any_of, count_of, years_before
from bangfu.rules import Criterion, Derived, across, is_in

_N2_7 = "N2 art. 7"
_ADULT = 18
_UP_TO_BACHELOR = (
    "primary", "junior_secondary", "senior_secondary", "vocational_secondary", "junior_college", "undergraduate",
)  # fmt: skip


def _member(name: str, value: pl.Expr, label: str = "", source: str = "") -> Derived:
    return Derived(name, Level.MEMBER, value, label, source)


def _completed_years(born: pl.Expr, on: pl.Expr) -> pl.Expr:
    before_birthday = _month_and_day(on) < _month_and_day(born)
    return on.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32)


def _month_and_day(day: pl.Expr) -> pl.Expr:
    # Polars gives months and days as bytes, which 12 × 100 would overflow without a word.
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day().cast(pl.Int32)


@frozen
class Grounds:
    """Why somebody counts (``including``) or doesn't (``excluding`` goes first)."""

    excluding: tuple[Criterion, ...]
    including: tuple[Criterion, ...]


_DEPENDENT_CHILD = (
    Criterion(pl.col("is_minor_child"), "未成年子女", _N2_7, value="age"),
    Criterion(
        pl.col("is_dependent_adult_child"), "不能独立生活的成年子女（含本科及以下全日制在校）", _N2_7, value="age"
    ),
)

MEMBER_GROUNDS = Grounds(
    excluding=(
        is_in("whereabouts", "prison", "compulsory_rehabilitation", "missing").because(
            _N2_7, "服刑、强制隔离戒毒或宣告失踪"
        ),
        Criterion(pl.col("is_clergy_long_away"), "宗教教职人员脱离家庭满三年", _N2_7, value="away_since"),
    ),
    including=(
        is_in("relation", "head").because(_N2_7, "户主本人"),
        is_in("relation", "spouse").because(_N2_7, "配偶"),
        *_DEPENDENT_CHILD,
        Criterion(pl.col("lives_with_duty"), "有法定赡养抚养扶养义务并长期共同居住", _N2_7, value="lives_together"),
    ),
)
"""Each ground is a criterion; ``counted`` is their sum: no excluding one and one including."""

MEMBER_COLUMNS: tuple[Derived, ...] = (
    _member("age", _completed_years(pl.col("birth_date"), pl.col("on")), "年龄"),
    _member("in_school", pl.col("school_stage") != "none", "在学"),
    _member("is_disabled", pl.col("disability_kind") != "none", "有残疾"),
    _member(
        "presumed_unable",
        any_of(
            pl.col("age") < 16,
            pl.col("age") >= 60,
            pl.col("labour_lost_by_disability"),
            ~pl.col("school_stage").is_in(["none", "postgraduate"]),
        ),
        "按年龄、残疾和就学推定无劳动能力",
        "N3 art. 5",
    ),
    _member("labour_lost_by_disability", LABOUR_LOST_BY_DISABILITY, "残疾类别和等级属于无劳动能力", "N3 art. 5"),
    # Age makes a presumption for tekun (N3 art. 5). Where a clause asks who cannot work, being old is not enough.
    _member(
        "unable_to_work",
        all_of(
            pl.col("labour_capacity") == "none",
            any_of(
                pl.col(f"{STATED}labour_capacity").is_not_null(),
                pl.col("labour_lost_by_disability"),
                ~pl.col("school_stage").is_in(["none", "postgraduate"]),
            ),
        ),
        "无劳动能力（不因年龄推定）",
        "N2 art. 7",
    ),
    _member(
        "severe_disability",
        all_of(
            pl.col("disability_kind") != "none",
            any_of(
                pl.col("disability_grade") <= 2,
                all_of(pl.col("disability_grade") <= 3, pl.col("disability_kind").is_in(["intellectual", "mental"])),
            ),
        ),
        "重度残疾（一、二级，或三级智力、精神残疾）",
        "N2 art. 8",
    ),
    _member(
        "away_for_years",
        pl.col("away_since") <= years_before(pl.col("on"), pl.col("policy:clergy.years")),
        "离家满规定年数",
    ),
    _member(
        "is_clergy_long_away", all_of(pl.col("whereabouts") == "clergy_away", pl.col("away_for_years")), source=_N2_7
    ),
    _member("is_minor_child", all_of(pl.col("relation") == "child", pl.col("age") < _ADULT), source=_N2_7),
    _member(
        "is_dependent_adult_child",
        all_of(
            pl.col("relation") == "child",
            any_of(pl.col("unable_to_work"), pl.col("school_stage").is_in(list(_UP_TO_BACHELOR))),
        ),
        source=_N2_7,
    ),
    _member(
        "lives_with_duty",
        all_of(pl.col("lives_together"), pl.col("relation") != "other"),
        source=_N2_7,
    ),
    _member("excluded", any_of(*(ground.test for ground in MEMBER_GROUNDS.excluding)), source=_N2_7),
    _member("included", any_of(*(ground.test for ground in MEMBER_GROUNDS.including)), source=_N2_7),
    Derived(
        "counted",
        Level.MEMBER,
        all_of(~pl.col("excluded"), pl.col("included")),
        "属于共同生活的家庭成员",
        _N2_7,
        determination=True,
    ),
    across("counted_size", count_of(pl.col("counted")), "共同生活的家庭成员数", _N2_7),
)
