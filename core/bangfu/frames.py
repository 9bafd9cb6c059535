"""Households as two columnar frames, the form every rule works on.

``households``: ``household`` (Int64, the key), ``on`` (Date), and the columns of every household
fact. ``members``: ``household``, ``member`` (Int64, position in the household), ``on``, and the
columns of every member fact. Both stand in the order of the households; a null is *unknown*.
Personal facts are not in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
from attrs import frozen

from bangfu.facts import Catalog, Fact, Items, Level
from bangfu.household import Household

HOUSEHOLD_KEY = "household"
MEMBER_KEY = "member"


@frozen
class Frames:
    """The frame of households and the frame of their members."""

    households: pl.DataFrame
    members: pl.DataFrame


def schema(catalog: Catalog, level: Level) -> dict[str, pl.DataType]:
    """Return the columns and types of the frame of one level."""
    keys: dict[str, pl.DataType] = {HOUSEHOLD_KEY: pl.Int64()}
    if level is Level.MEMBER:
        keys[MEMBER_KEY] = pl.Int64()
    keys["on"] = pl.Date()
    return keys | {c: dtype for fact in catalog.at(level) for c, dtype in fact.columns.items()}


def frames_of(households: Sequence[Household], catalog: Catalog) -> Frames:
    """Return the frames of some households, numbered from 0 in the given order."""
    facts = [household.facts for household in households]
    of_household = _columns(catalog.household, facts)
    of_household[HOUSEHOLD_KEY] = list(range(len(households)))
    of_household["on"] = [household.on for household in households]
    members = [member for household in households for member in household.members]
    of_member = _columns(catalog.member, members)
    of_member[HOUSEHOLD_KEY] = [i for i, h in enumerate(households) for _ in h.members]
    of_member[MEMBER_KEY] = [i for h in households for i in range(len(h.members))]
    of_member["on"] = [h.on for h in households for _ in h.members]
    return Frames(
        _frame(of_household, schema(catalog, Level.HOUSEHOLD)), _frame(of_member, schema(catalog, Level.MEMBER))
    )


def _columns(facts: Iterable[Fact], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for fact in facts:
        if fact.personal:
            continue
        stated = [row.get(fact.name) for row in rows]
        if isinstance(fact.type, Items):
            sums = [fact.type.sums(fact.name, entries) for entries in stated]
            columns[fact.name] = [None if entries is None else True for entries in stated]
            columns |= {column: [s[column] for s in sums] for column in fact.type.columns(fact.name)}
        else:
            columns[fact.name] = stated
    return columns


def _frame(columns: Mapping[str, list[Any]], types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame([_series(name, columns[name], dtype) for name, dtype in types.items()])


def _series(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    if all(value is None for value in values):
        return _unknown(name, dtype, len(values))
    return pl.Series(name, values, dtype=dtype)


@lru_cache(maxsize=4096)
def _unknown(name: str, dtype: pl.DataType, length: int) -> pl.Series:
    """Return a column of nulls; most facts of one household are not stated, so they are kept."""
    return pl.Series(name, [None] * length, dtype=dtype)
