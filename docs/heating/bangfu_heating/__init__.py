"""Heating subsidy (冬季取暖补贴, S2): a sum for each heating season, for low-income households."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import (
    Benefit,
    Choices,
    Criterion,
    Level,
    Money,
    Parameter,
    Policy,
    Programme,
    hookimpl,
    household,
    parameter,
)

CATEGORIES = {
    "tekun": "特困",
    "dibao": "低保",
    "margin": "低保边缘",
    "rigid_expenditure": "刚性支出困难",
    "watched": "防止返贫监测",
}


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare who gets the subsidy, which a province says, and how much, which a county says."""
    return [
        Parameter("heating.categories", Choices(CATEGORIES), "享受取暖补贴的类别"),
        Parameter("heating.subsidy", Money(), "取暖补贴标准", "元/户/采暖季"),
    ]


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return Gansu's pack."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:
    """Return the programme where a pack says who gets the subsidy; elsewhere there is none."""
    categories = policy.value("heating.categories")
    if not categories:
        return []
    subsidy = Benefit(
        "heating.subsidy",
        "冬季取暖补贴",
        Level.HOUSEHOLD,
        when=[Criterion(household.category.one_of(*categories), source=policy.source("heating.categories", "S2"))],
        amount=parameter("heating.subsidy"),
        source=policy.source("heating.subsidy", "S2"),
        documents=("居民身份证",),
        office="乡镇社会救助窗口",
        note="每个采暖季发放一次",
    )
    return [Programme("heating", "冬季取暖", "民政局", [subsidy])]
