"""What the rules of each policy make of its households (评估结果), and which categories they may be in (可能的类别).

The categories are those that ``bangfu.plan.possible`` finds for one household: where it is open whether a member is
tekun, each way it can turn out is followed, a tekun member leaving the means test and any other staying in
it. All ways of all such households are assessed together, each as a household of its own. A set of
categories is a number here, one bit for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from attrs import define, field, frozen
from numpy.typing import NDArray

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.dtypes import CATEGORY
from bangfu.engine import Ruleset
from bangfu.engine.bound import Key
from bangfu.engine.columns import Plain, series_of
from bangfu.facts import Level
from bangfu.frames import Frames
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan.possible import MOST_OPEN
from bangfu.rulebook import Rulebook
from bangfu.rules.language.kinds import YES_NO

Places = NDArray[np.intp]


@define(eq=False)
class Filled:
    """A column as it is filled: what is not there stays unknown."""

    values: NDArray[Any]
    unknown: NDArray[np.bool_] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.unknown = np.ones(len(self.values), dtype=np.bool_)

    def put(self, places: Places, column: Plain) -> None:
        """Fill some places."""
        self.values[places] = column.values
        self.unknown[places] = False if column.unknown is None else column.unknown

    def series(self, name: str) -> pl.Series:
        """Return it as a series, null where nothing is known."""
        return pl.Series(name, self.values).set(pl.Series(self.unknown), None)


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
        member = Filled(np.zeros(len(whose), dtype=np.int64))
        member.put(self.places[Level.MEMBER], Plain(members[MEMBER_KEY].to_numpy()))
        return households.select(HOUSEHOLD_KEY, "region", DAY)[whose].insert_column(1, member.series(MEMBER_KEY))


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
    of_household = places.with_columns(pl.Series("group", group, dtype=pl.Int64))
    found = whole.rows.households.join(of_household, on=["region", DAY], how="left", maintain_order="left")["group"]
    for number, ruleset in each.items():
        yield whole.part(np.flatnonzero((found == number).to_numpy())), ruleset


def holding(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds for sure."""
    return column.values if column.unknown is None else column.values & ~column.unknown


def possible(column: Plain) -> NDArray[np.bool_]:
    """Mark the rows in which a truth holds or may hold."""
    return column.values if column.unknown is None else column.values | column.unknown


_BITS = {code: 1 << place for place, code in enumerate(MEMBER_ORDER)}
SETS = pl.Series(
    "candidates", [[code for code, bit in _BITS.items() if number & bit] for number in range(1 << len(_BITS))]
)
"""The categories of each set, best first."""
_COUNTS = np.array([number.bit_count() for number in range(1 << len(_BITS))], dtype=np.uint8)
_MEMBERS_OWN = _BITS["tekun"] | _BITS["dibao_single"]
_FOLLOWED, _WAY, _TURN, _PLACE, _GONE = "followed", "way", "turn", "place", "gone"
_CATEGORIES = CATEGORY.categories.to_list()
_ORDER = {Level.HOUSEHOLD: HOUSEHOLD_ORDER, Level.MEMBER: MEMBER_ORDER}

Bits = NDArray[np.uint8]


def candidates(outcome: ScreeningOutcome) -> dict[Level, Bits]:
    """Return the set of categories that each household and each member can still be in, a place in ``SETS``."""
    of_households, of_members = (_not_ruled_out(outcome.results, level) for level in Level)
    followed = np.flatnonzero((_COUNTS[of_households] > 1) & _can_be_followed(outcome))
    if followed.size:
        of_households[followed] &= _followed(outcome, followed)
    # Who counts is in his or her household's category, or in one of his or her own.
    not_counted = np.where(holding(outcome.column(Level.MEMBER, "counted")), 0, _BITS["none"]).astype(np.uint8)
    within = of_households[outcome.owner] | not_counted | np.uint8(_MEMBERS_OWN)
    unknown = outcome.column(Level.MEMBER, "category").unknown
    if unknown is not None:
        of_members = np.where(unknown, of_members & within, of_members)
    return {Level.HOUSEHOLD: of_households, Level.MEMBER: of_members}


def _can_be_followed(outcome: ScreeningOutcome) -> NDArray[np.bool_]:
    """Mark the households with members of whom it is open whether they are tekun, and with few enough of them."""
    unknown = outcome.column(Level.MEMBER, "is_tekun").unknown
    households = outcome.rows.households.height
    if unknown is None:
        return np.zeros(households, dtype=np.bool_)
    open_members = outcome.owner[unknown & holding(outcome.column(Level.MEMBER, "counted"))]
    number = np.bincount(open_members, minlength=households)
    return (number > 0) & (number <= MOST_OPEN)


