"""List facts (列表事实) as they stand in Parquet files, and as the rules work on them.

In a file ``incomes`` is a column of lists, ``List(Struct{kind, amount, per})``, one entry for each
source of income. The rules work on one column of yearly sums for each kind (``incomes.wage``). Here
the one becomes the other, row by row, so that millions of rows can pass in a stream.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

import polars as pl

from bangfu.facts import Catalog, Fact, Field, Items, Level, Per
from bangfu.facts.declare import MONEY, ZERO
from bangfu.frames import DAY, HOUSEHOLD_KEY, MEMBER_KEY, Frames
from bangfu.household import Household

AnyFrame = TypeVar("AnyFrame", pl.DataFrame, pl.LazyFrame)

_PER = "per"
_TIMES = {per.value: per.times_a_year for per in Per}


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
    return columns | {fact.name: _type_in_file(fact) for fact in catalog.at(level) if not fact.personal}


def _type_in_file(fact: Fact) -> pl.DataType:
    return _list_type(fact.type) if isinstance(fact.type, Items) else fact.type.dtype


def _list_type(items: Items) -> pl.DataType:
    return pl.List(pl.Struct({field.name: field.type.dtype for field in items.fields}))


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


def summed(frame: AnyFrame, catalog: Catalog, level: Level) -> AnyFrame:
    """Return the frame with each list fact of a level replaced by the columns that rules work on.

    These are the columns of ``bangfu.frames.schema``: one named like the fact, true where the list is
    stated and null where it is not, and a yearly sum in yuan (``Decimal(18, 2)``) for each kind. A sum
    with an unknown part is null: an entry without amount or period makes its kind's sum unknown, an
    entry without a declared kind all sums of its fact. An empty list gives zeros. A list fact that the
    frame has no column for is unknown throughout; other columns stay as they are.

    Raises:
        polars.exceptions.PolarsError: a column is no list of entries, or an amount is no number.
    """
    lists, columns = _steps(frame.collect_schema(), catalog, level)
    return frame.with_columns(lists).select(columns)


def _steps(found: Mapping[str, pl.DataType], catalog: Catalog, level: Level) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """Return the lists with their amounts by the year, then the sums of them among the other columns.

    These are two steps so that a period is worked out once an entry, not once for each kind.
    """
    facts = {fact.name: fact.type for fact in catalog.at(level) if isinstance(fact.type, Items)}
    lists = [_by_the_year(name, items, found.get(name)) for name, items in facts.items()]
    order = dict.fromkeys([*found, *facts])
    return lists, [c for name in order for c in (_sums(name, facts[name]) if name in facts else [pl.col(name)])]


def _by_the_year(name: str, items: Items, found: pl.DataType | None) -> pl.Expr:
    """Return the column of lists, amounts by the year; an entry of no declared kind has none of either."""
    if found is None or found == pl.Null:
        return pl.lit(None, dtype=_list_type(items)).alias(name)
    if not isinstance(found, pl.List) or not isinstance(found.inner, pl.Struct):
        # Where every list of a file is empty, its type is lost.
        return pl.col(name).cast(_list_type(items))
    given = {field.name for field in found.inner.fields} | {items.by}
    read = {field.name: _read(field) for field in items.fields if field.name in given}
    known = read[items.by].is_in(list(items.kinds.labels))
    amounts = [pl.when(known).then(_yearly(items, read, amount)).cast(MONEY).alias(amount) for amount in items.amounts]
    return pl.col(name).list.eval(pl.struct(pl.when(known).then(read[items.by]).alias(items.by), *amounts))


def _read(field: Field) -> pl.Expr:
    return pl.element().struct.field(field.name).cast(field.type.dtype)


def _yearly(items: Items, read: Mapping[str, pl.Expr], name: str) -> pl.Expr:
    """Return an amount of each entry for a year; null where the file's entries have no such field."""
    unknown = pl.lit(None, dtype=MONEY)
    amount = read.get(name, unknown)
    if all(field.name != _PER for field in items.fields):
        return amount
    if _PER not in read:
        return unknown
    return amount * read[_PER].replace_strict(_TIMES, default=None, return_dtype=pl.Decimal(3, 0))


def _sums(name: str, items: Items) -> Iterator[pl.Expr]:
    """Yield the columns of a list fact: whether it is stated, and the sum of each kind and amount."""
    yield pl.when(pl.col(name).is_not_null()).then(pl.lit(True)).alias(name)
    entry = pl.element().struct
    for kind in items.kinds.labels:
        other = entry.field(items.by) != kind
        for amount in items.amounts:
            part = pl.when(other).then(pl.lit(ZERO)).otherwise(entry.field(amount))
            total = pl.when(part.null_count() == 0).then(part.sum())
            yield pl.col(name).list.agg(total).cast(MONEY).alias(items.column(name, kind, amount))
