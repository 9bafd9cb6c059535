"""Random households as plain data, drawn from the declared facts, so that a new fact is covered by being declared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from hypothesis import strategies as st

from bangfu import Choice, Day, Digits, Fact, Integer, Items, Level, Money, Quantity, Ratio, YesNo
from bangfu.files.id_number import check_character
from rulebooks import CATALOG, CONFIGURED, FIRST_DAY, LAST_DAY, RULEBOOK, Data

REGIONS = ("522723102201", "610625101", "340123", "450102", "620102", "220102", *CONFIGURED)
_WEIGHTED_REGIONS = (*REGIONS, "610625101", "340123", *CONFIGURED, *CONFIGURED)
"""Places that set a dibao standard come more often, for there more is decided."""

_ALWAYS_DRAWN = {"birth_date", "expenses", "incomes", "residence"}
_USUALLY_TRUE = {"assets_within_limits", "lives_together", "registered_poor"}
_EDGE_AGES = (0, 3, 6, 16, 18, 24, 25, 60, 70)
_BESIDE = st.sampled_from((-1, 0, 1))


def _borders() -> list[date]:
    """Return the first and last days on which any part of any pack is in force, and the days beside them."""
    terms = {(entry.start, entry.until) for pack in RULEBOOK.packs for entry in pack.entries}
    terms |= {(row.start, row.until) for pack in RULEBOOK.packs for row in pack.rows}
    starts = {start for start, _ in terms if start}
    ends = {end for _, end in terms if end}
    day = timedelta(days=1)
    return sorted(d for d in {*starts, *ends, *(s - day for s in starts), *(e + day for e in ends)} if _in_time(d))


def _in_time(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def _edge_amounts() -> list[Decimal]:
    """Return the lines that packs set for a year, for up to four people and times each multiple, give or take a fen."""
    entries = [entry for pack in RULEBOOK.packs for entry in pack.entries]
    multiples = {entry.value for entry in entries if isinstance(entry.parameter.type, Ratio)} | {Decimal(1)}
    money = {Fraction(entry.year_value) for entry in entries if isinstance(entry.parameter.type, Money)}
    exact = {
        amount * people * Fraction(multiple) for amount in money for people in range(1, 5) for multiple in multiples
    }
    lines = {Decimal(line.numerator) / Decimal(line.denominator) for line in exact}
    fen = Decimal("0.01")
    around = {(line + by).quantize(fen) for line in lines for by in (-fen, Decimal(0), fen)}
    return sorted(amount for amount in around | {Decimal(0), fen} if amount >= 0)


def _as_written(amount: Decimal, form: str) -> int | Decimal | str:
    if form == "integer" and amount == int(amount):
        return int(amount)
    return str(amount) if form == "text" else amount


_AMOUNTS = st.builds(
    _as_written,
    st.one_of(st.sampled_from(_edge_amounts()), st.integers(0, 20_000).map(Decimal), st.decimals(0, 200_000, places=2)),
    st.sampled_from(("integer", "decimal", "text")),
)
_DAYS = st.one_of(st.sampled_from(_borders()), st.dates(FIRST_DAY, LAST_DAY))
_AGES = st.one_of(st.tuples(st.sampled_from(_EDGE_AGES), _BESIDE), st.tuples(st.integers(0, 90), st.integers(-364, 0)))
"""How long ago somebody was born: years, and days less or more; often a birthday that a rule asks for."""

_SPANS = st.one_of(st.tuples(st.sampled_from((0, 3)), _BESIDE), st.tuples(st.integers(0, 3), st.integers(-364, 60)))
"""How long ago something was: years, and days less or more."""


def _ago(on: date, span: tuple[int, int]) -> date:
    years, days = span
    same_day = on.replace(year=on.year - years, day=28 if (on.month, on.day) == (2, 29) else on.day)
    return same_day + timedelta(days=days)


def _mostly_first(kind: Choice) -> st.SearchStrategy[str]:
    labels = list(kind.labels)
    return st.sampled_from([labels[0]] * len(labels) + labels)


def _entries(kind: Items, *, complete: bool) -> st.SearchStrategy[list[Data]]:
    fields: dict[str, st.SearchStrategy[Any]] = {
        f.name: _AMOUNTS if isinstance(f.type, Money) else _mostly_first(f.type) for f in kind.fields
    }
    whole = st.fixed_dictionaries(fields)
    required = {f.name for f in kind.fields if f.required}
    partial = st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )
    return st.lists(whole if complete else st.one_of(whole, whole, whole, partial), max_size=2)


@cache
def _values(name: str, *, complete: bool) -> st.SearchStrategy[Any]:
    """Draw a value of a fact's declared type; for a day, how long ago it is."""
    match CATALOG.by_name[name].type:
        case Money() | Quantity():
            return _AMOUNTS
        case Integer(least, most):
            return st.integers(least, min(most, least + 8))
        case YesNo():
            return st.booleans()
        case Choice(labels):
            return st.sampled_from(list(labels))
        case Day():
            return _AGES if name == "birth_date" else _SPANS
        case Digits():
            return st.sampled_from(REGIONS)
        case Items() as kind:
            return _entries(kind, complete=complete)
        case _:
            return st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12)


