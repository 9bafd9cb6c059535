"""Columns of frames as columns of a block (列的进入): nulls become what is known of a fact nobody stated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bangfu.dtypes import MONEY
from bangfu.engine.node import Base
from bangfu.facts import Fact, Items
from bangfu.facts.declare import STATED
from bangfu.keys import AT_LEAST, AT_MOST
from bangfu.list_sums import Sums, sums_of
from bangfu.rules.language.blocks import MAYBE, TRUE, Column, WordColumn, bits_of, numbers, one_value
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Bounds

_EPOCH = date(1970, 1, 1).toordinal()
_HIGH, _OPEN_LOW, _OPEN_HIGH = "high:", "open_low:", "open_high:"


def columns_from(frame: pl.DataFrame, facts: Mapping[str, Base]) -> dict[str, Column]:
    """Return the columns of some facts, by the names that rules have for them; ``stated:NAME`` is NAME in the frame.

    Of a fact that the frame does not have, what is known where nothing is stated. ``at_least:NAME`` and
    ``at_most:NAME`` beside it hold the bounds of what is not known exactly. A list fact may stand as its sums or as
    lists of entries, as in files.
    """
    listed = {base.fact.name: base.fact.type for base in facts.values() if base.fact and _is_listed(base.fact, frame)}
    sums = {name: sums_of(frame[name], cast("Items", items)) for name, items in listed.items()}
    there = {
        name: base
        for name, base in facts.items()
        if name.removeprefix(STATED) in frame.columns and (base.fact is None or base.fact.name not in listed)
    }
    # All at once: a call of Polars costs more than what it does for a few thousand rows.
    read = frame.select(e for name, base in there.items() for e in _read(frame, name.removeprefix(STATED), base))
    arrays = {series.name: series.to_numpy() for series in read.get_columns()}
    made = {name: _column(arrays, name.removeprefix(STATED), base.kind) for name, base in there.items()}
    for name, base in facts.items():
        if base.fact and base.fact.name in listed:
            made[name] = _summed(sums[base.fact.name], name.removeprefix(STATED), base)
    return {name: made[name] if name in made else one_value(base.unstated, base.kind) for name, base in facts.items()}


def _is_listed(fact: Fact, frame: pl.DataFrame) -> bool:
    return isinstance(fact.type, Items) and isinstance(frame.schema.get(fact.name), pl.List)


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
        return _words(array, kind)
    ends = {side: arrays.get(side + name) for side in (_HIGH, _OPEN_LOW, _OPEN_HIGH)}
    if kind.sort is Sort.DAY and len(array) and all(end is None for end in ends.values()) and (array == array[0]).all():
        return numbers(array[0])  # the day of the assessment, mostly
    open_low, open_high = (
        marks if marks is None or marks.any() else None for marks in (ends[_OPEN_LOW], ends[_OPEN_HIGH])
    )
    return numbers(array, ends[_HIGH], open_low=open_low, open_high=open_high)


def _words(places: NDArray[Any], kind: Kind) -> WordColumn:
    """Return the bits of words: of one that nobody knows, all."""
    number = len(kind.labels)
    bits = np.array([*(1 << place for place in range(number)), (1 << number) - 1], dtype=bits_of(kind.labels))
    return WordColumn(bits[places], exact=bool(places.max(initial=0) < number))
