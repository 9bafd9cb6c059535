"""Tekun (特困人员), N3: no labour capacity, no income source, no able supporter."""

from __future__ import annotations

import polars as pl
from attrs import evolve

from bangfu.classification.category import CategoryRule
from bangfu.facts import Level
from bangfu.kleene import all_of, any_of, every_of, some_of
from bangfu.policy import Policy
from bangfu.rules import Criterion, Derived, across, at_least, below, either, holds, lacks

_N3_5, _N3_6, _N3_8 = "N3 art. 5", "N3 art. 6", "N3 art. 8"
_OLD, _YOUNG, _ADULT, _VERY_OLD = 60, 16, 18, 70
_SUPPORTERS = ("head", "spouse", "child", "parent", "grandchild", "grandparent")
"""Whom the law makes supporters (Civil Code art. 26, 1059, 1067, 1074); in-laws and siblings are not."""
_SCHOOLS_KEPT = ("primary", "junior_secondary", "senior_secondary", "vocational_secondary")

_NO_LABOUR = (
    at_least("age", _OLD, source=_N3_5),
    below("age", _YOUNG, source=_N3_5),
    holds("labour_lost_by_disability", source=_N3_5),
    holds("tekun_until_grown", source="N3 art. 24"),
)
_BELOW_STANDARD = below("tekun_income", pl.col("dibao_standard"), source=_N3_6)


def _member(name: str, value: pl.Expr, label: str, source: str = "") -> Derived:
    return Derived(name, Level.MEMBER, value, label, source)


_LOW_INCOME = pl.col("tekun_income") < pl.col("disposable_income")

TEKUN_COLUMNS: tuple[Derived, ...] = (
    _member(
        "still_growing",
        any_of(pl.col("age") < _ADULT, pl.col("school_stage").is_in(list(_SCHOOLS_KEPT))),
        "未成年或在读",
    ),
    _member(
        "tekun_until_grown",
        all_of(pl.col("recognised_as") == "tekun", pl.col("still_growing")),
        "已认定特困的未成年人（在读的可延长）",
        "N3 art. 24",
    ),
    _member("no_labour", any_of(*(c.test for c in _NO_LABOUR)), "无劳动能力", _N3_5),
    _member("no_income", _BELOW_STANDARD.test, "无生活来源", _N3_6),
    # Somebody without labour and income supports nobody, whoever may stand behind him or her outside.
    _member("no_labour_no_income", all_of(pl.col("no_labour"), pl.col("no_income")), "无劳动能力且无生活来源"),
    _member("elderly_on_dibao", all_of(pl.col("age") >= _OLD, pl.col("recognised_as") == "dibao"), "60 岁以上低保对象"),
    _member("elderly_low_income", all_of(pl.col("age") >= _VERY_OLD, _LOW_INCOME), "70 岁以上低收入"),
    _member("disabled_low_income", all_of(pl.col("severe_disability"), _LOW_INCOME), "重残低收入"),
    # Property is left out here: where it is not within limits nobody of the household is tekun anyway.
    _member(
        "unable_supporter",
        any_of(
            pl.col("no_labour_no_income"),
            pl.col("elderly_on_dibao"),
            pl.col("elderly_low_income"),
            pl.col("disabled_low_income"),
            pl.col("whereabouts").is_in(["prison", "missing"]),
        ),
        "无履行义务能力",
        _N3_8,
    ),
    _member(
        "able_adult",
        all_of(pl.col("age") >= _ADULT, pl.col("relation").is_in(list(_SUPPORTERS)), ~pl.col("unable_supporter")),
        "有履行义务能力的成年人",
        _N3_8,
    ),
    across("family_can_support", some_of(pl.col("able_adult")), "家中有具备履行义务能力的人", _N3_8),
    _member("tekun_or_outside", any_of(pl.col("is_tekun"), ~pl.col("counted")), "特困或不计入"),
    across("everybody_is_tekun", every_of(pl.col("tekun_or_outside")), "共同生活的成员全部是特困人员"),
)


def tekun_rule(policy: Policy) -> CategoryRule:
    """Return the rule of one member's being tekun, its three conditions spelled out."""
    if not policy.value("tekun.recognised"):
        not_yet = Criterion(pl.lit(False), "特困人员供养制度已施行", "N1")
        return CategoryRule("tekun_member", Level.MEMBER, (not_yet,))
    return CategoryRule(
        "tekun_member",
        Level.MEMBER,
        (
            holds("counted", source="N2 art. 7"),
            evolve(either(*_NO_LABOUR, label="无劳动能力", source=_N3_5), test=pl.col("no_labour")),
            _BELOW_STANDARD.because(_N3_6, "无生活来源：收入低于低保标准"),
            holds("assets_within_limits", "无生活来源：财产符合规定", _N3_6),
            lacks("family_can_support", "家中没有能够供养的法定义务人", _N3_8),
            lacks("has_able_supporter", "户外没有能够供养的法定义务人", _N3_8),
            lacks("supported_as_orphan", "没有选择按孤儿保障", "N3 art. 9"),
        ),
    )
