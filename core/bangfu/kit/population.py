"""Random households as frames, drawn from the declared facts: every type, unknowns among them.

The same seed gives the same households. They are no sample of any place: each fact is drawn by itself,
so that rules also meet what hardly ever happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import polars as pl
from attrs import define, field

from bangfu.dtypes import MONEY, dtype_of
from bangfu.facts import Catalog, Choice, Day, Digits, Fact, Integer, Items, Level, Money, Quantity, YesNo
from bangfu.frames import Frames
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY

UNKNOWN_SHARE = 0.2
MOST_MEMBERS = 6
_OLDEST = 95
_DAYS_A_YEAR = 365.25
_DAYS_BACK, _DAYS_AHEAD = 1500, 60
_FEN = Decimal("0.01")
_AMOUNTS = 200
_WIDEST = 8
"""How far above its least value a whole number is drawn."""


def population(catalog: Catalog, households: int, *, on: date, seed: int = 0) -> Frames:
    """Return the frames of so many random households of one to six members, assessed for a day."""
    return _Draw(Random(seed), on).frames(catalog, households)  # noqa: S311 - nothing secret is drawn


def moved(frames: Frames, days: int) -> Frames:
    """Return the same households so many days later, birthdays and all."""
    later = (pl.col(pl.Date) + pl.duration(days=days)).cast(pl.Date)
    return Frames(frames.households.with_columns(later), frames.members.with_columns(later))


@define
class _Draw:
    random: Random
    on: date
    _amounts: list[Decimal] = field(factory=list)

    def frames(self, catalog: Catalog, households: int) -> Frames:
        sizes = self.random.choices(range(1, MOST_MEMBERS + 1), k=households)
        keys = pl.Series(HOUSEHOLD_KEY, range(households), dtype=pl.Int64)
        of_member = pl.Series(HOUSEHOLD_KEY, [i for i, size in enumerate(sizes) for _ in range(size)], dtype=pl.Int64)
        positions = pl.Series(MEMBER_KEY, [i for size in sizes for i in range(size)], dtype=pl.Int64)
        return Frames(
            pl.DataFrame([keys, self._day(households), *self._facts(catalog, Level.HOUSEHOLD, households)]),
            pl.DataFrame(
                [of_member, positions, self._day(len(positions)), *self._facts(catalog, Level.MEMBER, len(positions))]
            ).with_columns(
                relation=pl.when(pl.col(MEMBER_KEY) == 0).then(pl.lit("head")).otherwise(pl.col("relation"))
            ),
        )

    def _day(self, rows: int) -> pl.Series:
        return pl.Series("on", [self.on], dtype=pl.Date).new_from_index(0, rows)

    def _facts(self, catalog: Catalog, level: Level, rows: int) -> Iterator[pl.Series]:
        for fact in catalog.at(level):
            if fact.personal:
                continue
            if isinstance(fact.type, Items):
                yield from self._items(fact, fact.type, rows)
            else:
                share = 0.0 if fact.required else UNKNOWN_SHARE
                yield self._column(fact.name, self._values(fact), dtype_of(fact.type), rows, unknown=share)

    def _items(self, fact: Fact, kind: Items, rows: int) -> Iterator[pl.Series]:
        """Yield the columns of a list: unknown together, of the stated ones most zero and a few unknown."""
        stated = self._column(fact.name, [True], pl.Boolean(), rows, unknown=UNKNOWN_SHARE)
        yield stated
        for column in kind.columns(fact.name):
            amounts = [*[Decimal("0.00")] * len(self._money()) * 2, *self._money()]
            drawn = self._column(column, amounts, MONEY, rows, unknown=UNKNOWN_SHARE / 4)
            yield drawn.set(stated.is_null(), None)

    def _column(
        self, name: str, values: Sequence[Any], dtype: pl.DataType, rows: int, *, unknown: float = 0.0
    ) -> pl.Series:
        pool = pl.Series(name, [None, *values], dtype=dtype)
        places = range(len(pool))
        weights = [unknown * len(values), *[1 - unknown] * len(values)]
        return pool.gather(self.random.choices(places, weights, k=rows))

    def _values(self, fact: Fact) -> Sequence[Any]:
        match fact.type:
            case Money():
                return self._money()
            case Quantity():
                return [(amount / 100).quantize(_FEN) for amount in self._money()]
            case Integer(least, most):
                return range(least, min(most, least + _WIDEST) + 1)
            case YesNo():
                return [False, True]
            case Choice(labels):
                return [label for label in labels if (fact.name, label) != ("relation", "head")]
            case Day():
                return self._births() if fact.name == "birth_date" else self._days()
            case Digits(lengths):
                return ["1" * max(lengths)]
            case _:
                return ["某"]

    def _money(self) -> list[Decimal]:
        if not self._amounts:
            largest = (100, 1_000, 10_000, 100_000)
            fen = [self.random.randrange(self.random.choice(largest) * 100) for _ in range(_AMOUNTS)]
            self._amounts = [Decimal("0.00"), _FEN, *(amount * _FEN for amount in fen)]
        return self._amounts

    def _births(self) -> list[date]:
        """Return birth dates of all ages, the birthday being the day of assessment or beside it for some."""
        days = [round(age * _DAYS_A_YEAR) + by for age in range(1, _OLDEST) for by in (-1, 0, 1)]
        days += [self.random.randrange(round(_OLDEST * _DAYS_A_YEAR)) for _ in range(len(days))]
        return [self.on - timedelta(days=past) for past in days]

    def _days(self) -> list[date]:
        return [self.on - timedelta(days=past) for past in range(-_DAYS_AHEAD, _DAYS_BACK)]
