"""What all sides have in common: the part of the tables that they read, and the form of their results."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from bangfu.keys import HOUSEHOLD_KEY

from .population import HOUSEHOLDS, MEMBERS

Results = tuple[pl.DataFrame, pl.DataFrame]
"""Households and members with ``category``, ``status:CODE`` and ``amount:CODE``, in the side's own types."""


def tables(folder: Path, first: int, end: int) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Return the part of both tables that holds these households."""
    part = pl.col(HOUSEHOLD_KEY).is_between(first, end, closed="left")
    return pl.scan_parquet(folder / HOUSEHOLDS).filter(part), pl.scan_parquet(folder / MEMBERS).filter(part)
