"""Two households whose people have names that stand nowhere else, so that whoever shows one of them is found out.

Names and numbers stand in everything that somebody can write freely, too: evidence, reasons, the name of an imported
file, why a household was closed or is due for a recheck. One of them died, one moved away, and one is called otherwise
by another source. A test module asks for the fixture by ``pytest_plugins = ["named_households"]``.
PYTEST_DONT_REWRITE: it may import names from here before pytest reads that line.
"""

from __future__ import annotations

import html
import json
import zipfile
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from attrs import frozen

from bangfu import Rulebook, household_from
from bangfu_office.registry import Attribution, FactChange, Registry, Source
from bangfu_office.registry.users import Role
from pdf_text import characters
from web_desk import GUIDING, ON, id_number, wage

OPEN, CLOSED = f"{GUIDING}-000901", f"{GUIDING}-000902"
HEAD, WIFE, SISTER, DEAD, OTHERWISE = "璩翀翯", "亓媺婠", "亓媺婳", "逯馥鬘", "璩翀翙"
NAMES = (HEAD, WIFE, SISTER, DEAD, OTHERWISE)
NUMBERS = [id_number(GUIDING, born, 5) for born in ("1961-07-13", "1963-09-21", "1967-11-02", "1939-01-31")]


def _words(*places: int, also: str = "") -> str:
    said = "、".join([*(NAMES[place] for place in places), *filter(None, [also])])
    name, number = NAMES[places[0]], NUMBERS[places[0]]
    apart = f"（{name[0]} {name[1:]}，{number[:6]} {number[6:]}）"
    return f"{said}的户口簿 {' '.join(NUMBERS[place] for place in places)}{apart}"


WORDS, OF_CLOSED = _words(0, 1, 3, also=OTHERWISE), _words(2, 1)
"""What somebody wrote about either household: of whoever ever lived there."""
MAY = [Role.ASSISTANT, Role.CASEWORKER, Role.REVIEWER, Role.AUDITOR]
DAY = "2026-04-01"


@frozen
class Named:
    """The registry with both households; the numbers of the head and of the assessments of the first."""

    registry: Registry
    head: int
    assessments: tuple[int, ...]


def _person(place: int, relation: str, **facts: Any) -> dict[str, Any]:
    return {"relation": relation, "name": NAMES[place], "id_number": NUMBERS[place], "incomes": [], **facts}


@pytest.fixture
def named(web_registry: Registry, web_rulebook: Rulebook) -> Named:
    """Return both households registered, with names and numbers in whatever is written about them."""
    by = Attribution("王办事员", on=ON, evidence=WORDS, reason=WORDS)
    shared = {"region": GUIDING, "residence": "rural"}
    head = _person(0, "head", employment="employed", insured=True, incomes=wage(600))
    first = {**shared, "registered_poor": True, "members": [head, _person(3, "parent")]}
    second = {**shared, "members": [_person(2, "head"), _person(1, "sibling")]}
    of_closed = Attribution("王办事员", on=ON, evidence=OF_CLOSED, reason=OF_CLOSED)
    for who, number, words, data in ((by, OPEN, WORDS, first), (of_closed, CLOSED, OF_CLOSED, second)):
        with web_registry.work(who) as work:
            work.add(household_from(data, on=ON, catalog=web_rulebook.catalog), number)
            work.recheck(number, date.fromisoformat(DAY), words)
    i, dead = (one.id for one in web_registry.household(OPEN).members)
    moving = web_registry.household(CLOSED).members[1].id
    with web_registry.work(by) as work:
        work.died(OPEN, dead)
    with web_registry.work(Attribution("王办事员", on=ON, evidence=NAMES[1], reason=NUMBERS[1])) as work:
        work.move(CLOSED, moving, OPEN, "spouse")
    with web_registry.work(Attribution("王办事员", Source.IMPORTED, ON, f"{HEAD}{NUMBERS[0]}、{DEAD}.xlsx")) as work:
        work.change(OPEN, [FactChange("name", OTHERWISE, i)])
    for number, on in ((OPEN, ON), (OPEN, date(2026, 3, 2)), (CLOSED, ON)):
        web_registry.assess(number, web_rulebook, by if number == OPEN else of_closed, on)
    with web_registry.work(of_closed) as work:
        work.close(CLOSED, OF_CLOSED)
    return Named(web_registry, i, tuple(made.id for made in web_registry.assessments(OPEN)))


def full_in(answer: httpx.Response) -> set[str]:
    """Return which names (without the first character) and numbers (in their middle) stand in an answer."""
    kind, text = answer.headers.get("content-type", ""), ""
    if kind.startswith("application/pdf"):
        known = set(characters(answer.content))
        return {name for name in NAMES if known.issuperset(name[1:])}
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer.content)) as book:
            text = "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    elif kind.startswith("application/json"):
        text = json.dumps(answer.json(), ensure_ascii=False)
    else:
        text = answer.text
    text = html.unescape(text) + unquote("".join(answer.headers.values()))
    parts = {name: name[1:] for name in NAMES} | {number: number[4:14] for number in NUMBERS}
    return {whole for whole, part in parts.items() if part in text}
