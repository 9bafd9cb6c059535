"""Where households and members stand (位次), and which households come under which policy (分组)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import polars as pl
from attrs import field, frozen

from bangfu.engine import Ruleset
from bangfu.facts import Level
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.rulebook import Rulebook
from bangfu.screen.outcome import Places
from bangfu.screen.rows import CheckedRows

_GROUP = "group"


@frozen(eq=False)
class HouseholdGroup:
    """Some households with their members, and where they stand among all (``ScreeningOutcome``)."""

    rows: Frames = field(repr=False)
    places: Mapping[Level, Places] = field(repr=False)
    owner: Places = field(repr=False)

    def part(self, households: Places) -> HouseholdGroup:
        """Return some of the households with their members."""
        number = np.full(self.rows.households.height, -1)
        number[households] = np.arange(len(households))
        members = np.flatnonzero(number[self.owner] >= 0)
        chosen = {Level.HOUSEHOLD: households, Level.MEMBER: members}
        return HouseholdGroup(
            Frames(self.rows.households[households], self.rows.members[members]),
            {level: self.places[level][rows] for level, rows in chosen.items()},
            number[self.owner[members]],
        )


def placed(rows: CheckedRows) -> HouseholdGroup:
    """Return all households with their places: each household's, then its members'."""
    owner = rows.members[HOUSEHOLD_KEY].rle_id().to_numpy().astype(np.intp)
    sizes = np.bincount(owner, minlength=rows.households.height)
    of_households = np.cumsum(sizes) - sizes + np.arange(len(sizes))
    places = {Level.HOUSEHOLD: of_households, Level.MEMBER: np.arange(len(owner)) + owner + 1}
    return HouseholdGroup(Frames(rows.households, rows.members), places, owner)


def recipients_of(rows: CheckedRows, group: HouseholdGroup) -> pl.DataFrame:
    """Return who is at which place: ``household``, ``member`` (null for the household), ``region``, ``on``."""
    sizes = np.bincount(group.owner, minlength=rows.households.height)
    whose = np.repeat(np.arange(len(sizes)), sizes + 1)
    member = np.zeros(len(whose), dtype=np.int64)
    member[group.places[Level.MEMBER]] = rows.members[MEMBER_KEY].to_numpy()
    nobody = np.zeros(len(whose), dtype=np.bool_)
    nobody[group.places[Level.HOUSEHOLD]] = True
    told = pl.Series(MEMBER_KEY, member).set(pl.Series(nobody), None)
    return rows.households.select(HOUSEHOLD_KEY, "region", DAY)[whose].insert_column(1, told)


def groups_of(whole: HouseholdGroup, rulebook: Rulebook) -> Iterator[tuple[HouseholdGroup, Ruleset]]:
    """Yield the households of each policy, whatever their regions and days, with its rules."""
    prefixes = {pack.prefix for pack in rulebook.packs}
    rulesets: dict[int, Ruleset] = {}
    found: dict[tuple[str, date], int] = {}
    group: list[int] = []
    households = whole.rows.households
    places = households.select("region", DAY).unique(maintain_order=True)
    for region, on in places.iter_rows():
        # The longest prefix that any pack is for decides which packs apply, for all regions below it.
        place = max((prefix for prefix in prefixes if region.startswith(prefix)), key=len, default="")
        if (place, on) not in found:
            ruleset = rulebook.rules(place, on)
            rulesets.setdefault(id(ruleset), ruleset)
            found[place, on] = list(rulesets).index(id(ruleset))
        group.append(found[place, on])
    if len(rulesets) == 1:
        yield whole, next(iter(rulesets.values()))
        return
    of_household = places.with_columns(pl.Series(_GROUP, group, dtype=pl.Int32))
    numbers = households.select("region", DAY).join(of_household, on=["region", DAY], how="left", maintain_order="left")
    for number, ruleset in enumerate(rulesets.values()):
        yield whole.part(np.flatnonzero(numbers[_GROUP].to_numpy() == number)), ruleset
