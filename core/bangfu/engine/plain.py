"""Columns of a block as plain numbers (结果列), and as those of a frame: what is not known exactly becomes a null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import numpy as np
import polars as pl
from attrs import frozen
from numpy.typing import NDArray

from bangfu.dtypes import LARGEST_FEN, money_of
from bangfu.rules.language.block_values import is_exact
from bangfu.rules.language.blocks import (
    MAYBE,
    Column,
    Marks,
    NumberColumn,
    Whole,
    WordColumn,
    holding,
)
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds, Candidates, Value
from bangfu.rules.language.rounding import DECIMALS, Rounding, decimal_of, exactly

_EPOCH = date(1970, 1, 1).toordinal()
_TABLE = 12
"""Labels of which a table of all sets is made."""
_IN_HUNDREDTHS = {Sort.MONEY, Sort.AREA}


@frozen
class Plain:
    """A column as plain numbers: truths, places of words, fen, hundredths or ordinals; ``unknown`` marks the others."""

    values: NDArray[Any]
    unknown: Marks | None = None

    def rows(self, chosen: NDArray[np.intp]) -> Plain:
        """Return some of the rows."""
        return Plain(self.values[chosen], None if self.unknown is None else self.unknown[chosen])


def joined(parts: Sequence[Plain]) -> Plain:
    """Return parts of a column as one."""
    if not parts:
        return Plain(np.empty(0, dtype=np.int64))
    values = np.concatenate([part.values for part in parts])
    if all(part.unknown is None for part in parts):
        return Plain(values)
    no = (np.zeros(len(part.values), dtype=np.bool_) if part.unknown is None else part.unknown for part in parts)
    return Plain(values, np.concatenate(list(no)))


def plain(column: Column, kind: Kind) -> Plain:
    """Return a column as plain numbers, money and areas rounded to hundredths (half up)."""
    if isinstance(column, WordColumn):
        return Plain(_places(column, kind.labels), _marked(~is_exact(column)))
    if not isinstance(column, NumberColumn):
        return Plain(holding(column), None if column.dtype == np.bool_ else _marked(column == MAYBE))
    unknown = _marked(~is_exact(column))
    if kind.sort in _IN_HUNDREDTHS:
        fen = _rounded(column)
        if column.most > LARGEST_FEN and (wide := np.abs(fen) > LARGEST_FEN).any():
            unknown = wide if unknown is None else unknown | wide
        return Plain(fen, unknown)
    if kind.whole or kind.sort is Sort.DAY:
        return Plain(column.low, unknown)
    exact = zip(column.low.tolist(), np.broadcast_to(np.asarray(column.over), column.low.shape).tolist(), strict=True)
    return Plain(np.array([decimal_of(Fraction(low, over)) for low, over in exact], dtype=object), unknown)


def plain_of(values: Sequence[Value], kind: Kind) -> Plain:
    """Return single values as plain numbers; what no frame holds is unknown, as no household has so much."""
    exact = [_plainly(value, kind) for value in values]
    unknown = np.array([value is None for value in exact], dtype=np.bool_)
    dtype = np.bool_ if kind.sort is Sort.YES_NO else None if _as_numbers(kind) else np.object_
    nothing = 0 if _as_numbers(kind) else Decimal(0)
    return Plain(np.array([nothing if value is None else value for value in exact], dtype=dtype), _marked(unknown))


def _as_numbers(kind: Kind) -> bool:
    return kind.whole or kind.sort is not Sort.NUMBER


def _plainly(value: Value, kind: Kind) -> Any:
    """Return a value as a plain number: a truth, the place of a word, fen, hundredths, an ordinal; None if unknown."""
    if value is None or isinstance(value, Bounds | Candidates):
        return None
    if isinstance(value, str):
        return list(kind.labels).index(value)
    if isinstance(value, bool):
        return value
    if not _as_numbers(kind):
        return decimal_of(Fraction(value))
    whole = exactly(value, Rounding()) if kind.sort in _IN_HUNDREDTHS else int(value)
    return whole if abs(whole) <= LARGEST_FEN else None


def spread(column: Plain, rows: NDArray[np.intp], of: int) -> Plain:
    """Return a column of some rows as one of all, unknown for the others."""
    if len(rows) == of:
        return column
    values, unknown = np.zeros(of, dtype=column.values.dtype), np.ones(of, dtype=np.bool_)
    values[rows] = column.values
    unknown[rows] = False if column.unknown is None else column.unknown
    return Plain(values, unknown)


def _marked(marks: Marks) -> Marks | None:
    return marks if np.any(marks) else None


def _places(words: WordColumn, labels: Mapping[str, str]) -> NDArray[np.uint8]:
    """Return which of the labels each word is; of no meaning where it can be several."""
    if len(labels) <= _TABLE:
        table = np.zeros(1 << len(labels), dtype=np.uint8)
        for place in range(len(labels)):
            table[1 << place] = place
        return cast("NDArray[np.uint8]", table[words.bits])
    places = np.zeros(words.bits.shape, dtype=np.uint8)
    for place in range(1, len(labels)):
        places[words.bits == words.bits.dtype.type(1 << place)] = place
    return places


def _rounded(column: NumberColumn) -> Whole:
    if isinstance(column.over, int) and column.over == 1:
        return column.low
    size = (2 * np.abs(column.low) + column.over) // (2 * column.over)
    return cast("Whole", np.sign(column.low) * size)


def series_of(name: str, column: Plain, kind: Kind) -> pl.Series:
    """Return a column as one of a frame, null where its value is not known exactly.

    Yes and no as Boolean, money and areas as Decimal with two places, days as Date, words as Enum (String, null for
    nobody's, where they are codes), other numbers as Int64 where they are whole, else as Decimal with twelve places.
    """
    values, unknown = column.values, None if column.unknown is None else pl.Series(column.unknown)
    if kind.sort is Sort.CHOICE:
        return _words_of(name, values, unknown, kind.labels)
    if kind.sort in _IN_HUNDREDTHS:
        series = money_of(name, values)
    elif values.dtype == np.object_:
        series = pl.Series(name, values.tolist(), dtype=pl.Decimal(38, DECIMALS))
    else:
        series = pl.Series(name, values - _EPOCH if kind.sort is Sort.DAY else values)
    if kind.sort is Sort.DAY:
        series = series.cast(pl.Int32).cast(pl.Date)
    return series if unknown is None else series.set(unknown, None)


def _words_of(name: str, places: NDArray[Any], unknown: pl.Series | None, labels: Mapping[str, str]) -> pl.Series:
    listed = list(labels)
    if "" not in labels:
        series = pl.Series(name, places, dtype=pl.UInt8)
        return (series if unknown is None else series.set(unknown, None)).cat.to(pl.Enum(listed))
    nobody = listed.index("")
    if (places == nobody).all():
        return pl.Series(name, [None], dtype=pl.String).new_from_index(0, len(places))
    return pl.Series([label or None for label in listed], dtype=pl.String).gather(pl.Series(places)).alias(name)
