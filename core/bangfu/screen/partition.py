"""The partition function (分区函数): some households in, their assessments and supports out.

One process, a process pool, Dask, Spark and Ray all call this one function; any division of a population
into whole households gives the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl
from attrs import field, frozen

from bangfu.engine import Ruleset
from bangfu.facts import Catalog, Level
from bangfu.frames import Frames, declared
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import summed
from bangfu.rulebook import Rulebook
from bangfu.rules import Benefit, Programme
from bangfu.screen.assessments import NEEDED, assessments_of
from bangfu.screen.candidates import candidates
from bangfu.screen.rows import Rows, checked
from bangfu.screen.supports import PLACE, SUPPORTS, supports_of, wanted

_GROUP = "group"


@frozen
class Screened:
    """The results of some households.

    ``assessments``: a row for each household (``member`` null) and each member: ``household``, ``member``
    (Int64), ``region`` (String), ``on`` (Date), ``category`` (String; null: not known yet), ``candidates``
    (List(String)), of the household ``size`` (Int64) and ``income_year`` (Decimal, yuan), and ``year`` and
    ``once`` (Decimal, yuan): the sums of what is due and not replaced, by the year and paid once; the
    household's with all its members'. Sorted by ``household``, ``member``.

    ``supports``: ``household``, ``recipient`` (Int64: a member; null: the household), ``benefit``,
    ``programme``, ``status`` (``eligible``, ``undetermined``), ``amount`` (Decimal, yuan for ``per``),
    ``per``, ``year_amount`` (yuan a year; of a single payment the payment), ``replaced_by``. Sorted by
    ``household``, ``recipient``, and in the order of the programmes.

    ``rejects``: what was wrong with rows that were left out: ``household``, ``member`` (Int64; null for the
    whole household), ``column``, ``reason``.

    ``left_out``: plugins that could not be used under one of the policies, each with its reason. ``names``: what
    the codes of benefits and programmes stand for, in the order of the programmes.
    """

    assessments: pl.DataFrame = field(repr=False)
    supports: pl.DataFrame = field(repr=False)
    rejects: pl.DataFrame = field(repr=False)
    left_out: tuple[tuple[str, str], ...] = ()
    names: Mapping[str, str] = field(factory=dict, repr=False)


def screen_partition(
    households: pl.DataFrame,
    members: pl.DataFrame,
    rulebook: Rulebook,
    on: date | None = None,
    *,
    ineligible: bool = False,
) -> Screened:
    """Return what the rules say of some households, each under the policy of its region and day.

    Both frames have the columns of ``bangfu.lists.parquet_schema``, those that are missing being unknown
    throughout; ``household`` is the key, and all members of a household must be there with it. Rows that are
    not right in every value, as a household file would have to be, leave their household out and go to the
    rejects. Columns that nobody declared are not read.

    Args:
        households: a row for each household.
        members: a row for each member; without a column ``member`` they are numbered as they stand.
        rulebook: the rules.
        on: the day to assess for; None: the household's own ``on``, else today.
        ineligible: give supports that are not due a row as well (status ``ineligible``, no amounts): one for
            each benefit of each member, some hundred million for a province.

    Raises:
        InputError: a key or a required fact has no column, or a column is of a type that cannot be read.
        PackError, RuleError: an added policy pack holds a benefit that cannot work.
    """
    rows = checked(households, members, rulebook.catalog, on)
    recipients, placed = _placed(rows)
    groups = list(_groups(placed, rulebook))
    results = [_assessed(frames, ruleset, rulebook.catalog) for frames, ruleset in groups]
    benefits = [ruleset.benefits for _, ruleset in groups]
    supports = supports_of(list(zip(results, benefits, strict=True)), ineligible=ineligible)
    rulesets = [ruleset for _, ruleset in groups]
    left_out = {(error.plugin, error.reason) for ruleset in rulesets for error in ruleset.left_out}
    return Screened(
        assessments_of(recipients, results, supports),
        _told(supports, recipients),
        rows.rejects,
        tuple(sorted(left_out)),
        {one.code: one.name for ruleset in rulesets for one in _named(ruleset)},
    )


def _named(ruleset: Ruleset) -> Iterator[Programme | Benefit]:
    for programme in ruleset.programmes:
        yield programme
        yield from programme.benefits


def _placed(rows: Rows) -> tuple[pl.DataFrame, Frames]:
    """Return who is at which place, and the rows with their places: each household, then its members.

    Who: ``household``, ``member`` (null for the household), ``region``, ``on``.
    """
    of_household = rows.members.select(pl.col(HOUSEHOLD_KEY).rle_id()).to_series()
    place = of_household + pl.int_range(1, len(of_household) + 1, dtype=pl.UInt32, eager=True)
    m = rows.members.with_columns(place.cast(pl.UInt32).alias(PLACE), rows.households["region"].gather(of_household))
    first = m.group_by(HOUSEHOLD_KEY, maintain_order=True).agg(pl.col(PLACE).first() - 1)[PLACE]
    h = rows.households.with_columns(first, pl.lit(None, dtype=pl.Int64).alias(MEMBER_KEY))
    who = pl.concat([frame.select(PLACE, HOUSEHOLD_KEY, MEMBER_KEY, "region", DAY) for frame in (h, m)])
    return who.sort(PLACE).drop(PLACE), Frames(h.drop(MEMBER_KEY), m.drop("region"))


def _groups(rows: Frames, rulebook: Rulebook) -> Iterator[tuple[Frames, Ruleset]]:
    """Yield the households of each policy, whatever their regions and days, with its rules."""
    prefixes = {pack.prefix for pack in rulebook.packs}
    rulesets: dict[int, Ruleset] = {}
    found: dict[tuple[str, date], int] = {}
    group: list[int] = []
    places = rows.households.select("region", DAY).unique(maintain_order=True)
    for region, on in places.iter_rows():
        # The longest prefix that any pack is for decides which packs apply, for all regions below it.
        place = max((prefix for prefix in prefixes if region.startswith(prefix)), key=len, default="")
        if (place, on) not in found:
            ruleset = rulebook.rules(place, on)
            rulesets.setdefault(id(ruleset), ruleset)
            found[place, on] = list(rulesets).index(id(ruleset))
        group.append(found[place, on])
    if len(rulesets) == 1:
        yield rows, next(iter(rulesets.values()))
        return
    of_household = places.with_columns(pl.Series(_GROUP, group, dtype=pl.Int32))
    h = rows.households.join(of_household, on=["region", DAY], how="left", maintain_order="left")
    m = rows.members.join(h.select(HOUSEHOLD_KEY, _GROUP), on=HOUSEHOLD_KEY, how="left", maintain_order="left")
    for number, ruleset in enumerate(rulesets.values()):
        yield Frames(*(frame.filter(pl.col(_GROUP) == number).drop(_GROUP) for frame in (h, m))), ruleset


def _assessed(rows: Frames, ruleset: Ruleset, catalog: Catalog) -> Frames:
    """Return the results of households under one policy: what assessments and supports are made of."""
    frames = {Level.HOUSEHOLD: rows.households, Level.MEMBER: rows.members}
    stated = Frames(
        *(declared(summed(frame, catalog, level), catalog, level, PLACE) for level, frame in frames.items())
    )
    assessed = zip(Level, ruleset.assess(stated.households, stated.members), strict=True)
    columns = {level: [HOUSEHOLD_KEY, *NEEDED[level], *wanted(ruleset.benefits, level)] for level in Level}
    results = Frames(*(frame.select(columns[level]) for level, frame in assessed))
    possible = candidates(results, stated, ruleset)
    return Frames(results.households.with_columns(possible[0]), results.members.with_columns(possible[1]))


def _told(supports: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    """Return the supports with the household and the member at each place."""
    place = supports[PLACE]
    keys = who[HOUSEHOLD_KEY].gather(place), who[MEMBER_KEY].gather(place).alias("recipient")
    return supports.with_columns(keys).select(pl.col(name).cast(dtype) for name, dtype in SUPPORTS.items())
