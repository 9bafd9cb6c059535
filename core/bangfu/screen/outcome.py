"""Where households and members stand (位次), and what the rules of each policy make of theirs (评估结果)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from bangfu.engine import Ruleset
from bangfu.engine.node import Key
from bangfu.engine.plain import Plain
from bangfu.facts import Level
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.rulebook import Rulebook

Places = NDArray[np.intp]
_GROUP = "group"


@frozen(eq=False)
class HouseholdGroup:
    """Some households with their members, as ``checked`` gives them, and where they stand among all.

    ``places`` says for each row of a level at which place it stands among all households and members, each household
    before its members; ``owner`` for each member which row its household is.
    """

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

    def recipients(self) -> pl.DataFrame:
        """Return who is at which place of all: ``household``, ``member`` (null: the household), ``region``, ``on``."""
        households, members = self.rows.households, self.rows.members
        whose = np.empty(households.height + members.height, dtype=np.intp)
        whose[self.places[Level.HOUSEHOLD]] = np.arange(households.height)
        whose[self.places[Level.MEMBER]] = self.owner
        member = np.zeros(len(whose), dtype=np.int64)
        member[self.places[Level.MEMBER]] = members[MEMBER_KEY].to_numpy()
        nobody = np.zeros(len(whose), dtype=np.bool_)
        nobody[self.places[Level.HOUSEHOLD]] = True
        told = pl.Series(MEMBER_KEY, member).set(pl.Series(nobody), None)
        return households.select(HOUSEHOLD_KEY, "region", DAY)[whose].insert_column(1, told)


@frozen(eq=False)
class ScreeningOutcome(HouseholdGroup):
    """Some households under one policy, and what its rules make of them."""

    ruleset: Ruleset
    results: Mapping[Key, Plain] = field(repr=False)

    def column(self, level: Level, name: str) -> Plain:
        """Return a column of results."""
        return self.results[self.ruleset.graph.locate(level, name).key]

    def words(self, level: Level, name: str) -> list[str]:
        """Return the words whose places a column of results has."""
        return list(self.ruleset.graph.node_of((level, name)).kind.labels)


def placed(rows: Frames) -> HouseholdGroup:
    """Return all households with their places: each household's, then its members'."""
    owner = rows.members[HOUSEHOLD_KEY].rle_id().to_numpy().astype(np.intp)
    sizes = np.bincount(owner, minlength=rows.households.height)
    of_households = np.cumsum(sizes) - sizes + np.arange(len(sizes))
    places = {Level.HOUSEHOLD: of_households, Level.MEMBER: np.arange(len(owner)) + owner + 1}
    return HouseholdGroup(rows, places, owner)


def outcomes_of(whole: HouseholdGroup, rulebook: Rulebook) -> Iterator[ScreeningOutcome]:
    """Yield what the rules of each policy make of its households, whatever their regions and days."""
    for group, ruleset in _by_policy(whole, rulebook):
        results = ruleset.screening.results(group.rows.households, group.rows.members)
        yield ScreeningOutcome(group.rows, group.places, group.owner, ruleset, results)


def _by_policy(whole: HouseholdGroup, rulebook: Rulebook) -> Iterator[tuple[HouseholdGroup, Ruleset]]:
    prefixes = {pack.prefix for pack in rulebook.packs}
    rulesets: dict[tuple[str, date], Ruleset] = {}
    group: list[int] = []
    places = whole.rows.households.select("region", DAY).unique(maintain_order=True)
    for region, on in places.iter_rows():
        # The longest prefix that any pack is for decides which packs apply, for all regions below it.
        place = max((prefix for prefix in prefixes if region.startswith(prefix)), key=len, default="")
        if (place, on) not in rulesets:
            rulesets[place, on] = rulebook.rules(place, on)
        group.append(id(rulesets[place, on]))
    each = {id(ruleset): ruleset for ruleset in rulesets.values()}
    if len(each) == 1:
        yield whole, next(iter(each.values()))
        return
    of_household = places.with_columns(pl.Series(_GROUP, group, dtype=pl.Int64))
    found = whole.rows.households.join(of_household, on=["region", DAY], how="left", maintain_order="left")[_GROUP]
    for number, ruleset in each.items():
        yield whole.part(np.flatnonzero((found == number).to_numpy())), ruleset


def holding(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds for sure."""
    return column.values if column.unknown is None else column.values & ~column.unknown


def possible(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds or may hold."""
    return column.values if column.unknown is None else column.values | column.unknown


def truths(name: str, column: Plain) -> pl.Series:
    """Return truths as a series, null where they are not known."""
    series = pl.Series(name, column.values)
    return series if column.unknown is None else series.set(pl.Series(column.unknown), None)
