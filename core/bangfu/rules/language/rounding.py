"""Rounding (取整): once, at the end, as the place says."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from attrs import frozen

from bangfu.rules.language.known import Bounds, Exact, Number, within


class Direction(StrEnum):
    """Which way an amount is rounded that lies between two."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


@frozen
class Rounding:
    """How an amount is rounded at the end: to so many fen, which way."""

    fen: int = 1
    direction: Direction = Direction.HALF_UP


def rounded(amount: Number, rounding: Rounding) -> Number:
    """Return an amount rounded, or its bounds, in fen; what lies below zero is rounded as what lies above it."""
    if isinstance(amount, Bounds):
        return within(_end(amount.low, rounding), _end(amount.high, rounding))
    return amount if rounding.fen == 1 and isinstance(amount, int) else _exactly(amount, rounding)


def _end(amount: Exact | None, rounding: Rounding) -> int | None:
    return None if amount is None else _exactly(amount, rounding)


def _exactly(amount: Exact, rounding: Rounding) -> int:
    sign, exact = (-1, Fraction(-amount)) if amount < 0 else (1, Fraction(amount))
    step, over = rounding.fen * exact.denominator, exact.numerator
    match rounding.direction:
        case Direction.HALF_UP:
            steps = (2 * over + step) // (2 * step)
        case Direction.UP:
            steps = -(-over // step)
        case Direction.DOWN:
            steps = over // step
    return sign * steps * rounding.fen
