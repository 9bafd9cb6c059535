"""Basic living (基本生活救助): dibao, dibao alone, tekun."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import Integer, Money, Parameter, Policy, Programme, hookimpl
from bangfu_living import classes, dibao, tekun


@hookimpl
def parameters() -> Iterable[Parameter]:
    """Declare how many refusals of work cost dibao (N1), the bounds of the classes (S10), the tiers of care (N10)."""
    return [
        Parameter("living.job_refusals", Integer(1, 1000), "连续拒绝就业几次起停发本人低保金", "次"),
        Parameter("living.class2.above", Money(), "二类补助额须高于", "元/人", periodic=True),
        Parameter("living.class3.floor", Money(), "三类补助额最低", "元/人", periodic=True),
        *(
            Parameter(f"living.tekun_care.{tier}", Money(), f"特困照料护理标准（{label}）", "元/人", periodic=True)
            for tier, (label, _) in tekun.TIERS.items()
        ),
    ]


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return the national number of refusals and Feixi's bounds."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:
    """Return dibao as the place computes it, dibao alone, and tekun living and care."""
    by_class = policy.value("dibao.amount") == "classes"
    household = classes.benefits() if by_class else dibao.by_gap()
    columns = (*dibao.COLUMNS, *(classes.columns() if by_class else ()))
    return [Programme("living", "基本生活救助", "民政局", (*household, dibao.alone(), *tekun.benefits()), columns)]
