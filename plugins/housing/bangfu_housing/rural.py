"""Rural dangerous-house renovation (农村危房改造, N9) and seismic retrofit (S2)."""

from collections.abc import Iterable

from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Expression,
    Group,
    GroupRule,
    Level,
    Per,
    choose,
    either,
    household,
    largest,
    member,
    parameter,
    some,
)

_N9 = "N9"
_OFFICE = "乡镇村镇建设办公室"

ONE_RENOVATION = Group("housing.renovation", "修缮、重建和抗震改造只享受一项", GroupRule.FIRST, source=_N9)

_people = household.counted_size
_SMALLEST_IN_ALL = {1: 20, 2: 30, 3: 40}
_LARGEST_IN_ALL, _MOST_FOR_ALL = 60, 3
_LEAST_EACH, _MOST_EACH = 13, 18


def _household(name: str, value: Expression, label: str) -> Derived:
    return Derived(f"housing.{name}", Level.HOUSEHOLD, value, label, _N9)


def _own_share(grade: str) -> Derived:
    """Return what a household pays itself of the cost of its grade."""
    left = household.renovation_cost - parameter(f"housing.renovation.{grade}")
    return _household(f"own_share_{grade}", largest(left, 0), "家庭自筹（元）")


COLUMNS = (
    _household("somebody_tekun", some(member.is_tekun), "有分散供养特困人员"),
    _household(
        "least_area",
        choose(
            (_people > _MOST_FOR_ALL, _people * _LEAST_EACH),
            *((_people == people, area) for people, area in _SMALLEST_IN_ALL.items()),
        ),
        "重建面积不少于（平方米）",
    ),
    _household(
        "most_area",
        choose((_people > _MOST_FOR_ALL, _people * _MOST_EACH), (_people >= 1, _LARGEST_IN_ALL)),
        "重建面积不多于（平方米）",
    ),
    _own_share("C"),
    _own_share("D"),
)

_SIX_GROUPS = either(
    household.category.one_of("dibao", "margin", "rigid_expenditure"),
    household.housing.somebody_tekun,
    household.watched_for_return_to_poverty,
    Criterion(household.registered_poor, "脱贫户住房安全无保障"),
    label="属于六类重点对象",
).by_default(_N9)


def _renovation(grade: str, name: str, shows: tuple[str, ...]) -> Benefit:
    code = f"housing.renovation.{grade}"
    return Benefit(
        code,
        name,
        Level.HOUSEHOLD,
        [
            household.residence == "rural",
            _SIX_GROUPS,
            household.dwelling_grade == grade,
            household.dwelling_only,
            ~household.renovated_before,
        ],
        parameter(code),
        per=Per.ONCE,
        source=_N9,
        documents=("居民身份证", "户口簿", "房屋鉴定报告", "唯一住房承诺"),
        office=_OFFICE,
        group=ONE_RENOVATION.code,
        shows=shows,
    )


def benefits() -> Iterable[Benefit]:
    """Return rebuilding, repair and seismic retrofit, of which a household gets one."""
    return [
        _renovation("D", "D 级危房拆除重建", ("housing.least_area", "housing.most_area", "housing.own_share_D")),
        _renovation("C", "C 级危房维修加固", ("housing.own_share_C",)),
        Benefit(
            "housing.seismic",
            "农房抗震改造",
            Level.HOUSEHOLD,
            [
                household.residence == "rural",
                _SIX_GROUPS,
                household.dwelling_only,
                household.lacks_seismic_resistance,
            ],
            parameter("housing.seismic"),
            per=Per.ONCE,
            source="S2",
            office=_OFFICE,
            group=ONE_RENOVATION.code,
        ),
    ]
