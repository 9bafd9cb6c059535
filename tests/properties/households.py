"""Random households as plain data, drawn from the declared facts, so that a new fact is covered by being declared."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bangfu import (
    Catalog,
    Choice,
    Choices,
    Day,
    Digits,
    Fact,
    Household,
    Integer,
    Items,
    Level,
    Money,
    Parameter,
    Plan,
    Quantity,
    Ratio,
    Rulebook,
    YesNo,
    frames_of,
    household_from,
    make_plan,
)
from bangfu.files.id_number import check_character

Data = dict[str, Any]
"""A household as a file holds it: what ``bangfu.household_from`` takes."""

INSTALLED = Rulebook.load()
CATALOG: Catalog = INSTALLED.catalog
CONFIGURED = {"210102": False, "210202": True}
"""Regions for which a pack made here sets every parameter, each with its first or its last possible value."""

REGIONS = ("522723102201", "610625101", "340123", "450102", "620102", "220102", *CONFIGURED)
_WEIGHTED_REGIONS = (*REGIONS, "610625101", "340123", *CONFIGURED, *CONFIGURED)
"""Places that set a dibao standard come more often, for there more is decided."""

_FIRST, _LAST = date(2008, 1, 1), date(2026, 12, 31)
_ALWAYS_DRAWN = {"birth_date", "expenses", "incomes", "residence"}
_USUALLY_TRUE = {"assets_within_limits", "lives_together", "registered_poor"}
_DAY = timedelta(days=1)
_DAYS_IN_FOUR_YEARS = 1461
_EDGE_AGES = (0, 3, 6, 16, 18, 24, 25, 60, 70)
_LARGEST = Decimal("9999999999.99")
_IN_FORCE = {
    *((entry.start, entry.until) for pack in INSTALLED.packs for entry in pack.entries),
    *((row.start, row.until) for pack in INSTALLED.packs for row in pack.rows),
}


TIMES = int(os.environ.get("PROPERTY_TIMES", "1"))
"""How many times as many examples to try as in a usual run."""


def examples(number: int) -> settings:
    """Return the settings of a test that tries so many examples."""
    return settings(max_examples=number * TIMES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def household_of(data: Data) -> Household:
    """Return the household of plain data."""
    return household_from(data, catalog=CATALOG)


def plan_of(data: Data) -> Plan:
    """Return the plan of a household of plain data."""
    return make_plan(household_of(data), RULEBOOK)


def explained(households: Sequence[Household]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frames of households of one region and day and of their members, with all columns of plans."""
    frames = frames_of(households, CATALOG)
    ruleset = RULEBOOK.rules(households[0].region, households[0].on)
    return ruleset.assess(frames.households, frames.members, explain=True)


def _borders() -> list[date]:
    """Return the first and last days on which any part of any pack is in force, and the days beside them."""
    starts = {start for start, _ in _IN_FORCE if start}
    ends = {end for _, end in _IN_FORCE if end}
    days = {start - _DAY for start in starts} | starts | ends | {end + _DAY for end in ends}
    return sorted(day for day in days if _FIRST <= day <= _LAST)


def _edge_amounts() -> list[Decimal]:
    """Return the lines that packs set for a year, for up to four people and times each multiple, give or take a fen."""
    entries = [entry for pack in INSTALLED.packs for entry in pack.entries]
    multiples = {entry.value for entry in entries if isinstance(entry.parameter.type, Ratio)} | {Decimal(1)}
    money = {Decimal(entry.year_value) for entry in entries if isinstance(entry.parameter.type, Money)}
    lines = {amount * people * multiple for amount in money for people in range(1, 5) for multiple in multiples}
    fen = Decimal("0.01")
    around = {(line + by).quantize(fen) for line in lines for by in (-fen, Decimal(0), fen)}
    return sorted(amount for amount in around | {Decimal(0), fen} if amount >= 0)


def _as_written(amount: Decimal) -> st.SearchStrategy[int | Decimal | str]:
    """Draw how an amount is written: as a number or as a string."""
    forms: list[int | Decimal | str] = [amount, str(amount)]
    return st.sampled_from([*forms, int(amount)] if amount == int(amount) else forms)


