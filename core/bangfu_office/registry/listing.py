"""Finding households: by text, place, category, programme, or by what needs attention."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypedDict, TypeVar

from attrs import frozen
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, exists, func, or_, select

from bangfu.messages import _
from bangfu_office.masking import masked_id
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
    found = _where(query, encryption, today)
    total = connection.execute(select(func.count()).select_from(households).where(found)).scalar_one()
    due = select(func.min(rechecks.c.due)).where(rechecks.c.household_id == households.c.id).scalar_subquery()
    rows = connection.execute(
        select(households, due.label("due"))
        .where(found)
        .order_by(*_urgency(today))
        .offset(query.offset)
        .limit(query.limit)
    )
    return Page(total, tuple(_listed(row, encryption) for row in rows))


def counts(connection: Connection, query: Query, encryption: FieldEncryption, today: date) -> dict[Attention, int]:
    """Return how many of the households a query finds need attention, by reason."""
    base = _where(query, encryption, today)
    signs = {sign: func.sum(func.coalesce(_as_number(_sign(sign, today)), 0)) for sign in ATTENTION_LABELS}
    row = connection.execute(select(*signs.values()).where(base)).one()
    return {sign: int(value or 0) for sign, value in zip(signs, row, strict=True)}


def _as_number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


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


def _urgency(today: date) -> Iterable[ColumnElement[Any]]:
    yield from (_as_number(_sign(sign, today)).desc() for sign in ATTENTION_LABELS)
    yield households.c.number


def _where(query: Query, encryption: FieldEncryption, today: date) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        households.c.closed.is_not(None) if query.closed else households.c.closed.is_(None)
    ]
    if query.region:
        conditions.append(within(query.region))
    if query.category:
        unknown = query.category == "unknown"
        conditions.append(households.c.category.is_(None) if unknown else households.c.category == query.category)
    if query.programme:
        conditions.append(households.c.programmes.contains(f" {query.programme} ", autoescape=True))
    if query.attention:
        conditions.append(_sign(query.attention, today))
    if query.text.strip():
        conditions.append(_matches(query.text.strip(), encryption))
    return and_(*conditions)


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


@frozen
class Duplicate:
    """One ID number (masked) in several places: the household's number, its region and the person's number.

    ``elsewhere`` says that it stands in further places, which are not told to whoever asks.
    """

    id_number: str
    places: tuple[tuple[str, str, int], ...]
    elsewhere: bool = False


def duplicates(
    connection: Connection,
    encryption: FieldEncryption,
    *,
    household: str | None = None,
    allowed: Callable[[str], bool] | None = None,
) -> list[Duplicate]:
    """Return the ID numbers that stand in more than one household, of one household or in the whole registry.

    ``allowed`` says of a division code whether households there may be named; of others it is said only that there are
    some. What one place has registered is no other place's business.
    """
    at = members.join(households, members.c.household_id == households.c.id)
    here = and_(members.c.status == "present", households.c.closed.is_(None), members.c.id_index.is_not(None))
    twice = select(members.c.id_index).select_from(at).where(here).group_by(members.c.id_index)
    wanted: ColumnElement[bool] = members.c.id_index.in_(twice.having(func.count() > 1))
    if household is not None:
        own = select(members.c.id_index).select_from(at).where(here, households.c.number == household)
        wanted = and_(wanted, members.c.id_index.in_(own))
    columns = (members.c.id_index, members.c.id, members.c.statements, households.c.number, households.c.region)
    rows = connection.execute(select(*columns).select_from(at).where(here, wanted).order_by(members.c.id))
    places: dict[str, list[tuple[str, str, int]]] = {}
    shown: dict[str, str] = {}
    for row in rows:
        places.setdefault(row.id_index, []).append((row.number, row.region, row.id))
        stated = json.loads(row.statements)["id_number"]
        shown[row.id_index] = masked_id(encryption.open(next(iter(stated.values()))[0]))
    return [Duplicate(shown[index], *_told(found, allowed)) for index, found in places.items()]


Place = TypeVar("Place", bound=tuple[Any, ...])


def _told(found: Sequence[Place], allowed: Callable[[str], bool] | None) -> tuple[tuple[Place, ...], bool]:
    """Return of places, whose second part is the region, those that may be named, and whether there are others.

    Whatever is told of where somebody is registered goes through here.
    """
    named = tuple(place for place in found if allowed is None or allowed(place[1]))
    return named, len(named) < len(found)


@frozen
class Registered:
    """Where an ID number is registered: numbers of open households; ``elsewhere``: in some that are not told too."""

    numbers: tuple[str, ...]
    elsewhere: bool = False


def registered(
    connection: Connection,
    encryption: FieldEncryption,
    id_numbers: Collection[str],
    *,
    allowed: Callable[[str], bool] | None,
) -> dict[str, Registered]:
    """Return where people with these ID numbers are, by ID number; who is registered nowhere is not among them.

    ``allowed`` as in ``duplicates``.
    """
    indexes = {encryption.index(number): number for number in id_numbers}
    rows = connection.execute(
        select(members.c.id_index, households.c.number, households.c.region)
        .select_from(members.join(households, members.c.household_id == households.c.id))
        .where(members.c.status == "present", households.c.closed.is_(None), members.c.id_index.in_(indexes))
        .order_by(members.c.id)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for index, number, region in rows:
        found.setdefault(indexes[index], []).append((number, region))
    told = {number: _told(places, allowed) for number, places in found.items()}
    return {number: Registered(tuple(name for name, _ in named), more) for number, (named, more) in told.items()}
