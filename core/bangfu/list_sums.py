"""Lists of entries summed by kind and year (列表的年度合计), for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl
from attrs import field, frozen
from numpy.typing import NDArray

from bangfu.dtypes import LARGEST_FEN, MONEY, dtype_of
from bangfu.facts import Items
from bangfu.facts.declare import TIMES_RECEIVED

_PER = "per"


@frozen(eq=False)
class Sums:
    """What the lists of a fact come to, a row for each list.

    ``stated`` marks the rows that have a list, if only an empty one. ``least`` has for each of the fact's columns what
    the entries with a known amount and period are by the year, in fen; ``unsettled`` marks the rows whose sum an entry
    leaves open (None: no row): one without amount or period, with an amount by the day, or of a kind nobody knows.
    """

    stated: NDArray[np.bool_] = field(repr=False)
    least: Mapping[str, NDArray[np.int64]] = field(repr=False)
    unsettled: Mapping[str, NDArray[np.bool_] | None] = field(repr=False)


def sums_of(lists: pl.Series, items: Items) -> Sums:
    """Return what the lists of a fact come to; Polars raises an error for no lists, and amounts that are no numbers."""
    rows, kinds = len(lists), list(items.kinds.labels)
    lengths = lists.list.len().fill_null(0).to_numpy()
    row = np.repeat(np.arange(rows), lengths)
    entries = entries_in(lists)
    kind = _places(entries[items.by].cast(dtype_of(items.kinds)))
    times = _times(entries, items)
    known_kind = kind < len(kinds)
    cell = kind * rows + row
    least: dict[str, NDArray[np.int64]] = {}
    unsettled: dict[str, NDArray[np.bool_] | None] = {}
    for amount in items.amounts:
        fen, known = _fen(entries, amount)
        known &= times > 0
        largest = max(int(fen.max(initial=0)), -int(fen.min(initial=0)))
        if largest * int(times.max(initial=1)) * int(lengths.max(initial=1)) > LARGEST_FEN:
            too_much = f"amounts of up to {largest} fen add up to more than {MONEY} holds"
            raise pl.exceptions.InvalidOperationError(too_much)
        counted = known & known_kind
        sums = np.zeros(len(kinds) * rows, dtype=np.int64)
        np.add.at(sums, cell[counted], (fen * times)[counted])
        marks = _marked(cell[known_kind & ~known], row[~known_kind], len(kinds), rows)
        for place, word in enumerate(kinds):
            column = items.column(lists.name, word, amount)
            least[column] = sums[place * rows : (place + 1) * rows]
            unsettled[column] = marks[place] if marks is not None and marks[place].any() else None
    return Sums(lists.is_not_null().to_numpy(), least, unsettled)


def entries_in(lists: pl.Series) -> pl.DataFrame:
    """Return the entries of all lists, a row for each."""
    return lists.explode(empty_as_null=False, keep_nulls=False).struct.unnest()


def _places(words: pl.Series) -> NDArray[np.int64]:
    """Return the place of each word among its type's, behind the last where it is unknown."""
    last = len(words.dtype.categories)  # type: ignore[attr-defined]
    return words.to_physical().cast(pl.Int64).fill_null(last).to_numpy()


def _times(entries: pl.DataFrame, items: Items) -> NDArray[np.int64]:
    """Return how often in a year each entry counts; 0 where nobody knows."""
    periods = next((part.type for part in items.fields if part.name == _PER), None)
    if periods is None:
        return np.ones(len(entries), dtype=np.int64)
    if _PER not in entries.columns:
        return np.zeros(len(entries), dtype=np.int64)
    dtype = dtype_of(periods)
    by_place = [TIMES_RECEIVED.get(word, 0) for word in dtype.categories]  # type: ignore[attr-defined]
    return np.array([*by_place, 0], dtype=np.int64)[_places(entries[_PER].cast(dtype))]


def _fen(entries: pl.DataFrame, amount: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return an amount of each entry in fen, and where it is known."""
    if amount not in entries.columns:
        return np.zeros(len(entries), dtype=np.int64), np.zeros(len(entries), dtype=np.bool_)
    fen = entries[amount].cast(MONEY).to_physical().cast(pl.Int64)
    return fen.fill_null(0).to_numpy(), fen.is_not_null().to_numpy()


def _marked(
    cells: NDArray[np.int64], rows_of_all_kinds: NDArray[np.int64], kinds: int, rows: int
) -> NDArray[np.bool_] | None:
    if not len(cells) and not len(rows_of_all_kinds):
        return None
    marks = np.zeros(kinds * rows, dtype=np.bool_)
    marks[cells] = True
    by_kind = marks.reshape(kinds, rows)
    by_kind[:, rows_of_all_kinds] = True
    return by_kind