AMOUNTS = st.one_of(
    st.sampled_from(_edge_amounts()),
    st.integers(0, 20_000).map(Decimal),
    st.decimals(0, 200_000, places=2),
).flatmap(_as_written)
DATES = st.one_of(st.sampled_from(_borders()), st.dates(_FIRST, _LAST))


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


@st.composite
def _births(draw: st.DrawFn, on: date) -> date:
    """Draw a birth date not after ``on``, often on a birthday that a rule asks for or next to it."""
    age = draw(st.one_of(st.sampled_from(_EDGE_AGES), st.integers(0, 90)))
    shift = draw(st.one_of(st.sampled_from((-1, 0, 1)), st.integers(-364, 0)))
    return min(on, _years_before(on, age) + timedelta(days=shift))


def _days_near(on: date) -> st.SearchStrategy[date]:
    near = st.integers(-60, _DAYS_IN_FOUR_YEARS).map(lambda days: on - timedelta(days=days))
    edges = [_years_before(on, years) + timedelta(days=by) for years in (0, 3) for by in (-1, 0, 1)]
    return st.one_of(st.sampled_from(edges), near)


def _entries(kind: Items, *, complete: bool) -> st.SearchStrategy[list[Data]]:
    fields = {
        f.name: AMOUNTS if isinstance(f.type, Money) else st.sampled_from(list(f.type.labels)) for f in kind.fields
    }
    whole = st.fixed_dictionaries(fields)
    required = {f.name for f in kind.fields if f.required}
    partial = st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )
    entry = whole if complete else st.one_of(whole, whole, whole, partial)
    return st.lists(entry, max_size=2)


def _mostly_first(kind: Choice) -> st.SearchStrategy[str]:
    labels = list(kind.labels)
    return st.sampled_from([labels[0]] * len(labels) + labels)


def _values(fact: Fact, on: date, *, complete: bool) -> st.SearchStrategy[Any]:
    """Draw a value of a fact's declared type."""
    match fact.type:
        case Money() | Quantity():
            return AMOUNTS
        case Integer(least, most):
            return st.integers(least, min(most, least + 8))
        case YesNo():
            return st.booleans()
        case Choice(labels):
            return st.sampled_from(list(labels))
        case Day():
            return _births(on) if fact.name == "birth_date" else _days_near(on)
        case Digits():
            return st.sampled_from(REGIONS)
        case Items():
            return _entries(fact.type, complete=complete)
        case _:
            return st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12)


def _id_number(born: date, sex: str, index: int) -> str:
    digits = f"522723{born:%Y%m%d}{index:02}{1 if sex == 'male' else 2}"
    return digits + check_character(digits)


def _usual(fact: Fact, on: date) -> Any:
    """Return what most people would state for a fact: the plainest value of its type."""
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
            return _years_before(on, 40 if fact.name == "birth_date" else 1)
        case Items():
            return []
        case _:
            return "某"


def _some(facts: Sequence[Fact]) -> st.SearchStrategy[set[str]]:
    """Draw about half of the facts, in a single draw."""
    size = (len(facts) + 7) // 8
    masks = st.binary(min_size=size, max_size=size).map(int.from_bytes)
    return masks.map(lambda mask: {fact.name for i, fact in enumerate(facts) if mask >> i & 1})


@st.composite
def _facts(draw: st.DrawFn, level: Level, on: date, *, complete: bool, given: Mapping[str, Any]) -> Data:
    """Draw the facts of one household or member: some as usual, some at random, some absent.

    ``complete`` states all that have no presumption and most others; else any may be absent.
    """
    facts = [fact for fact in CATALOG.at(level) if fact.name not in given and fact.name != "id_number"]
    drawn = (draw(_some(facts)) & draw(_some(facts))) | _ALWAYS_DRAWN
    absent = draw(_some(facts)) & draw(_some(facts)) & draw(_some(facts))
    data = dict(given)
    for fact in facts:
        left_out = fact.name in absent and not (complete and (fact.presumption is None or fact.name in drawn))
        if fact.required or not left_out:
            data[fact.name] = draw(_values(fact, on, complete=complete)) if fact.name in drawn else _usual(fact, on)
    return data


