"""The trial: a plugin's rules on thousands of random households, in every place where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

import polars as pl

from bangfu.engine import BoundBenefit, Ruleset
from bangfu.facts import Level
from bangfu.frames import HOUSEHOLD_KEY, Frames
from bangfu.kit.plugin import Plugin
from bangfu.kit.population import moved, population

HOUSEHOLDS = 10_000
ALONE = 200
"""Households that are assessed one by one as well."""


def trial(plugin: Plugin) -> Iterator[str]:
    """Yield what fails, with where: a rule that raises an error, or a benefit that gives less than nothing."""
    drawn = population(plugin.rulebook.catalog, HOUSEHOLDS, on=plugin.today)
    found: dict[str, list[str]] = {}
    for place, benefits in groupby(plugin.benefits(), itemgetter(0)):
        frames = moved(drawn, (place.on - plugin.today).days)
        for line in failures(place.ruleset, [bound for _, bound in benefits], frames):
            found.setdefault(line, []).append(str(place))
    for line, places in found.items():
        others = f" and {len(places) - 1} other place(s)" if places[1:] else ""
        yield f"{line} (in {places[0]}{others})"


def failures(ruleset: Ruleset, benefits: Sequence[BoundBenefit], frames: Frames) -> Iterator[str]:
    """Yield what fails where these benefits meet these households; other columns are not computed."""
    wanted = dict.fromkeys((bound.benefit.for_, column) for bound in benefits for column in _results(bound))
    try:
        frames_found = ruleset.schedule_of(wanted).run(frames.households, frames.members)
    except Exception as error:  # noqa: BLE001 - whatever a rule raises is what is looked for
        yield f"{type(error).__name__}: {str(error).splitlines()[0]}"
        return
    collected = {
        level: frame.select(column for at, column in wanted if at is level)
        for level, frame in zip(Level, frames_found, strict=True)
    }
    yield from _disagreements(ruleset, collected, frames)
    for bound in benefits:
        frame = collected[bound.benefit.for_]
        given = pl.col(bound.status) & (pl.col(bound.amount or "") < 0)
        if bound.amount in frame.columns and frame.select(given.any()).item():
            yield f"{bound.benefit.code} gives less than nothing"


def _disagreements(ruleset: Ruleset, results: Mapping[Level, pl.DataFrame], frames: Frames) -> Iterator[str]:
    """Yield each column that is another for a household by itself than for the same one among many."""
    key = pl.col(HOUSEHOLD_KEY) < ALONE
    numbers = frames.members[HOUSEHOLD_KEY]
    households = frames.households.filter(key).rows(named=True)
    members = frames.members.filter(key).rows_by_key(HOUSEHOLD_KEY, named=True)
    many = results[Level.MEMBER].with_columns(numbers).filter(key).rows_by_key(HOUSEHOLD_KEY, named=True)
    differing: dict[str, None] = {}
    for number, (household, found) in enumerate(
        zip(households, results[Level.HOUSEHOLD].rows(named=True), strict=False)
    ):
        alone, each = ruleset.explaining_one.run_rows(household, members[number])
        pairs = [(alone, found), *zip(each, many[number], strict=True)]
        differing |= dict.fromkeys(name for one, other in pairs for name, value in other.items() if one[name] != value)
    for name in differing:
        yield f"{name} of a household by itself is another than among many"


def _results(bound: BoundBenefit) -> Iterator[str]:
    """Yield the columns of a benefit's results; an amount that is the same for everybody has none."""
    yield from (criterion.status for criterion in bound.criteria)
    amount = bound.amount if bound.benefit.fixed_amount is None else None
    yield from filter(None, (bound.status, amount, bound.replaced_by, bound.allowed))
