"""What is known of a value (已知程度): all of it, its bounds, what it can still be, or nothing.

A truth is ``True``, ``False`` or ``None``, unknown. A number is an ``int`` or a ``Fraction``, or ``Bounds`` that it
lies within; money is in fen, areas in hundredths, a day is its ordinal. One of several words is a ``str``, or the
``Candidates`` it can be. Truths follow Kleene's logic: a test is decided as soon as every value within the bounds
decides it alike; where it is not, it is unknown, never false, and a sum with an unknown part is at least what is known
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from operator import add, ge, lt
from typing import TypeAlias, TypeVar

from attrs import define, field, frozen

HUNDREDTHS = 100
"""Fen in a yuan, and the parts in which areas are kept: what is measured to two decimals is a whole number so."""
_HUNDREDTH = Fraction(1, HUNDREDTHS)
Exact: TypeAlias = int | Fraction
_Made = TypeVar("_Made")
Truth: TypeAlias = bool | None


@frozen
class Bounds:
    """A number of which is known that it is neither below ``low`` nor above ``high``; None: no bound there."""

    low: Exact | None = None
    high: Exact | None = None


@frozen
class Candidates:
    """A word that is one of several; all that there are, where nothing is known."""

    words: frozenset[str]


Number: TypeAlias = Exact | Bounds
Word: TypeAlias = str | Candidates
Value: TypeAlias = Truth | Number | Word

UNKNOWN = Bounds()


@define(eq=False)
class KnownRows:
    """What is known of a household and its members, by column; ``member`` is the one a member's rule is asked of.

    ``parameters`` are the values of parameters, by the names they have in rules.
    """

    household: Mapping[str, Value]
    members: Sequence[Mapping[str, Value]]
    member: Mapping[str, Value] = field(factory=dict)
    parameters: Mapping[str, Value] = field(factory=dict)

    _of_each: Sequence[KnownRows] | None = field(default=None, init=False, repr=False)

    @property
    def of_each(self) -> Sequence[KnownRows]:
        """The same with each member in turn to ask of."""
        if self._of_each is None:
            self._of_each = [KnownRows(self.household, self.members, each, self.parameters) for each in self.members]
        return self._of_each


def within(low: Exact | None, high: Exact | None) -> Number:
    """Return the number that lies between two, both included."""
    return low if low is not None and low == high else Bounds(low, high)


def low_of(value: Number) -> Exact | None:
    """Return what a number is at least; None where it may be anything below."""
    return value.low if isinstance(value, Bounds) else value


def high_of(value: Number) -> Exact | None:
    """Return what a number is at most; None where it may be anything above."""
    return value.high if isinstance(value, Bounds) else value


def is_exact(value: Value) -> bool:
    """Return whether a value is known."""
    kind = type(value)  # asked for every value of a plan: quicker than isinstance
    return value is not None and kind is not Bounds and kind is not Candidates


def negated(truth: Truth) -> Truth:
    """Return the opposite; unknown stays unknown."""
    return None if truth is None else not truth


def all_hold(truths: Collection[Truth]) -> Truth:
    """Return true where all hold, false where one fails, else unknown; true of none."""
    return False if False in truths else None if None in truths else True


def some_hold(truths: Collection[Truth]) -> Truth:
    """Return true where one holds, false where all fail, else unknown; false of none."""
    return True if True in truths else None if None in truths else False


def below(one: Number, other: Number) -> Truth:
    """Return whether a number is less than another."""
    if not isinstance(one, Bounds) and not isinstance(other, Bounds):
        return one < other
    if if_both(lt, high_of(one), low_of(other)):
        return True
    return False if if_both(ge, low_of(one), high_of(other)) else None


def equal(one: Value, other: Value) -> Truth:
    """Return whether two values are the same."""
    if is_exact(one) and is_exact(other):
        return one == other
    if one is None or other is None:
        return None
    if isinstance(one, str | Candidates) or isinstance(other, str | Candidates):
        return False if words_of(one).isdisjoint(words_of(other)) else None
    return False if below(one, other) or below(other, one) else None


def is_stated(value: Value, unstated: Value) -> Truth:
    """Return whether more was stated of a value than is known where nothing is."""
    return value != unstated


def words_of(value: Value) -> frozenset[str]:
    """Return what a word can be."""
    return value.words if isinstance(value, Candidates) else frozenset({str(value)})


def one_of(value: Word, words: frozenset[str]) -> Truth:
    """Return whether a word is one of some."""
    if isinstance(value, str):
        return value in words
    if value.words <= words:
        return True
    return False if value.words.isdisjoint(words) else None


def plus(one: Number, other: Number) -> Number:
    """Return a sum; a bound that is open on one side stays open whatever is added to it."""
    if not isinstance(one, Bounds) and not isinstance(other, Bounds):
        return one + other
    return within(if_both(add, low_of(one), low_of(other)), if_both(add, high_of(one), high_of(other)))


def if_both(made: Callable[[Exact, Exact], _Made], one: Exact | None, other: Exact | None) -> _Made | None:
    """Return what is made of two ends; None where one is open."""
    return None if one is None or other is None else made(one, other)


def minus(one: Number, other: Number) -> Number:
    """Return a difference; it may be below zero."""
    return plus(one, opposite(other))


def opposite(value: Number) -> Number:
    """Return a number with the other sign."""
    if not isinstance(value, Bounds):
        return -value
    low, high = value.low, value.high
    return Bounds(None if high is None else -high, None if low is None else -low)


def times(one: Number, other: Number) -> Number:
    """Return a product; of nothing whatever it is taken of, nothing."""
    if not isinstance(one, Bounds) and not isinstance(other, Bounds):
        return _product(one, other)
    corners = [_times(a, b) for a in _ends(one) for b in _ends(other)]
    return within(_outermost(corners, -1), _outermost(corners, 1))


def _product(one: Exact, other: Exact) -> Exact:
    if isinstance(one, int) or isinstance(other, int):
        # A ratio of whole fen: a fraction would look for common divisors twice.
        below = one.denominator * other.denominator
        whole, rest = divmod(one.numerator * other.numerator, below)
        return Fraction(one.numerator * other.numerator, below) if rest else whole
    return one * other


_End: TypeAlias = "tuple[Exact | None, int]"
"""A bound, or None with the direction in which it is open."""


def _ends(value: Number) -> tuple[_End, _End]:
    return (low_of(value), -1), (high_of(value), 1)


def _times(one: _End, other: _End) -> _End:
    (a, a_open), (b, b_open) = one, other
    if a is not None and b is not None:
        return _product(a, b), 0
    if a == 0 or b == 0:
        return 0, 0
    sign_a = a_open if a is None else (1 if a > 0 else -1)
    sign_b = b_open if b is None else (1 if b > 0 else -1)
    return None, sign_a * sign_b


def _outermost(ends: list[_End], direction: int) -> Exact | None:
    """Return the least (-1) or the most (1) of some ends; None where one is open that way."""
    if any(value is None and open_ == direction for value, open_ in ends):
        return None
    closed = [value for value, _ in ends if value is not None]
    return (min if direction < 0 else max)(closed, default=None)


def over(one: Number, other: Number) -> Number:
    """Return a quotient; unknown where what it is divided by is zero, or may be."""
    low, high = low_of(other), high_of(other)
    if (low is None or low <= 0) and (high is None or high >= 0):
        return UNKNOWN
    # The reciprocal of what is open towards one side comes as near to zero as one likes.
    reciprocal = within(0 if high is None else Fraction(1) / high, 0 if low is None else Fraction(1) / low)
    return times(one, reciprocal)


def in_units(hundredths: Number) -> Number:
    """Return so many hundredths as whole ones."""
    return times(hundredths, _HUNDREDTH)


def larger(one: Number, other: Number) -> Number:
    """Return the larger of two."""
    lows = [low for low in (low_of(one), low_of(other)) if low is not None]
    return within(max(lows, default=None), if_both(max, high_of(one), high_of(other)))


def smaller(one: Number, other: Number) -> Number:
    """Return the smaller of two."""
    return opposite(larger(opposite(one), opposite(other)))


def either(one: Value, other: Value) -> Value:
    """Return what is known of a value that is one of two."""
    if one == other and type(one) is type(other):
        return one
    if isinstance(one, bool | None) and isinstance(other, bool | None):
        return None
    if isinstance(one, str | Candidates) and isinstance(other, str | Candidates):
        return Candidates(words_of(one) | words_of(other))
    assert not isinstance(one, bool | str | Candidates | None)  # noqa: S101 - kinds were compared before
    assert not isinstance(other, bool | str | Candidates | None)  # noqa: S101
    return within(if_both(min, low_of(one), low_of(other)), if_both(max, high_of(one), high_of(other)))
