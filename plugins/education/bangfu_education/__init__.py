"""Education aid (教育资助): the tables of its packs, and one fact of its own."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable

from bangfu import Fact, Level, Policy, Programme, YesNo, hookimpl


@hookimpl
def facts() -> Iterable[Fact]:
    """Declare what the kindergarten recognises (S1)."""
    return [
        Fact(
            "special_hardship",
            Level.HOUSEHOLD,
            YesNo(),
            "幼儿园认定的特殊困难家庭",
            question="幼儿园是否认定这一家庭特殊困难？",
        )
    ]


@hookimpl
def packs() -> Iterable[Traversable]:
    """Return the national rows and Guiding's table."""
    return [files(__name__) / "packs"]


@hookimpl
def programmes(policy: Policy) -> Iterable[Programme]:  # noqa: ARG001 - every benefit stands in the packs
    """Return the programme; every benefit of it is a row of a pack."""
    return [Programme("education", "教育资助", "教育局")]
