"""Made-up households, clerks and what they do, for the tests of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bangfu import Catalog, Household, household_from
from bangfu.facts import CORE_FACTS
from bangfu_office.registry import Attribution, Record, Registry, Source, Work

REGION = "522723102201"
DAY = date(2026, 3, 1)
KEY = "a key made up for tests"

HEAD = {"relation": "head", "name": "石大山", "id_number": "522723198003150016"}
WIFE = {"relation": "spouse", "name": "韦春梅", "id_number": "522723198202280024"}
CHILD = {"relation": "child", "name": "石小岩", "id_number": "522723201512310035"}
MOTHER = {"relation": "parent", "name": "罗桂英", "id_number": "522723195506010046"}
SINGLE = {"relation": "head", "name": "莫长林", "id_number": "522723199009090055"}
"""Nobody has these numbers: the check characters are right, the people are invented."""


def clerk(source: Source = Source.DECLARED, on: date = DAY, who: str = "王办事员", **more: str) -> Attribution:
    """Return who does it: a clerk, on somebody's word, on a day."""
    return Attribution(who, source, on, **more)


def family(*members: Mapping[str, Any], catalog: Catalog = CORE_FACTS, **facts: Any) -> Household:
    """Return the household of these people, of a head alone where none are given."""
    data = {"region": REGION, "on": DAY, "members": [dict(member) for member in members or (HEAD,)], **facts}
    return household_from(data, catalog=catalog)


def done(registry: Registry, *steps: Callable[[Work], Any], by: Attribution | None = None) -> list[Any]:
    """Do some steps as one piece of work and return what each of them returned."""
    with registry.work(by or clerk()) as work:
        return [step(work) for step in steps]


def added(registry: Registry, *members: Mapping[str, Any], by: Attribution | None = None, **facts: Any) -> str:
    """Add a household in a piece of work of its own and return its number."""
    household = family(*members, catalog=registry.catalog, **facts)
    return str(done(registry, lambda work: work.add(household), by=by)[0])


def names(record: Record) -> dict[str, str]:
    """Return everybody's name and relation, in order."""
    return {person.facts["name"]: person.facts["relation"] for person in record.members}


def member(registry: Registry, number: str, name: str) -> int:
    """Return the number of the person of this name."""
    return next(person.id for person in registry.household(number).members if person.facts["name"] == name)


def operations(registry: Registry, number: str) -> list[str]:
    """Return what the journal says was done with a household."""
    return [entry.operation for entry in registry.history(number)]