def _usual(fact: Fact) -> Any:
    """Return what most people would state for a fact: the plainest value of its type; for a day, how long ago."""
    match fact.type:
        case Money() | Quantity():
            return 0
        case Integer(least):
            return least
        case YesNo():
            return fact.name in _USUALLY_TRUE
        case Choice(labels):
            return "none" if "none" in labels else next(iter(labels))
        case Day():
            return (40, 0) if fact.name == "birth_date" else (1, 0)
        case Items():
            return []
        case _:
            return "某"


@cache
def _half(level: Level) -> st.SearchStrategy[set[str]]:
    """Draw about half of the facts of a level, in a single draw."""
    facts = CATALOG.at(level)
    size = (len(facts) + 7) // 8
    masks = st.binary(min_size=size, max_size=size).map(int.from_bytes)
    return masks.map(lambda mask: {fact.name for i, fact in enumerate(facts) if mask >> i & 1})


def _facts(draw: st.DrawFn, level: Level, on: date, given: Mapping[str, Any], *, complete: bool) -> Data:
    """Draw the facts of one household or member: some as usual, some at random, some absent.

    ``complete`` states all that have no presumption and most others; else any may be absent.
    """
    half = _half(level)
    drawn = (draw(half) & draw(half)) | _ALWAYS_DRAWN
    absent = draw(half) & draw(half) & draw(half)
    data = dict(given)
    for fact in CATALOG.at(level):
        left_out = fact.name in absent and not (complete and (fact.presumption is None or fact.name in drawn))
        if fact.name in given or fact.name == "id_number" or (left_out and not fact.required):
            continue
        value = draw(_values(fact.name, complete=complete)) if fact.name in drawn else _usual(fact)
        data[fact.name] = _ago(on, value) if isinstance(fact.type, Day) else value
    return data


def _id_number(born: date, sex: str, index: int) -> str:
    digits = f"522723{born:%Y%m%d}{index:02}{1 if sex == 'male' else 2}"
    return digits + check_character(digits)


_RELATIONS = _values("relation", complete=True)
_OTHERS = st.lists(_RELATIONS.filter(lambda relation: relation != "head"), max_size=5)


def _members(draw: st.DrawFn, on: date, *, complete: bool) -> list[Data]:
    relations = draw(_OTHERS)
    if not relations or draw(st.integers(0, 9)):
        relations.insert(draw(st.integers(0, len(relations))), "head")
    members = []
    for index, relation in enumerate(relations):
        member = _facts(draw, Level.MEMBER, on, {"relation": relation}, complete=complete)
        if "birth_date" in member:
            member["birth_date"] = min(on, member["birth_date"])
            if "sex" in member and not draw(st.integers(0, 3)):
                member["id_number"] = _id_number(member["birth_date"], member["sex"], index)
        members.append(member)
    return members


@st.composite
def households(
    draw: st.DrawFn, *, complete: bool | None = None, region: str | None = None, on: date | None = None
) -> Data:
    """Draw a household of one to six members.

    A ``complete`` one states every fact that has no presumption; None draws one or the other.
    """
    day = on or draw(_DAYS)
    place = region or draw(st.sampled_from(_WEIGHTED_REGIONS))
    states_all = draw(st.booleans()) if complete is None else complete
    data = _facts(draw, Level.HOUSEHOLD, day, {"region": place}, complete=states_all)
    return {**data, "on": day, "members": _members(draw, day, complete=states_all)}


@st.composite
def neighbours(draw: st.DrawFn, most: int) -> list[Data]:
    """Draw households of the same region and day."""
    region, on = draw(st.sampled_from(_WEIGHTED_REGIONS)), draw(_DAYS)
    return draw(st.lists(households(region=region, on=on), min_size=1, max_size=most))
