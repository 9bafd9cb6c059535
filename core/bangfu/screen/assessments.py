"""A row for each household and each member (户与人的评估结果): category, income, what it all adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from attrs import define, field
from numpy.typing import NDArray

from bangfu.dtypes import CATEGORY, MONEY, money_of
from bangfu.facts import Level
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.screen.candidates import SETS, Bits
from bangfu.screen.outcome import Places, ScreeningOutcome
from bangfu.screen.supports import AnyFrame, Supports

ASSESSMENTS: dict[str, pl.DataType] = {
    HOUSEHOLD_KEY: pl.Int64(),
    MEMBER_KEY: pl.Int64(),
    "region": pl.String(),
    DAY: pl.Date(),
    "category": pl.String(),
    "candidates": pl.List(pl.String()),
    "size": pl.Int64(),
    "income_year": MONEY,
    "year": MONEY,
    "once": MONEY,
}
COUNTS = (pl.col("status") == Status.ELIGIBLE.value) & pl.col("replaced_by").is_null()
"""Whether a support counts in totals: it is due, and no other replaces it."""


@define(eq=False)
class _Column:
    """A column of all places, as it is filled: what is not there stays unknown."""

    values: NDArray[Any]
    known: NDArray[np.bool_] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.known = np.zeros(len(self.values), dtype=np.bool_)

    def put(self, places: Places, values: NDArray[Any], unknown: NDArray[np.bool_] | None) -> None:
        self.values[places] = values
        self.known[places] = True if unknown is None else ~unknown

    def series(self, name: str) -> pl.Series:
        return pl.Series(name, self.values).set(pl.Series(~self.known), None)


def assessments_of(
    recipients: pl.DataFrame,
    outcomes: Sequence[tuple[ScreeningOutcome, Mapping[Level, Bits]]],
    supports: Supports,
) -> pl.DataFrame:
    """Return a row for each household and each member, with ``ASSESSMENTS``: categories as Enum, candidates as sets.

    Args:
        recipients: ``household``, ``member``, ``region`` and ``on`` of each place, in order.
        outcomes: what the rules of each policy make of its households, with the categories each can still be in.
        supports: all that they have.
    """
    size = recipients.height
    category, people, income = (_Column(np.zeros(size, dtype=dtype)) for dtype in (np.uint8, np.int64, np.int64))
    sets = np.zeros(size, dtype=np.uint8)
    for outcome, possible in outcomes:
        for level, places in outcome.places.items():
            words = outcome.words(level, "category")
            numbers = np.array([CATEGORY.categories.to_list().index(word) for word in words], dtype=np.uint8)
            found = outcome.column(level, "category")
            category.put(places, numbers[found.values], found.unknown)
            sets[places] = possible[level]
        of_households = outcome.places[Level.HOUSEHOLD]
        for column, name in ((people, "size"), (income, "income_year")):
            found = outcome.column(Level.HOUSEHOLD, name)
            column.put(of_households, found.values, found.unknown)
    is_household = recipients[MEMBER_KEY].is_null().to_numpy()
    year, once = _totals(supports, np.flatnonzero(is_household))
    return recipients.with_columns(
        category.series("category").cat.to(CATEGORY),
        pl.Series("candidates", sets),
        people.series("size"),
        money_of("income_year", income.values, ~income.known),
        money_of("year", year),
        money_of("once", once),
    ).select(*ASSESSMENTS)


def _totals(supports: Supports, households: Places) -> Iterator[NDArray[np.int64]]:
    """Yield what counts by the year, and paid once, of each place; of a household that of its members as well."""
    beyond = np.append(households[1:], len(supports.number))
    for running in supports.totals():
        sums = np.diff(running)
        sums[households] = running[beyond] - running[households]
        yield sums


def in_lists(assessments: AnyFrame) -> AnyFrame:
    """Return assessments with the lists of the categories that are possible, instead of sets."""
    return assessments.with_columns(pl.lit(SETS).gather("candidates").alias("candidates"))
