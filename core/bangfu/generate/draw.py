"""Draws at random as Polars expressions: the same seed, row and purpose give the same draw, always.

Each row has a key, each draw a purpose such as ``"sex"``. Both are mixed into 64 bits by splitmix64
(Steele, Lea and Flood 2014), written out here because Polars may change its own hash from version to
version. So a draw depends neither on the order of the draws nor on which rows stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from itertools import accumulate
from math import pi
from typing import Any

import polars as pl
from attrs import frozen

_STEP = 0x9E3779B97F4A7C15
_ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST_SHIFT = 31
_LEFT_OUT_BITS, _BITS = 11, 53
"""A Float64 holds 53 bits exactly."""


@frozen
class Draws:
    """Draws for the rows of a frame that has a ``UInt64`` column named ``key``."""

    seed: int
    key: str

    def bits(self, what: str) -> pl.Expr:
        """Return 64 random bits for each row, as ``UInt64``."""
        salt = int.from_bytes(blake2b(f"{self.seed}/{self.key}/{what}".encode(), digest_size=8).digest())
        state = pl.col(self.key) * _word(_STEP) + _word(salt)
        for shift, factor in _ROUNDS:
            state = (state ^ (state // _word(1 << shift))) * _word(factor)
        return state ^ (state // _word(1 << _LAST_SHIFT))

    def uniform(self, what: str, least: float = 0.0, most: float = 1.0) -> pl.Expr:
        """Return a number from ``least`` up to, not including, ``most``."""
        fraction = (self.bits(what) // _word(1 << _LEFT_OUT_BITS)).cast(pl.Float64) * 2.0**-_BITS
        return fraction * (most - least) + least

    def chance(self, what: str, share: float | pl.Expr) -> pl.Expr:
        """Return true for this share of the rows."""
        return self.uniform(what) < share

    def pick(self, what: str, weights: Mapping[Any, float]) -> pl.Expr:
        """Return one of the keys for each row, each as often as its weight says; None among them gives null."""
        drawn = self.uniform(what, 0.0, sum(weights.values()))
        starts = accumulate(weights.values(), initial=0.0)
        return steps(drawn, dict(zip(starts, weights, strict=False)))

    def pick_by(self, what: str, by: pl.Expr, weights: Mapping[Any, Mapping[Any, float]]) -> pl.Expr:
        """Return one of the keys, by the weights of the largest number that is not above ``by``."""
        return steps(by, {start: self.pick(what, of_start) for start, of_start in weights.items()})

    def normal(self, what: str) -> pl.Expr:
        """Return a standard normal number (Box and Muller 1958)."""
        length = (-2 * (1 - self.uniform(f"{what}, length")).log()).sqrt()
        return length * (2 * pi * self.uniform(f"{what}, angle")).cos()

    def around(self, what: str, median: float | pl.Expr, spread: float, unit: int = 1) -> pl.Expr:
        """Return a log-normal amount about a median, in multiples of ``unit`` and one at least, as ``Int64``.

        A spread of 0.5 leaves two thirds of the amounts between 0.6 and 1.65 times the median.
        """
        amount = median * (self.normal(what) * spread).exp()
        return (amount / unit).round().clip(lower_bound=1).cast(pl.Int64) * unit


def steps(by: pl.Expr, values: Mapping[Any, Any]) -> pl.Expr:
    """Return a step function: the value of the largest key that is not above ``by``; null below all keys.

    Values are plain or expressions; None is null.
    """
    result = pl.lit(None)
    for start, value in sorted(values.items()):
        reached = value if isinstance(value, pl.Expr) else pl.lit(value)
        result = pl.when(by >= start).then(reached).otherwise(result)
    return result


def by_residence(rural: float | pl.Expr, urban: float | pl.Expr) -> pl.Expr:
    """Return the one value or the other by the column ``residence``; values are numbers or expressions."""
    return pl.when(pl.col("residence") == "rural").then(rural).otherwise(urban)


def _word(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt64)
