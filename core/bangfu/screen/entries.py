"""Yearly sums as lists of entries again: what a registry gives, in the form of population files."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bangfu.facts import Catalog, Items, Level, Per
from bangfu.facts.declare import ZERO
from bangfu.lists import parquet_schema


def as_entries(frame: pl.DataFrame, catalog: Catalog, level: Level) -> pl.DataFrame:
    """Return a frame of one level as ``bangfu.lists.parquet_schema`` has it; ``summed`` would give it back.

    For each kind of a list there is one entry with its sum for a year, without an amount where that is
    unknown, and none where it is zero. Columns of no fact are kept.
    """
    lists = {fact.name: fact.type for fact in catalog.at(level) if isinstance(fact.type, Items)}
    declared = parquet_schema(catalog, level)
    listed = [_entries(name, items, declared[name]) for name, items in lists.items()]
    own = [name for name in frame.columns if name not in declared and name.split(".")[0] not in lists]
    return frame.with_columns(listed).select(*declared, *own)


def _entries(name: str, items: Items, declared: pl.DataType) -> pl.Expr:
    entries = pl.concat_list(_of_kinds(name, items)).list.drop_nulls()
    return pl.when(pl.col(name)).then(entries).cast(declared).alias(name)


def _of_kinds(name: str, items: Items) -> Iterator[pl.Expr]:
    for kind in items.kinds.labels:
        sums = {amount: pl.col(items.column(name, kind, amount)) for amount in items.amounts}
        there = pl.any_horizontal((column != ZERO).fill_null(True) for column in sums.values())
        parts = [pl.lit(kind).alias(items.by), *(column.alias(amount) for amount, column in sums.items())]
        if any(part.name == "per" for part in items.fields):
            parts.append(pl.lit(Per.YEAR.value).alias("per"))
        yield pl.when(there).then(pl.struct(parts))
