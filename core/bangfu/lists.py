"""List facts (列表事实) as they stand in Parquet files, and as the rules work on them.

In a file ``incomes`` is a column of lists, ``List(Struct{kind, amount, per})``, one entry for each source of income.
The rules work on one column of yearly sums for each kind (``incomes.wage``). Here the one becomes the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from bangfu.dtypes import dtype_of, money_of
from bangfu.facts import Catalog, Items, Level
from bangfu.frames import Frames
from bangfu.households import Household
from bangfu.keys import AT_LEAST, DAY, HOUSEHOLD_KEY, MEMBER_KEY

FILES = {Level.HOUSEHOLD: "households.parquet", Level.MEMBER: "members.parquet"}
"""The file of each level."""

ROWS_IN_GROUP = 100_000
"""Rows in a row group of the files that are written: what a reader has in memory at least."""


def parquet_schema(catalog: Catalog, level: Level) -> dict[str, pl.DataType]:
    """Return the columns of a Parquet file of one level, with their types.

    ``household`` (Int64, the key), for members ``member`` (Int64, position in the household), ``on``
    (Date), and one column for every fact, named as in household files; a list fact is a
    ``List(Struct)`` with its fields. Personal facts (names, ID numbers) have no column.
    """
    columns: dict[str, pl.DataType] = {HOUSEHOLD_KEY: pl.Int64()}
    if level is Level.MEMBER:
        columns[MEMBER_KEY] = pl.Int64()
    columns[DAY] = pl.Date()
    for fact in catalog.at(level):
        if not fact.personal:
            columns[fact.name] = _list_type(fact.type) if isinstance(fact.type, Items) else dtype_of(fact.type)
    return columns


def _list_type(items: Items) -> pl.DataType:
    return pl.List(pl.Struct({field.name: dtype_of(field.type) for field in items.fields}))


def list_frames_of(households: Sequence[Household], catalog: Catalog) -> Frames:
    """Return the frames of some households with ``parquet_schema``, numbered from 0 in the given order."""
    of_households = [{HOUSEHOLD_KEY: i, DAY: h.on, **h.facts} for i, h in enumerate(households)]
    of_members = [
        {HOUSEHOLD_KEY: i, MEMBER_KEY: place, DAY: h.on, **facts}
        for i, h in enumerate(households)
        for place, facts in enumerate(h.members)
    ]
    return Frames(_frame(of_households, catalog, Level.HOUSEHOLD), _frame(of_members, catalog, Level.MEMBER))


def _frame(rows: Sequence[Mapping[str, Any]], catalog: Catalog, level: Level) -> pl.DataFrame:
    types = parquet_schema(catalog, level).items()
    return pl.DataFrame([pl.Series(name, [row.get(name) for row in rows], dtype=dtype) for name, dtype in types])


def summed(frame: pl.DataFrame, catalog: Catalog, level: Level) -> pl.DataFrame:
    """Return the frame with each list fact of a level replaced by the columns that rules work on.

    These are the columns of ``bangfu.frames.schema``: one named like the fact, true where the list is
    stated and null where it is not, and a yearly sum in yuan (``Decimal(18, 2)``) for each kind. A sum
    with an unknown part is null: an entry without amount or period, or with an amount by the day, makes
    its kind's sum unknown, an entry without a declared kind all sums of its fact. An empty list gives
    zeros. A list fact that the frame has no column for is unknown throughout; other columns stay as
    they are. Where a sum is null for an open entry, ``at_least:COLUMN`` beside it holds that of the others.

    Raises:
        polars.exceptions.PolarsError: a column is no list of entries, or an amount is no number.
    """
    facts = {fact.name: fact.type for fact in catalog.at(level) if isinstance(fact.type, Items)}
    columns: list[pl.Series] = []
    for name in dict.fromkeys([*frame.columns, *facts]):
        if name in facts:
            columns += _sums(_lists(frame, name, facts[name]), facts[name])
        else:
            columns.append(frame[name])
    return pl.DataFrame(sorted(columns, key=lambda column: column.name.startswith(AT_LEAST)))


def _lists(frame: pl.DataFrame, name: str, items: Items) -> pl.Series:
    """Return the lists of a fact; where the type of a column is lost, because all its lists are empty, as declared."""
    found = frame.schema.get(name)
    if found is None:
        return pl.Series(name, [None], dtype=_list_type(items)).new_from_index(0, frame.height)
    as_declared = isinstance(found, pl.List) and isinstance(found.inner, pl.Struct)
    return frame[name] if as_declared else frame[name].cast(_list_type(items))


def _sums(lists: pl.Series, items: Items) -> Iterator[pl.Series]:
    """Yield the columns of a list fact: whether it is stated, and the sum of each kind and amount."""
    from bangfu.list_sums import sums_of  # noqa: PLC0415 - numpy takes as long to load as one household's plan

    sums = sums_of(lists, items)
    yield pl.Series(lists.name, sums.stated).replace(False, None)
    for column in items.columns(lists.name):
        least = sums.least[column]
        unsettled = sums.unsettled[column]
        unknown = ~sums.stated if unsettled is None else ~sums.stated | unsettled
        yield money_of(column, least, unknown if unknown.any() else None)
        if unsettled is not None:
            yield money_of(AT_LEAST + column, least, ~unsettled)
