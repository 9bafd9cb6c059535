"""Housing aid (住房救助): rural renovation, seismic retrofit, urban public rental or rent subsidy."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import Fact, Level, Money, Parameter, Policy, Presumption, Programme, YesNo, hookimpl
from bangfu_housing import rural, urban


@hookimpl
def facts() -> Iterable[Fact]:
    """Declare what housing asks beyond the core's facts."""
    return [
        Fact(
            "renovation_cost",
            Level.HOUSEHOLD,
            Money(),
            "危房改造预计总费用",
            question="改造（修缮或重建）预计总共要花多少？",
        ),
        Fact(
            "lacks_seismic_resistance",
            Level.HOUSEHOLD,
            YesNo(),
            "住房抗震设防不达标",
            question="住房抗震鉴定的结论是不达标吗？",
        ),
        Fact(
            "chooses_rent_subsidy",
            Level.HOUSEHOLD,
            YesNo(),
            "选择租赁补贴（不要实物配租）",
            presumption=Presumption(value=False, text="未写明的，推定优先实物配租"),
        ),
    ]


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare the amounts by grade and the rent subsidy (N9, N6)."""
    return [
        Parameter("housing.renovation.C", Money(), "C 级危房修缮补助", "元/户"),
        Parameter("housing.renovation.D", Money(), "D 级危房重建补助", "元/户"),
        Parameter("housing.seismic", Money(), "抗震改造补助", "元/户"),
        Parameter("housing.rent_subsidy", Money(), "住房租赁补贴", "元/户", periodic=True),
    ]


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return Lingyuan's amounts."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:  # noqa: ARG001 - a place sets amounts, no rules
    """Return the rural and the urban benefits; repair or rebuild, rental or subsidy, never both."""
    return [
        Programme(
            "housing",
            "住房救助",
            "住房和城乡建设局",
            (*rural.benefits(), *urban.benefits()),
            rural.COLUMNS,
            (rural.ONE_RENOVATION,),
        )
    ]
