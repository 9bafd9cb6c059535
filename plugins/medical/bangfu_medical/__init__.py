"""Medical aid (医疗救助): premium subsidy, aid on the covered cost that is left, enrolment."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import Money, Parameter, Policy, Programme, Ratio, hookimpl
from bangfu_medical import aid, premium

CATEGORIES = {
    "tekun": "特困",
    "dibao": "低保",
    "dibao_single": "单人保",
    "margin": "低保边缘",
    "rigid_expenditure": "刚性支出困难",
    "watched": "防止返贫监测",
}


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare deductible, ratio and premium by category, and the yearly cap (N7)."""
    yield Parameter("medical.cap", Money(), "医疗救助年度限额", "元/人/年")
    for category, label in CATEGORIES.items():
        yield Parameter(
            f"medical.deductible.{category}",
            Ratio(),
            f"医疗救助起付标准（{label}）：不大于 1 的是上年人均可支配收入的比例，大于 1 的是元",
        )
        yield Parameter(f"medical.ratio.{category}", Ratio(), f"医疗救助比例（{label}）", "比例")
        yield Parameter(f"medical.premium.{category}", Money(), f"参保资助标准（{label}）", "元/人/年")


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return the national shares of N7."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:
    """Return premium subsidy, medical aid and the service of enrolment."""
    columns = (*premium.columns(CATEGORIES), *aid.columns(CATEGORIES))
    benefits = (*premium.benefits(policy, CATEGORIES), *aid.benefits(CATEGORIES))
    return [Programme("medical", "医疗救助", "医疗保障局", benefits, columns)]
