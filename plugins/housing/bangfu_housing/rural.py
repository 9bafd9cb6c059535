"""Rural dangerous-house renovation (农村危房改造, N9) and seismic retrofit (S2)."""

from collections.abc import Iterable

import polars as pl

from bangfu import (
    Amount,
    Benefit,
    Criterion,
    Derived,
    Group,
    GroupRule,
    Level,
    Per,
    Policy,
    across,
    either,
    holds,
    in_category,
    is_in,
    lacks,
    some_of,
)

_N9 = "N9"
_OFFICE = "乡镇村镇建设办公室"

ONE_RENOVATION = Group("housing.renovation", "修缮、重建和抗震改造只享受一项", GroupRule.FIRST, source=_N9)

_PEOPLE = pl.col("counted_size")
_SMALLEST_IN_ALL = {1: 20, 2: 30, 3: 40}
_LARGEST_IN_ALL, _MOST_FOR_ALL = 60, 3
_LEAST_EACH, _MOST_EACH = 13, 18


def _household(name: str, value: pl.Expr, label: str) -> Derived:
    return Derived(f"housing.{name}", Level.HOUSEHOLD, value, label, _N9)


def _left_of_cost(grade: str) -> pl.Expr:
    return (pl.col("renovation_cost") - pl.col(f"policy:housing.renovation.{grade}")).clip(lower_bound=0)


COLUMNS = (
    across("housing.somebody_tekun", some_of(pl.col("is_tekun")), "有分散供养特困人员", _N9),
    _household(
        "least_area",
        pl.when(_PEOPLE > _MOST_FOR_ALL)
        .then(_PEOPLE * _LEAST_EACH)
        .when(_PEOPLE >= 1)
        .then(pl.coalesce(*(pl.when(people == _PEOPLE).then(area) for people, area in _SMALLEST_IN_ALL.items()))),
        "重建面积不少于（平方米）",
    ),
    _household(
        "most_area",
        pl.when(_PEOPLE > _MOST_FOR_ALL).then(_PEOPLE * _MOST_EACH).when(_PEOPLE >= 1).then(_LARGEST_IN_ALL),
        "重建面积不多于（平方米）",
    ),
    _household(
        "own_share_C",
        (pl.col("renovation_cost") - pl.col("policy:housing.renovation.C")).clip(lower_bound=0),
        "家庭自筹（元）",
    ),
    _household(
        "own_share_D",
        (pl.col("renovation_cost") - pl.col("policy:housing.renovation.D")).clip(lower_bound=0),
        "家庭自筹（元）",
    ),
)


def _six_groups() -> Criterion:
    return either(
        in_category("tekun", "dibao", "margin", "rigid_expenditure", "watched", source=_N9),
        holds("housing.somebody_tekun", source=_N9),
        holds("watched_for_return_to_poverty", source=_N9),
        holds("registered_poor", "脱贫户住房安全无保障", source=_N9),
        label="属于六类重点对象",
        source=_N9,
    )


def _renovation(policy: Policy, grade: str, name: str, shows: tuple[str, ...]) -> Benefit:
    parameter = f"housing.renovation.{grade}"
    return Benefit(
        parameter,
        name,
        Level.HOUSEHOLD,
        [
            is_in("residence", "rural", source=_N9),
            _six_groups(),
            is_in("dwelling_grade", grade, source=_N9),
            holds("dwelling_only", source=_N9),
            lacks("renovated_before", source=_N9),
        ],
        Amount(policy[parameter], f"{{policy:{parameter}}}"),
        per=Per.ONCE,
        source=_N9,
        documents=("居民身份证", "户口簿", "房屋鉴定报告", "唯一住房承诺"),
        office=_OFFICE,
        group=ONE_RENOVATION.code,
        shows=shows,
    )


def benefits(policy: Policy) -> Iterable[Benefit]:
    """Return rebuilding, repair and seismic retrofit, of which a household gets one."""
    return [
        _renovation(
            policy, "D", "D 级危房拆除重建", ("housing.least_area", "housing.most_area", "housing.own_share_D")
        ),
        _renovation(policy, "C", "C 级危房维修加固", ("housing.own_share_C",)),
        Benefit(
            "housing.seismic",
            "农房抗震改造",
            Level.HOUSEHOLD,
            [
                is_in("residence", "rural", source="S2"),
                _six_groups(),
                holds("dwelling_only", source="S2"),
                holds("lacks_seismic_resistance", source="S2"),
            ],
            Amount(policy["housing.seismic"], "{policy:housing.seismic}"),
            per=Per.ONCE,
            source="S2",
            office=_OFFICE,
            group=ONE_RENOVATION.code,
        ),
    ]
