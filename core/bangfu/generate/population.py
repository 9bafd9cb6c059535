"""Made-up populations (模拟人群): households that hang together, for demonstrations, trials and measurements.

They are poor more often than a county's households are, so that every category and most benefits occur
among ten thousand. They are a sample of no place: the shares and amounts in this package are rough
figures of our own, and nobody should draw conclusions on a policy from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from attrs import field, frozen

from bangfu.facts import CORE_FACTS, Catalog, Level
from bangfu.frames import Frames
from bangfu.generate.draw import Draws
from bangfu.generate.families import FAMILY, PERSON, households_drawn, members_drawn
from bangfu.generate.health import SETTINGS, treatment_entry, with_health, with_treatments
from bangfu.generate.home import spending, with_assets, with_dwelling, with_orphans, with_standing
from bangfu.generate.income import ASSISTANCE, sources, with_assistance, with_incomes
from bangfu.generate.occupation import with_schooling, with_work
from bangfu.generate.stated import as_said, other_facts, with_list
from bangfu.keys import DAY, HOUSEHOLD_KEY
from bangfu.lists import parquet_schema

_CODE_LENGTHS = (6, 9, 12)
EARLIEST = date(2000, 1, 1)
"""The first day that households can be made up for: nobody in them was then born before 1900."""

_CARED_FOR = 4
"""Of the six items of self-care; who has lost as many needs full care (N3 art. 22)."""


def generated(households: int, *, seed: int, regions: Sequence[str], on: date, catalog: Catalog = CORE_FACTS) -> Frames:
    """Return the frames of so many made-up households, numbered from 0, with ``bangfu.lists.parquet_schema``.

    List facts are lists of structs, as in Parquet files; ``bangfu.lists.summed`` makes of each frame
    what rules work on. The same arguments give the same households, and more of them begin with those.

    Args:
        households: how many.
        seed: any integer; another gives other households.
        regions: division codes of 6, 9 or 12 digits; each as often as the others.
        on: the day to be assessed for; ages and days are counted back from it.
        catalog: the declared facts; of those that plugins declare, some are drawn by their type.

    Raises:
        ValueError: fewer than none, a region that is no code or none at all, a day before ``EARLIEST``.
    """
    chunks = list(Population(seed, tuple(regions), on, catalog).chunks(households))
    return Frames(pl.concat(c.households for c in chunks), pl.concat(c.members for c in chunks))


@frozen
class Population:
    """An endless row of made-up households, of which any part can be had by its numbers.

    ``chunk`` is the number of households held in memory at a time; it changes nothing else.
    """

    seed: int
    regions: tuple[str, ...] = field()
    on: date = field()
    catalog: Catalog = CORE_FACTS
    chunk: int = 50_000

    @regions.validator
    def _are_codes(self, _: object, regions: tuple[str, ...]) -> None:
        if not regions or not all(r.isascii() and r.isdigit() and len(r) in _CODE_LENGTHS for r in regions):
            raise ValueError("regions are division codes of 6, 9 or 12 digits, one at least")

    @on.validator
    def _is_late_enough(self, _: object, on: date) -> None:
        if on < EARLIEST:
            raise ValueError(f"made-up households are of {EARLIEST} or later, so that nobody was born before 1900")

    def chunks(self, households: int) -> Iterator[Frames]:
        """Yield the frames of the first so many households, a chunk at a time; one at least, if empty.

        Raises:
            ValueError: the number is negative.
        """
        if households < 0:
            raise ValueError(f"{households} households are fewer than none")
        for first in range(0, max(households, 1), self.chunk):
            yield self.part(first, min(self.chunk, households - first))

    def part(self, first: int, count: int) -> Frames:
        """Return the frames of so many households from a number on, with ``bangfu.lists.parquet_schema``."""
        truth = self.truth(first, count)
        return Frames(
            stated(truth.households, Level.HOUSEHOLD, self.seed, self.on, self.catalog),
            stated(truth.members, Level.MEMBER, self.seed, self.on, self.catalog),
        )

    def truth(self, first: int, count: int) -> Frames:
        """Return the same households with all that is true of them, stated or not, in columns of the steps' own."""
        households = households_drawn(self.seed, first, count, self.regions)
        members = members_drawn(self.seed, households, self.on)
        members = with_health(members, self.seed)
        members = with_schooling(members, self.seed, self.on)
        members = with_work(members, self.seed, self.on)
        members = with_orphans(members, self.seed)
        members = with_treatments(with_incomes(members, self.seed), self.seed)
        households = households.join(_sums(members), on=HOUSEHOLD_KEY, how="left", maintain_order="left")
        households = with_assets(with_dwelling(households, self.seed), self.seed)
        households = with_standing(households, self.seed, self.on)
        households = households.with_columns(source.drawn for source in spending(self.seed))
        return Frames(households, with_assistance(members, households))


def _sums(members: pl.DataFrame) -> pl.DataFrame:
    """Return for each household what its members come to; see the steps that need them."""
    able = pl.col("age").is_between(16, 59) & ~pl.col("unable") & ~pl.col("in_school")
    return members.group_by(HOUSEHOLD_KEY, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("size"),
        pl.col("income_year").sum(),
        pl.col("own_paid").sum(),
        pl.col("school_cost").sum().alias("schooling"),
        (pl.col("disability_kind") != "none").sum().alias("disabled"),
        (pl.col("self_care_lost") >= _CARED_FOR).sum().alias("dependent"),
        able.sum().alias("workers"),
        pl.col("has_able_supporter").any().alias("supported"),
        (pl.col("employment") == "self_employed").any().alias("has_shop"),
    )


_EARNING_AGE = 16


def stated(truth: pl.DataFrame, level: Level, seed: int, on: date, catalog: Catalog) -> pl.DataFrame:
    """Return the frame with ``bangfu.lists.parquet_schema``, some facts unknown."""
    draws = Draws(seed, FAMILY if level is Level.HOUSEHOLD else PERSON)
    columns = parquet_schema(catalog, level)
    frame = _with_lists(truth, level, draws).with_columns(pl.lit(on).alias(DAY))
    # A step's own column may have the name of a plugin's fact, which it is not.
    known = [name for name in columns if name in frame.columns and name in CORE_FACTS.by_name]
    frame = frame.with_columns(*as_said(draws, known), *other_facts(catalog, level, known, draws))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _with_lists(truth: pl.DataFrame, level: Level, draws: Draws) -> pl.DataFrame:
    if level is Level.HOUSEHOLD:
        return with_list(truth, "expenses", [source.entry(draws) for source in spending(draws.seed)])
    incomes = [source.entry(draws) for source in (*sources(draws.seed), ASSISTANCE)]
    frame = with_list(truth, "incomes", incomes)
    frame = with_list(frame, "treatments", [treatment_entry(setting, draws) for setting in SETTINGS])
    asked = (pl.col("age") >= _EARNING_AGE) | draws.chance("said to have no income", 0.1)
    return frame.with_columns(pl.when(asked | (pl.col("incomes").list.len() > 0)).then("incomes").alias("incomes"))
