"""Households of four that both sides compute: made of the comparison's own households, every fact stated."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from attrs import evolve, frozen
from peer.one_household import household_of
from peer.population import parts, rulebook

from bangfu import Household, Status, make_plan
from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY

_DRAWN, _TRIED = 2_000, 200
_COUPLE_WITH_CHILD = ["head", "spouse", "child"]
_NAMES = ("石大山", "韦春梅", "石小岩", "石小溪")


@frozen
class Family:
    """A made-up household of four: as the desk registers it, and as tables."""

    household: Household
    frames: Frames


def families(number: int) -> list[Family]:
    """Return so many families, those first to whom the most programmes owe something."""
    tried = [family for _, family in zip(range(_TRIED), _drawn(), strict=False)]
    return sorted(tried, key=_programmes, reverse=True)[:number]


def _programmes(family: Family) -> int:
    plan = make_plan(family.household, rulebook())
    return len({support.programme for support in plan.supports if support.status is Status.ELIGIBLE})


def _drawn() -> Iterator[Family]:
    """Yield couples with two children: their own, and that of the couple before."""
    (drawn,) = parts(_DRAWN)
    second: pl.DataFrame | None = None
    for members in drawn.members.partition_by(HOUSEHOLD_KEY, maintain_order=True):
        if members["relation"].to_list() != _COUPLE_WITH_CHILD:
            continue
        if second is not None:
            yield _family(drawn.households, members, second)
        second = members.tail(1)


def _family(households: pl.DataFrame, three: pl.DataFrame, fourth: pl.DataFrame) -> Family:
    key = three[HOUSEHOLD_KEY][0]
    moved = {HOUSEHOLD_KEY: key, MEMBER_KEY: three.height}
    joined = fourth.with_columns(pl.lit(value).cast(fourth[name].dtype).alias(name) for name, value in moved.items())
    frames = Frames(households.filter(pl.col(HOUSEHOLD_KEY) == key), pl.concat([three, joined]))
    return Family(_named(household_of(frames, rulebook().catalog)), frames)


def _named(household: Household) -> Household:
    named = ({**facts, "name": name} for facts, name in zip(household.members, _NAMES, strict=True))
    return evolve(household, members=tuple(named))
