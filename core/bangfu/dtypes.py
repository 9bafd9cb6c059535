"""The types that declared facts have in frames and files of many rows (列类型)."""

from __future__ import annotations

import polars as pl

from bangfu.facts import Choice, Day, Digits, Fact, Integer, Items, Money, Quantity, Text, YesNo
from bangfu.facts.declare import FactType
from bangfu.facts.household import CATEGORY_LABELS

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
