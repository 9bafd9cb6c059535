"""Columns of frames as columns of a block (列的进入), and those as plain numbers (结果列) and in frames again.

Nulls become what is known of a fact nobody stated; what is not known exactly becomes a null.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import numpy as np
import polars as pl
from attrs import frozen
from numpy.typing import NDArray

from bangfu.dtypes import LARGEST_FEN, MONEY, money_of
from bangfu.engine.bound import Base
from bangfu.engine.values import IN_HUNDREDTHS
from bangfu.facts import Items
from bangfu.facts.declare import STATED
from bangfu.keys import AT_LEAST, AT_MOST
from bangfu.list_sums import Sums, sums_of
from bangfu.rules.language.block_values import is_exact
from bangfu.rules.language.blocks import (
    MAYBE,
    TRUE,
    Column,
    Marks,
    NumberColumn,
    Whole,
    WordColumn,
    bits_of,
    holding,
    numbers,
    one_value,
)
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds, Candidates, Value
from bangfu.rules.language.rounding import DECIMALS, Rounding, decimal_of, exactly

_EPOCH = date(1970, 1, 1).toordinal()
_HIGH, _OPEN_LOW, _OPEN_HIGH = "high:", "open_low:", "open_high:"
_TABLE = 12
"""Labels of which a table of all sets is made."""


def columns_from(frame: pl.DataFrame, facts: Mapping[str, Base]) -> dict[str, Column]:
    """Return the columns of some facts, by the names that rules have for them; ``stated:NAME`` is NAME in the frame.

    Of a fact that the frame does not have, what is known where nothing is stated. ``at_least:NAME`` and
    ``at_most:NAME`` beside it hold the bounds of what is not known exactly. A list fact may stand as its sums or as
    lists of entries, as in files.
    """
    types = {base.fact.name: base.fact.type for base in facts.values() if base.fact}
    lists = {name: kind for name, kind in types.items() if isinstance(frame.schema.get(name), pl.List)}
    sums = {name: sums_of(frame[name], kind) for name, kind in lists.items() if isinstance(kind, Items)}
    there = {
        name: base
        for name, base in facts.items()
        if name.removeprefix(STATED) in frame.columns and (base.fact is None or base.fact.name not in sums)
    }
    # All at once: a call of Polars costs more than what it does for a few thousand rows.
    read = frame.select(e for name, base in there.items() for e in _read(frame, name.removeprefix(STATED), base))
    arrays = {series.name: series.to_numpy() for series in read.get_columns()}
    made = {name: _column(arrays, name.removeprefix(STATED), base.kind) for name, base in there.items()}
    for name, base in facts.items():
        if base.fact and base.fact.name in sums:
            made[name] = _summed(sums[base.fact.name], name.removeprefix(STATED), base)
    return {name: made[name] if name in made else one_value(base.unstated, base.kind) for name, base in facts.items()}


def _summed(sums: Sums, name: str, base: Base) -> Column:
    """Return a column of a list fact: whether it is stated, or the sum of a kind."""
    if name not in sums.least:
        return sums.stated if sums.stated.all() else np.where(sums.stated, TRUE, MAYBE)
    least, unsettled = sums.least[name], sums.unsettled[name]
    known = sums.stated if unsettled is None else sums.stated & ~unsettled
    if known.all():
        return numbers(least)
    bounds = base.unstated if isinstance(base.unstated, Bounds) else Bounds()
    low = np.where(sums.stated, least, int(bounds.low)) if bounds.low else least
    return numbers(
        low,
        low if bounds.high is None else np.where(known, least, int(bounds.high)),
        open_low=~sums.stated if bounds.low is None else None,
        open_high=~known if bounds.high is None else None,
    )


def _read(frame: pl.DataFrame, name: str, base: Base) -> Iterator[pl.Expr]:
    """Yield what is read of a column: values in whole numbers without nulls, and beside numbers what is not known."""
    kind, value = base.kind, _whole(name, base.kind)
    if not frame[name].null_count():
        yield value.alias(name)
    elif kind.sort is Sort.YES_NO:
        yield (value.cast(pl.Int8) * 2).fill_null(int(MAYBE)).alias(name)
    elif kind.sort is Sort.CHOICE:
        yield value.fill_null(len(kind.labels)).alias(name)
    else:
        yield from _ends(frame, name, base)


def _ends(frame: pl.DataFrame, name: str, base: Base) -> Iterator[pl.Expr]:
    """Yield the lower end, the upper where it is another column, and marks of rows without one or the other.

    Each is the exact value, where there is none the bound beside it, and where there is none, the fact's own.
    """
    bounds = base.unstated if isinstance(base.unstated, Bounds) else Bounds()
    sides = ((AT_LEAST, bounds.low), (AT_MOST, bounds.high))
    low, high = (
        pl.coalesce(
            *(_whole(column, base.kind) for column in (name, side + name) if column in frame.columns),
            pl.lit(None if unstated is None else int(unstated), dtype=pl.Int64),
        )
        for side, unstated in sides
    )
    yield low.fill_null(0).alias(name)
    if bounds.low is None:
        yield low.is_null().alias(_OPEN_LOW + name)
    if bounds.high is None:
        yield high.is_null().alias(_OPEN_HIGH + name)
    if bounds.high is not None or any(side + name in frame.columns for side, _ in sides):
        yield high.fill_null(0).alias(_HIGH + name)


def _whole(name: str, kind: Kind) -> pl.Expr:
    """Return a column in whole numbers: truths, places of words, fen, hundredths, ordinals."""
    column = pl.col(name)
    match kind.sort:
        case Sort.YES_NO:
            return column.cast(pl.Boolean)
        case Sort.CHOICE:
            return column.cast(pl.Enum(list(kind.labels))).to_physical().cast(pl.UInt8)
        case Sort.DAY:
            return column.cast(pl.Date).to_physical().cast(pl.Int64) + _EPOCH
        case Sort.MONEY | Sort.AREA:
            # 18 digits fit into 64 bits, so nothing needs to be looked for that would not.
            return column.cast(MONEY).to_physical().cast(pl.Int64, wrap_numerical=True)
    return column.cast(pl.Int64)


def _column(arrays: Mapping[str, NDArray[Any]], name: str, kind: Kind) -> Column:
    array = arrays[name]
    if kind.sort is Sort.YES_NO:
        return array
    if kind.sort is Sort.CHOICE:
        number = len(kind.labels)  # of a word that nobody knows, all bits
        bits = np.array([*(1 << place for place in range(number)), (1 << number) - 1], dtype=bits_of(kind.labels))
        return WordColumn(bits[array], exact=bool(array.max(initial=0) < number))
    high, *ends = (arrays.get(side + name) for side in (_HIGH, _OPEN_LOW, _OPEN_HIGH))
    open_low, open_high = (None if marks is None or not marks.any() else marks for marks in ends)
    exact = all(end is None for end in (high, open_low, open_high))
    if kind.sort is Sort.DAY and exact and len(array) and (array == array[0]).all():
        return numbers(array[0])  # the day of the assessment, mostly
    return numbers(array, high, open_low=open_low, open_high=open_high)


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
    if kind.sort in IN_HUNDREDTHS:
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
    whole = exactly(value, Rounding()) if kind.sort in IN_HUNDREDTHS else int(value)
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
    if kind.sort in IN_HUNDREDTHS:
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
