"""Declared types as kinds, and values as they are stated, worked with and shown (值的进出).

In files and results an amount is a ``Decimal`` in yuan and a day a ``date``; rules work with whole fen and ordinals,
and with bounds where a value is not known exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bangfu.facts import Choice, Day, Fact, FactType, Integer, Items, Money, Per, Quantity, YesNo
from bangfu.facts.declare import Partly
from bangfu.policy import Choices, Parameter, PolicyEntry, Ratio
from bangfu.rules.language.kinds import AREA, COUNT, DAY, MONEY, NUMBER, TEXT, YES_NO, Kind, Sort, choice, money
from bangfu.rules.language.known import HUNDREDTHS, Bounds, Candidates, Exact, Value, high_of, is_exact, low_of, within
from bangfu.rules.language.rounding import DECIMALS, Rounding, decimal_of, exactly

IN_HUNDREDTHS = frozenset({Sort.MONEY, Sort.AREA})
_KINDS: Mapping[type, Kind] = {Money: MONEY, Quantity: AREA, Integer: COUNT, YesNo: YES_NO, Day: DAY, Ratio: NUMBER}


def kind_of(declared: FactType | Ratio | Choices) -> Kind:
    """Return the kind of the values of a declared type; of a list of choices that of a text, which no rule can test."""
    return choice(declared.labels) if isinstance(declared, Choice) else _KINDS.get(type(declared), TEXT)


def columns_of(fact: Fact) -> Iterator[tuple[str, Kind, Value]]:
    """Yield the columns of a fact: name, kind, and what is known where nothing is stated."""
    if isinstance(fact.type, Items):
        yield fact.name, YES_NO, None
        kind = money(Per.YEAR if any(part.name == "per" for part in fact.type.fields) else None)
        yield from ((column, kind, MONEY.unknown) for column in fact.type.columns(fact.name))
    elif not fact.personal:
        kind = kind_of(fact.type)
        bounds = Bounds(fact.type.least, fact.type.most) if isinstance(fact.type, Integer) else None
        yield fact.name, kind, bounds or kind.unknown


def kind_of_parameter(parameter: Parameter, entry: PolicyEntry | None = None) -> Kind:
    """Return the kind of a parameter's value; money that is set for a period enters rules by the year."""
    by_year = parameter.periodic or (entry and entry.per not in {None, Per.ONCE})
    return money(Per.YEAR) if by_year else kind_of(parameter.type)


def worked_with(value: Any, kind: Kind) -> Value:
    """Return a stated value as rules work with it; nothing is rounded."""
    if value is None:
        return kind.unknown
    if isinstance(value, Partly):
        return within(_end(value.low, kind), _end(value.high, kind))
    return value if isinstance(value, bool | str) else _end(value, kind)


def _end(value: Any, kind: Kind) -> Exact | None:
    if value is None or isinstance(value, int):
        return value * HUNDREDTHS if value and kind.sort in IN_HUNDREDTHS else value
    if isinstance(value, date):
        return value.toordinal()
    exact = Fraction(value) * HUNDREDTHS if kind.sort in IN_HUNDREDTHS else Fraction(value)
    return exact.numerator if exact.denominator == 1 else exact


def shown(value: Value, kind: Kind) -> Any:
    """Return a value as results show it; None for one of which nothing is known, ``Partly`` for one within bounds."""
    if isinstance(value, bool | None | str):
        return value
    if isinstance(value, Candidates):
        return None
    if isinstance(value, Bounds):
        low, high = _shown_end(value.low, kind), _shown_end(value.high, kind)
        floor = 0 if value.low is not None and value.low <= 0 and kind.sort is not Sort.DAY else None
        return None if high is None and (low is None or low == floor) else Partly(low, high)
    return _shown_end(value, kind)


def bounds_of(value: Value, kind: Kind) -> Partly:
    """Return what a number is at least and at most, as results show it; both the number itself where it is known."""
    if isinstance(value, bool | None | str | Candidates):
        raise TypeError("only a number or a day has bounds")
    return Partly(_shown_end(low_of(value), kind), _shown_end(high_of(value), kind))


def _shown_end(value: Exact | None, kind: Kind) -> Any:
    if value is None:
        return None
    if isinstance(value, int):
        return whole_shown(kind)(value)
    if kind.sort is Sort.DAY:
        return date.fromordinal(int(value))
    return decimal_of(Fraction(value, HUNDREDTHS), least=2) if kind.sort in IN_HUNDREDTHS else decimal_of(value)


def whole_shown(kind: Kind) -> Callable[[int], Any]:
    """Return what shows a whole number of a kind as results do: an amount or an area, a day, a number."""
    if kind.sort is Sort.DAY:
        return date.fromordinal
    if kind.sort in IN_HUNDREDTHS:
        return _hundredths_shown
    return int if kind.whole else _number_shown


def _hundredths_shown(value: int) -> Decimal:
    return Decimal(value).scaleb(-2)


def _number_shown(value: int) -> Decimal:
    return decimal_of(Fraction(value))


def as_in_frames(value: Value, kind: Kind) -> Any:
    """Return a value as a frame of results has it: exact, money and areas to the fen (half up), or None."""
    if not is_exact(value):
        return None
    if kind.sort in IN_HUNDREDTHS and isinstance(value, Fraction):
        return shown(exactly(value, Rounding()), kind)
    if kind.sort is Sort.NUMBER and not kind.whole and isinstance(value, int | Fraction):
        return decimal_of(Fraction(value), least=DECIMALS)
    return None if value == "" else shown(value, kind)
