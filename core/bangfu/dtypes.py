"""The types that declared facts have in frames and files of many rows (列类型)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bangfu.facts import Choice, Day, Digits, Fact, Integer, Items, Money, Quantity, Text, YesNo
from bangfu.facts.declare import FactType
from bangfu.facts.household import CATEGORY_LABELS

if TYPE_CHECKING:
    import numpy as np  # takes as long to load as one household's plan
    from numpy.typing import NDArray

MONEY = pl.Decimal(18, 2)
LARGEST_FEN = 10**18 - 1
"""What a column of money holds, in fen; no household has so much, and nobody is paid it."""
CATEGORY = pl.Enum(list(CATEGORY_LABELS))


def dtype_of(declared: FactType) -> pl.DataType:
    """Return the type of a column of facts of a declared type; a list has a column for each of its sums."""
    match declared:
        case Money() | Quantity():
            return MONEY
        case Integer():
            return pl.Int64()
        case YesNo():
            return pl.Boolean()
        case Choice():
            return pl.Enum(list(declared.labels))
        case Day():
            return pl.Date()
        case Digits() | Text():
            return pl.String()
        case Items():
            raise TypeError("a list stands in several columns")


def columns_of(fact: Fact) -> dict[str, pl.DataType]:
    """Return the frame columns that carry a fact, with their types; none for a personal one."""
    if fact.personal:
        return {}
    if isinstance(fact.type, Items):
        return {fact.name: pl.Boolean(), **dict.fromkeys(fact.type.columns(fact.name), MONEY)}
    return {fact.name: dtype_of(fact.type)}


def money_of(name: str, fen: NDArray[np.int64], unknown: NDArray[np.bool_] | None = None) -> pl.Series:
    """Return a column of yuan (``MONEY``) from fen; null where it is unknown."""
    series = pl.Series(name, fen).cast(pl.Int128, wrap_numerical=True).reinterpret(dtype=MONEY)
    return series if unknown is None else series.set(pl.Series(unknown), None)
