"""Money as it is worked with in columns (金额列): whole fen, and yuan where it is shown."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bangfu.dtypes import MONEY


def money_of(name: str, fen: NDArray[np.int64], unknown: NDArray[np.bool_] | None = None) -> pl.Series:
    """Return a column of yuan (``MONEY``) from fen; null where it is unknown."""
    series = pl.Series(name, fen).cast(pl.Int128, wrap_numerical=True).reinterpret(dtype=MONEY)
    return series if unknown is None else series.set(pl.Series(unknown), None)