def _not_ruled_out(results: Mapping[Key, Plain], level: Level) -> Bits:
    """Return the set of the categories that the results of a row do not rule out."""
    category = results[level, "category"]
    made = np.zeros(len(category.values), dtype=np.uint8)
    for code in _ORDER[level]:
        could = category.values == _CATEGORIES.index(code)
        if category.unknown is not None:
            could = could | category.unknown
        made |= (could & possible(results[level, f"is_{code}"])).view(np.uint8) * np.uint8(_BITS[code])
    return made


def _followed(outcome: ScreeningOutcome, households: NDArray[np.intp]) -> Bits:
    """Return the set of the categories over all ways, of households that can be followed."""
    chosen = np.zeros(outcome.rows.households.height, dtype=np.bool_)
    chosen[households] = True
    theirs = np.flatnonzero(chosen[outcome.owner])
    truths = {name: outcome.column(Level.MEMBER, name).rows(theirs) for name in ("counted", "is_tekun")}
    results = (series_of(name, column, YES_NO) for name, column in truths.items())
    stated = Frames(outcome.rows.households[households], outcome.rows.members[theirs].with_columns(results))
    found = _over_all_ways(stated, outcome.ruleset)
    keys = stated.households.select(HOUSEHOLD_KEY)
    return keys.join(found, on=HOUSEHOLD_KEY, how="left", maintain_order="left")[_FOLLOWED].to_numpy()


def _over_all_ways(stated: Frames, ruleset: Ruleset) -> pl.DataFrame:
    """Return ``household`` and the set of its categories over all ways."""
    h, m = stated.households, stated.members
    is_open = pl.col("is_tekun").is_null() & pl.col("counted")
    unsettled = m.filter(is_open).select(HOUSEHOLD_KEY, MEMBER_KEY)
    unsettled = unsettled.with_columns(pl.int_range(pl.len()).over(HOUSEHOLD_KEY).alias(_PLACE))
    number = unsettled.group_by(HOUSEHOLD_KEY).len()
    turns = pl.int_ranges(0, pl.lit(2).pow("len")).alias(_TURN)
    ways = h.join(number, on=HOUSEHOLD_KEY, maintain_order="left").select(HOUSEHOLD_KEY, turns).explode(_TURN)
    ways = ways.with_row_index(_WAY).cast({_WAY: pl.Int64})
    is_gone = (pl.col(_TURN) // pl.lit(2).pow(_PLACE) % 2 == 1).fill_null(False)
    people = (
        ways.join(m.select(HOUSEHOLD_KEY, MEMBER_KEY, "counted", "is_tekun"), on=HOUSEHOLD_KEY)
        .join(unsettled, on=[HOUSEHOLD_KEY, MEMBER_KEY], how="left")
        .sort(_WAY, MEMBER_KEY)
        .with_columns(is_gone.alias(_GONE))
    )
    left = _of_those_left(ways, people.filter(~pl.col(_GONE)), stated, ruleset)
    found = pl.concat([_nobody_left(people), left])
    by_household = ways.join(found, on=_WAY).group_by(HOUSEHOLD_KEY).agg(pl.col(_FOLLOWED).bitwise_or())
    return by_household.select(HOUSEHOLD_KEY, _FOLLOWED)


def _nobody_left(people: pl.DataFrame) -> pl.DataFrame:
    """Return the ways in which everybody who counts is tekun, so that the household is."""
    tekun = pl.col(_GONE) | pl.col("is_tekun").fill_null(False)
    counted = pl.col("counted").fill_null(True)
    all_tekun = people.group_by(_WAY).agg(tekun.sum() == counted.sum()).filter(pl.col(_GONE))
    return all_tekun.select(_WAY, pl.lit(_BITS["tekun"], dtype=pl.UInt8).alias(_FOLLOWED))


def _of_those_left(ways: pl.DataFrame, staying: pl.DataFrame, stated: Frames, ruleset: Ruleset) -> pl.DataFrame:
    """Return what each way that leaves somebody comes to in the means test."""
    left = ways.join(staying, on=_WAY, how="semi", maintain_order="left")
    h = left.join(stated.households, on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    m = staying.join(stated.members, on=[HOUSEHOLD_KEY, MEMBER_KEY], how="left", maintain_order="left")
    # Who is supported as an orphan is not tekun: the one stated fact that settles it (N3 art. 9).
    settled = pl.when(pl.col(_PLACE).is_null()).then(pl.col("supported_as_orphan")).otherwise(pl.lit(True))
    m = m.with_columns(settled.alias("supported_as_orphan"))
    ways_apart = (frame.with_columns(pl.col(_WAY).alias(HOUSEHOLD_KEY)) for frame in (h, m))
    results = ruleset.means_test.results(*ways_apart)
    return left.select(_WAY, pl.Series(_FOLLOWED, _not_ruled_out(results, Level.HOUSEHOLD)))
