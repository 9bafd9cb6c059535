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


def frames_of(
    households: Sequence[Household], catalog: Catalog, only: Mapping[Level, frozenset[str]] | None = None
) -> Frames:
    """Return the frames of some households, numbered from 0 in the given order.

    ``only`` names the fact columns that are wanted, by level; all of them where it is None.
    """
    facts = [household.facts for household in households]
    of_household = _columns(catalog.household, facts)
    of_household[HOUSEHOLD_KEY] = list(range(len(households)))
    of_household["on"] = [household.on for household in households]
    members = [member for household in households for member in household.members]
    of_member = _columns(catalog.member, members)
    of_member[HOUSEHOLD_KEY] = [i for i, h in enumerate(households) for _ in h.members]
    of_member[MEMBER_KEY] = [i for h in households for i in range(len(h.members))]
    of_member["on"] = [h.on for h in households for _ in h.members]
    of_level = {Level.HOUSEHOLD: of_household, Level.MEMBER: of_member}
    frames = {
        level: _frame(columns, _wanted(catalog, level, None if only is None else only[level]))
        for level, columns in of_level.items()
    }
    return Frames(frames[Level.HOUSEHOLD], frames[Level.MEMBER])


@lru_cache(maxsize=256)
def _wanted(catalog: Catalog, level: Level, only: frozenset[str] | None) -> Mapping[str, pl.DataType]:
    keys = (HOUSEHOLD_KEY, MEMBER_KEY, "on")
    types = schema(catalog, level)
    return {name: dtype for name, dtype in types.items() if only is None or name in keys or name in only}


def _columns(facts: Iterable[Fact], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of every column of which anything is stated."""
    columns: dict[str, list[Any]] = {}
    said = {name for row in rows for name in row}
    for fact in facts:
        if fact.personal or fact.name not in said:
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
    rows = len(columns["on"])
    return pl.DataFrame(
        [
            pl.Series(name, columns[name], dtype=dtype) if name in columns else _unknown(name, dtype, rows)
            for name, dtype in types.items()
        ]
    )


@lru_cache(maxsize=4096)
def _unknown(name: str, dtype: pl.DataType, length: int) -> pl.Series:
    """Return a column of nulls; most facts of one household are not stated, so they are kept."""
    return pl.Series(name, [None] * length, dtype=dtype)
