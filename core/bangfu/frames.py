"""Households as two columnar frames, the form every rule works on.

``households``: ``household`` (Int64, the key), ``on`` (Date), and the columns of every household
fact. ``members``: ``household``, ``member`` (Int64, position in the household), ``on``, and the
columns of every member fact. Both stand in the order of the households; a null is *unknown*, within the
bounds that ``at_least:FACT`` and ``at_most:FACT`` state where a frame has them. Personal facts are not in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl
from attrs import frozen

from bangfu.dtypes import columns_of
from bangfu.facts import Catalog, Items, Level
from bangfu.facts.declare import Partly
from bangfu.households import Household
from bangfu.keys import AT_LEAST, AT_MOST, DAY, HOUSEHOLD_KEY, MEMBER_KEY

_FEN = Decimal("0.01")


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
    keys[DAY] = pl.Date()
    return keys | {c: dtype for fact in catalog.at(level) for c, dtype in columns_of(fact).items()}


def declared(frame: pl.DataFrame, catalog: Catalog, level: Level, *more: str) -> pl.DataFrame:
    """Return the columns of a frame that ``schema`` declares, the bounds among them, and ``more``."""
    bounds = (name for name in frame.columns if name.startswith((AT_LEAST, AT_MOST)))
    return frame.select(*schema(catalog, level), *more, *bounds)


def stated_values(catalog: Catalog, facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the columns that one household's or member's stated facts fill, with their values."""
    for name, value in facts.items():
        fact = catalog.by_name[name]
        if fact.personal:
            continue
        if isinstance(fact.type, Items):
            yield name, True
            for column, (low, high) in fact.type.bounds(name, value).items():
                yield from _within(column, Partly(low, high))
        elif isinstance(value, Partly):
            yield from _within(name, value)
        else:
            yield name, value.quantize(_FEN) if isinstance(value, Decimal) else value


def _within(column: str, value: Partly) -> Iterator[tuple[str, Any]]:
    if value.low == value.high:
        yield column, value.low
        return
    if value.low is not None:
        yield AT_LEAST + column, value.low
    if value.high is not None:
        yield AT_MOST + column, value.high


def frames_of(households: Sequence[Household], catalog: Catalog) -> Frames:
    """Return the frames of some households, numbered from 0 in the given order."""
    of_household = _columns(catalog, [household.facts for household in households])
    of_household[HOUSEHOLD_KEY] = list(range(len(households)))
    of_household[DAY] = [household.on for household in households]
    of_member = _columns(catalog, [member for household in households for member in household.members])
    of_member[HOUSEHOLD_KEY] = [i for i, h in enumerate(households) for _ in h.members]
    of_member[MEMBER_KEY] = [i for h in households for i in range(len(h.members))]
    of_member[DAY] = [h.on for h in households for _ in h.members]
    return Frames(_frame(of_household, catalog, Level.HOUSEHOLD), _frame(of_member, catalog, Level.MEMBER))


def _columns(catalog: Catalog, rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of every column of which anything is stated."""
    stated = [dict(stated_values(catalog, facts)) for facts in rows]
    said = {name for values in stated for name in values}
    return {name: [values.get(name) for values in stated] for name in said}


def _frame(columns: Mapping[str, list[Any]], catalog: Catalog, level: Level) -> pl.DataFrame:
    unknown = [None] * len(columns[DAY])
    types = schema(catalog, level)
    bounds = {side + name: dtype for side in (AT_LEAST, AT_MOST) for name, dtype in types.items()}
    known = types | {name: dtype for name, dtype in bounds.items() if name in columns}
    return pl.DataFrame([pl.Series(name, columns.get(name, unknown), dtype=dtype) for name, dtype in known.items()])
