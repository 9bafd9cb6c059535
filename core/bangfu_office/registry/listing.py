"""Finding households: by text, place, category, programme, or by what needs attention."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select

from bangfu.messages import _
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.schema import households, members, rechecks, within


class Attention(StrEnum):
    """Why a household needs to be looked at."""

    UNASSESSED = "unassessed"
    UNDETERMINED = "undetermined"
    MISSING = "missing"
    DISAGREEING = "disagreeing"
    DUE = "due"


ATTENTION_LABELS = {
    Attention.DUE: _("复核到期"),
    Attention.UNDETERMINED: _("类别未定"),
    Attention.MISSING: _("缺事实"),
    Attention.DISAGREEING: _("来源不一"),
    Attention.UNASSESSED: _("尚未评估"),
}


@frozen
class Query:
    """What to look for; every condition that is given must hold.

    ``region`` is a prefix of division codes; ``text`` a household number, an ID number or a person's name
    (part of it, where names are not sealed); ``category`` and ``programme`` are of the last assessment.
    ``offset`` and ``limit`` choose the page.
    """

    region: str = ""
    text: str = ""
    category: str = ""
    programme: str = ""
    attention: Attention | None = None
    closed: bool = False
    offset: int = 0
    limit: int = 50


class Noted(TypedDict, total=False):
    """What is noted of the last assessment, as far as somebody may see it; sums are amounts as texts."""

    id: int
    on: str
    category: str | None
    candidates: list[str]
    year: str
    once: str
    programmes: list[str]
    undetermined: int
    missing: int


@frozen
class Listed:
    """A household in a list; ``head`` is the head's name, ``due`` the earliest recheck."""

    number: str
    region: str
    head: str
    size: int
    category: str | None
    assessed: Noted | None
    disagreements: int
    due: str | None
    changed_at: str
    closed: str | None


@frozen
class Page:
    """A part of what was found, and how many there are in all."""

    total: int
    households: tuple[Listed, ...]


def find(connection: Connection, encryption: FieldEncryption, query: Query, today: date) -> Page:
    """Return a page of the households a query finds, those that need attention first."""
    found = tuple(_conditions(query, encryption, today))
    total = connection.execute(select(func.count()).select_from(households).where(*found)).scalar_one()
    due = select(func.min(rechecks.c.due)).where(rechecks.c.household_id == households.c.id).scalar_subquery()
    urgent = (*(sign.desc() for sign in _signs(today)), households.c.number)
    page = select(households, due.label("due")).where(*found).order_by(*urgent).offset(query.offset).limit(query.limit)
    return Page(total, tuple(_listed(row, encryption) for row in connection.execute(page)))


def counts(connection: Connection, query: Query, encryption: FieldEncryption, today: date) -> dict[Attention, int]:
    """Return how many of the households a query finds need attention, by reason."""
    sums = select(*map(func.sum, _signs(today))).where(*_conditions(query, encryption, today))
    row = connection.execute(sums).one()
    return {sign: int(value or 0) for sign, value in zip(ATTENTION_LABELS, row, strict=True)}


def _signs(today: date) -> list[ColumnElement[int]]:
    """Return of every reason for attention, the most urgent first, whether it is there: 1 or 0."""
    return [case((_sign(sign, today), 1), else_=0) for sign in ATTENTION_LABELS]


def _sign(sign: Attention, today: date) -> ColumnElement[bool]:
    match sign:
        case Attention.UNASSESSED:
            return households.c.assessed.is_(None)
        case Attention.UNDETERMINED:
            return and_(households.c.assessed.is_not(None), households.c.category.is_(None))
        case Attention.MISSING:
            return households.c.missing > 0
        case Attention.DISAGREEING:
            return households.c.disagreements > 0
        case Attention.DUE:
            return exists().where(rechecks.c.household_id == households.c.id, rechecks.c.due <= today.isoformat())


def _conditions(query: Query, encryption: FieldEncryption, today: date) -> Iterator[ColumnElement[bool]]:
    yield households.c.closed.is_not(None) if query.closed else households.c.closed.is_(None)
    if query.region:
        yield within(query.region)
    if query.category:
        yield (
            households.c.category.is_(None) if query.category == "unknown" else households.c.category == query.category
        )
    if query.programme:
        yield households.c.programmes.contains(f" {query.programme} ", autoescape=True)
    if query.attention:
        yield _sign(query.attention, today)
    if query.text.strip():
        yield _matches(query.text.strip(), encryption)


def _matches(text: str, encryption: FieldEncryption) -> ColumnElement[bool]:
    index = encryption.index(text.upper())
    person = [members.c.id_index == index, members.c.name_index == encryption.index(text)]
    if not encryption.sealing:
        person.append(members.c.name.contains(text, autoescape=True))
    found: Select[tuple[int]] = select(members.c.household_id).where(members.c.status == "present", or_(*person))
    return or_(households.c.number.contains(text, autoescape=True), households.c.id.in_(found))


def _listed(row: Row[Any], encryption: FieldEncryption) -> Listed:
    return Listed(
        row.number,
        row.region,
        encryption.open(row.head),
        row.size,
        row.category,
        None if row.assessed is None else json.loads(row.assessed),
        row.disagreements,
        row.due,
        row.changed_at,
        encryption.opened(row.closed),
    )
