"""One household: bangfu's plan with every reason, against OpenFisca computing the same without any.

OpenFisca is measured twice: from a description of the household, which is how its web API takes one in, and
from arrays that are ready, which leaves out everything but the computing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from bangfu import Household, Level, make_plan
from bangfu.facts import Catalog, Fact, Items
from bangfu.frames import Frames

from .population import parts, rulebook
from .sides import openfisca_is_here

_A_TURN = 20
"""Households that a way does before it is the next one's turn: nobody runs two of them by turns in earnest."""


def timed(runs: int) -> dict[str, list[float]]:
    """Return the seconds of each run of each way, by turns; each household is met once, the first as a warm-up."""
    ways: dict[str, list[Callable[[], object]]] = {}
    for frames in _single(parts(_A_TURN + runs)):
        for name, way in _ways(frames):
            ways.setdefault(name, []).append(way)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for first in range(0, _A_TURN + runs, _A_TURN):
        for name, of_household in ways.items():
            for way in of_household[first : first + _A_TURN]:
                start = time.perf_counter()
                way()
                if first:
                    taken[name].append(time.perf_counter() - start)
    return taken


def _single(frames: Iterator[Frames]) -> Iterator[Frames]:
    for part in frames:
        for key in part.households["household"]:
            of_household = pl.col("household") == key
            yield Frames(part.households.filter(of_household), part.members.filter(of_household))


def _ways(frames: Frames) -> Iterator[tuple[str, Callable[[], object]]]:
    rules = rulebook()
    household = household_of(frames, rules.catalog)
    yield "bangfu, explained", lambda: make_plan(household, rules)
    if openfisca_is_here():
        from .openfisca_single import ways  # noqa: PLC0415 - not everybody has it installed

        yield from ways(frames)


def household_of(frames: Frames, catalog: Catalog) -> Household:
    """Return the household that stands alone in a pair of frames."""
    of_household, *_ = frames.households.rows(named=True)
    members = frames.members.rows(named=True)
    return Household(
        of_household["on"],
        dict(_facts(of_household, catalog.at(Level.HOUSEHOLD))),
        tuple(dict(_facts(row, catalog.at(Level.MEMBER))) for row in members),
    )


def _facts(row: Mapping[str, Any], facts: tuple[Fact, ...]) -> Iterator[tuple[str, Any]]:
    for fact in facts:
        if not fact.personal and row[fact.name] is not None:
            yield fact.name, _entries(row, fact.name, fact.type) if isinstance(fact.type, Items) else row[fact.name]


def _entries(row: Mapping[str, Any], name: str, kind: Items) -> tuple[Mapping[str, Any], ...]:
    """Return the entries of a list fact: one for each kind that has an amount."""
    amounts = {k: {a: row[kind.column(name, k, a)] for a in kind.amounts} for k in kind.kinds.labels}
    per = {"per": "year"} if any(field.name == "per" for field in kind.fields) else {}
    return tuple(
        {kind.by: k, **of_kind, **per}
        for k, of_kind in amounts.items()
        if any(value is None or value for value in of_kind.values())
    )