@st.composite
def _members(draw: st.DrawFn, on: date, *, complete: bool) -> list[Data]:
    relations = [r for r in _choices("relation") if r != "head"]
    others = draw(st.lists(st.sampled_from(relations), max_size=5))
    if not others or draw(st.integers(0, 9)):
        others.insert(draw(st.integers(0, len(others))), "head")
    members = []
    for index, relation in enumerate(others):
        member = draw(_facts(Level.MEMBER, on, complete=complete, given={"relation": relation}))
        if {"birth_date", "sex"} <= member.keys() and not draw(st.integers(0, 3)):
            member["id_number"] = _id_number(member["birth_date"], member["sex"], index)
        members.append(member)
    return members


def _choices(fact: str) -> list[str]:
    kind = CATALOG.by_name[fact].type
    assert isinstance(kind, Choice)
    return list(kind.labels)


@st.composite
def households(
    draw: st.DrawFn,
    *,
    complete: bool = False,
    region: str | None = None,
    on: date | None = None,
) -> Data:
    """Draw a household of one to six members; a ``complete`` one states every fact that has no presumption."""
    day = on or draw(DATES)
    place = region or draw(st.sampled_from(_WEIGHTED_REGIONS))
    data = draw(_facts(Level.HOUSEHOLD, day, complete=complete, given={"region": place}))
    return {**data, "on": day, "members": draw(_members(day, complete=complete))}


@st.composite
def neighbours(draw: st.DrawFn, most: int) -> list[Data]:
    """Draw households of the same region and day."""
    region, on = draw(st.sampled_from(_WEIGHTED_REGIONS)), draw(DATES)
    return draw(st.lists(households(region=region, on=on), min_size=1, max_size=most))


def presumed_by_absence() -> dict[str, str]:
    """Return each fact whose very absence decides a presumption, with the fact that is presumed.

    So is a disability's kind presumed where no grade would tell of one: a grade stated later may take back what was
    presumed, so that less is decided than before.
    """
    bare = {"region": REGIONS[0], "on": _LAST, "members": [{"relation": "head"}]}
    frames = explained([household_of(bare)])
    rows = [frame.row(0, named=True) for frame in frames]
    presumed = [
        (fact, fact.presumption)
        for level, row in zip((Level.HOUSEHOLD, Level.MEMBER), rows, strict=True)
        for fact in CATALOG.at(level)
        if fact.presumption and row.get(fact.presumed_columns[0]) is not None
    ]
    return {
        root: fact.name
        for fact, presumption in presumed
        for root in presumption.value.meta.root_names()
        if root in CATALOG.by_column
    }


def _with_everything_set() -> Rulebook:
    """Return the rulebook of the installed programmes with packs that set every parameter for ``CONFIGURED``."""
    with TemporaryDirectory() as folder:
        for region, last in CONFIGURED.items():
            Path(folder, f"{region}.toml").write_text(_pack_of_everything(region, last=last), encoding="utf-8")
        return Rulebook.load([folder])


def _pack_of_everything(region: str, *, last: bool) -> str:
    """Return a pack (TOML) that sets every declared parameter which the nation leaves open.

    Args:
        region: the pack's region.
        last: set the last of the possible choices instead of the first.
    """
    nation = INSTALLED.policy(region, _FIRST).entries
    lines = [f'[pack]\nregion = "{region}"\nname = "Everything"\nsource = "test"\n[parameters]']
    lines += [_setting(p, last=last) for name, p in INSTALLED.parameters.items() if name not in nation]
    return "\n".join(lines) + "\n"


def _setting(parameter: Parameter, *, last: bool) -> str:
    match parameter.type:
        case Money():
            value, per = ('"450.00"', "month") if last else ("5400", "year")
            written = f'{value}, per = "{per}"' if parameter.periodic else "20000"
        case Ratio():
            written = "0.35" if last else "0.6"
        case Integer():
            written = "2" if last else "1"
        case YesNo():
            written = "false" if last else "true"
        case Choice(labels):
            written = f'"{list(labels)[-1 if last else 0]}"'
        case Choices(labels):
            written = str([*labels][:-1] if last else [*labels][1:])
    return f'"{parameter.name}" = {{ value = {written} }}'


RULEBOOK = _with_everything_set()
