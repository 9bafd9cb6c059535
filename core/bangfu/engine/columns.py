"""Columns of frames as columns of a block, and back (列的进出): nulls become what is known of a fact nobody stated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, cast

import numpy as np
import polars as pl

from bangfu.engine.node import Base
from bangfu.engine.values import DECIMALS, decimal_of
from bangfu.facts.declare import MONEY
from bangfu.frames import AT_LEAST, AT_MOST
from bangfu.rules.language.block_values import is_exact
from bangfu.rules.language.blocks import MAYBE, TRUE, Column, Marks, Numbers, Truths, Whole, Words, numbers
from bangfu.rules.language.expression import HUNDREDTHS
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds

_EPOCH = date(1970, 1, 1).toordinal()
_IN_HUNDREDTHS = {Sort.MONEY, Sort.AREA}
_HUNDREDTHS = pl.Series([HUNDREDTHS], dtype=pl.Decimal(3, 0))


def column_from(frame: pl.DataFrame, name: str, base: Base) -> Column:
    """Return a fact's column of a frame; of one that the frame does not have, what is known where nothing is stated.

    ``at_least:NAME`` and ``at_most:NAME`` beside it hold the bounds of what is not known exactly.
    """
    kind = base.kind
    series = frame.get_column(name, default=None)
    if kind.sort is Sort.YES_NO:
        if series is None:
            return np.full(frame.height, MAYBE)
        return (series.cast(pl.Int8) * 2).fill_null(1).to_numpy()  # type: ignore[no-any-return]
    if kind.sort is Sort.CHOICE:
        return _words(series, kind, frame.height)
    bounds = base.unstated if isinstance(base.unstated, Bounds) else Bounds()
    exact = _whole(series, kind, frame.height)
    low, high = exact, exact
    if exact.null_count():
        low = _bound(frame, AT_LEAST + name, kind, exact, bounds.low)
        high = _bound(frame, AT_MOST + name, kind, exact, bounds.high)
    return _numbers(low, high)


def _bound(frame: pl.DataFrame, name: str, kind: Kind, exact: pl.Series, unstated: Any) -> pl.Series:
    """Return the exact values, where there is none the bound on one side, and where there is none, the fact's own."""
    if name in frame.columns:
        exact = exact.fill_null(_whole(frame[name], kind, frame.height))
    return exact if unstated is None else exact.fill_null(unstated)


def _numbers(low: pl.Series, high: pl.Series) -> Numbers:
    if low is high and not low.null_count():
        return numbers(_array(low))
    return numbers(_array(low), _array(high), open_low=_open(low), open_high=_open(high))


def _array(series: pl.Series) -> Whole:
    return series.fill_null(0).to_numpy()


def _open(series: pl.Series) -> Marks | None:
    return series.is_null().to_numpy() if series.null_count() else None


def _whole(series: pl.Series | None, kind: Kind, height: int) -> pl.Series:
    """Return a column's numbers as whole ones: fen, hundredths, ordinals."""
    if series is None:
        return pl.repeat(None, height, dtype=pl.Int64, eager=True)
    if kind.sort is Sort.DAY:
        return series.cast(pl.Date).to_physical().cast(pl.Int64) + _EPOCH
    if kind.sort in _IN_HUNDREDTHS:
        return series.cast(MONEY).to_physical().cast(pl.Int64)
    return series.cast(pl.Int64)


def _words(series: pl.Series | None, kind: Kind, height: int) -> Words:
    every = np.uint64((1 << len(kind.labels)) - 1)
    if series is None:
        return np.full(height, every)
    codes = series.cast(pl.Enum(list(kind.labels))).to_physical().cast(pl.UInt64)
    bits = np.left_shift(np.uint64(1), codes.fill_null(0).to_numpy())
    return np.where(codes.is_null().to_numpy(), every, bits) if codes.null_count() else bits


def series_of(name: str, column: Column, kind: Kind) -> pl.Series:
    """Return a column as one of a frame, null where its value is not known exactly.

    Yes and no as Boolean, money and areas as Decimal with two places (half up), days as Date, words as Enum, other
    numbers as Int64 where they are whole, else as Decimal with twelve places.
    """
    if not isinstance(column, Numbers):
        if kind.sort is Sort.YES_NO:
            truths = cast("Truths", column)
            return _with_nulls(pl.Series(name, truths == TRUE), truths == MAYBE)
        return _enum(name, cast("Words", column), kind.labels)
    unknown = ~is_exact(column)
    if kind.sort is Sort.DAY:
        return _with_nulls(pl.Series(name, column.low - _EPOCH), unknown).cast(pl.Int32).cast(pl.Date)
    if kind.sort in _IN_HUNDREDTHS:
        fen = _with_nulls(pl.Series(name, _rounded(column)), unknown)
        return (fen.cast(pl.Decimal(38, 2)) / _HUNDREDTHS).cast(MONEY)
    if kind.whole:
        return _with_nulls(pl.Series(name, column.low), unknown)
    exact = zip(column.low.tolist(), _overs(column).tolist(), unknown, strict=True)
    values = [None if no else decimal_of(Fraction(low, over)) for low, over, no in exact]
    return pl.Series(name, values, dtype=pl.Decimal(38, DECIMALS))


def _rounded(column: Numbers) -> Whole:
    if isinstance(column.over, int) and column.over == 1:
        return column.low
    size = (2 * np.abs(column.low) + column.over) // (2 * column.over)
    return cast("Whole", np.sign(column.low) * size)


def _overs(column: Numbers) -> Whole:
    return np.broadcast_to(np.asarray(column.over), column.low.shape)


def _with_nulls(series: pl.Series, unknown: Marks) -> pl.Series:
    if not unknown.any():
        return series
    return series.set(pl.Series(unknown), None)


def _enum(name: str, words: Words, labels: Mapping[str, str]) -> pl.Series:
    exact = (words & (words - np.uint64(1))) == 0
    places = np.zeros(words.shape, dtype=np.uint32)
    for place in range(len(labels)):
        places[words == np.uint64(1 << place)] = place
    codes = _with_nulls(pl.Series(name, places), ~exact)
    if "" in labels:  # nobody's code
        return pl.Series(list(labels)).gather(codes).replace("", None).alias(name)
    return codes.cast(pl.UInt8).cat.to(pl.Enum(list(labels)))
