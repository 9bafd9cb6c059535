"""Entries of list facts: from one column for each possible entry to the list of those there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from attrs import frozen

from bangfu.dtypes import MONEY
from bangfu.facts import Per
from bangfu.generate.draw import Draws
from bangfu.generate.unknown import said

Entry = tuple[pl.Expr, Mapping[str, pl.Expr]]
"""Whether a row has an entry, and the entry's fields."""

_ROW = "row"
_NO_AMOUNT, _NO_PERIOD = 0.02, 0.004
_TIMES = {per.value: times for per in Per if (times := per.times_received) is not None}


@frozen
class EntrySource:
    """One thing a person or household may take in or spend: its kind, its period, and the yuan, null for none.

    The period is no day: how many there were an entry cannot say, and nobody would know the year's sum.
    The amount is an expression of type ``Int64``.
    """

    name: str
    kind: str
    per: str
    amount: pl.Expr

    @property
    def column(self) -> str:
        """The name of the column that holds the amount."""
        return f"yuan: {self.name}"

    @property
    def yearly(self) -> pl.Expr:
        """The amount of that column for a year, zero for none."""
        return pl.col(self.column).fill_null(0) * _TIMES[self.per]


def with_list(frame: pl.DataFrame, name: str, entries: Iterable[Entry]) -> pl.DataFrame:
    """Return the frame with a list fact: in each row the entries whose condition holds, an empty list for none."""
    rows = frame.with_row_index(_ROW)
    there = [
        rows.filter(condition).select(
            _ROW, pl.struct(value.alias(field) for field, value in fields.items()).alias(name)
        )
        for condition, fields in entries
    ]
    lists = pl.concat(there).group_by(_ROW).agg(pl.col(name))
    return (
        rows.join(lists, on=_ROW, how="left", maintain_order="left").with_columns(pl.col(name).fill_null([])).drop(_ROW)
    )


def entry_of(source: EntrySource, draws: Draws) -> Entry:
    """Return the entry of a source, for some rows without amount or period."""
    amount = pl.col(source.column)
    return amount.is_not_null(), {
        "kind": pl.lit(source.kind),
        "amount": said(draws, f"amount of {source.name}", amount.cast(MONEY), _NO_AMOUNT),
        "per": said(draws, f"period of {source.name}", pl.lit(source.per), _NO_PERIOD),
    }
