"""Rounding (取整): once, at the end, as the place says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.known import Bounds, Exact, Number, within
from bangfu.rules.origin import DeclaredWord

DECIMALS = 12
"""Decimals of a ratio or a quotient that is shown; it is worked with exactly."""


class Direction(DeclaredWord):
    """Which way an amount is rounded that lies between two."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


def _is_a_number_of_fen(_made: Rounding, _attribute: object, fen: object) -> None:
    if not isinstance(fen, int) or isinstance(fen, bool) or fen < 1:
        raise RuleError(_("an amount is rounded to so many fen, 1, 10 or 100, and this is {fen!r}", fen=fen))


@frozen
class Rounding:
    """How an amount is rounded at the end: to so many fen, which way."""

    fen: int = field(default=1, validator=_is_a_number_of_fen)
    direction: Direction = field(default=Direction.HALF_UP, converter=Direction)


def rounded(amount: Number, rounding: Rounding) -> Number:
    """Return an amount rounded, or its bounds, in fen; what lies below zero is rounded as what lies above it."""
    if isinstance(amount, Bounds):
        return within(*(None if end is None else exactly(end, rounding) for end in (amount.low, amount.high)))
    return amount if rounding.fen == 1 and isinstance(amount, int) else exactly(amount, rounding)


def exactly(amount: Exact, rounding: Rounding) -> int:
    """Return an amount that is known exactly, in fen, rounded to whole ones."""
    size = abs(Fraction(amount))
    whole: int = steps(size.numerator, rounding.fen * size.denominator, rounding.direction)
    return (-whole if amount < 0 else whole) * rounding.fen


def steps(size: Any, step: Any, direction: Direction) -> Any:
    """Return how many whole steps an amount has, or each of a column of them, which lie above zero."""
    match direction:
        case Direction.HALF_UP:
            return (2 * size + step) // (2 * step)
        case Direction.UP:
            return -(-size // step)
        case Direction.DOWN:
            return size // step


def decimal_of(value: Fraction, *, least: int = 0) -> Decimal:
    """Return a number in as many decimals as it has, ``least`` at least and twelve at most (half up beyond them)."""
    scaled = value * 10**DECIMALS
    number = Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(-DECIMALS)
    places = max(least, -int(number.normalize().as_tuple().exponent)) if number else least
    return number.quantize(Decimal(1).scaleb(-places))
