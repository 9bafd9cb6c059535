"""What is done twice by mistake: people registered once more, a request sent again.

Whoever registers people who are registered already means it, and says so. A request that is sent twice (two clicks, a
connection that broke off) is carried out once: whoever asks gives a key of it, and the answer is written in the work's
own transaction, so a second sender, who waits for the writer's turn, finds either all of it or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from attrs import evolve, frozen
from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select

from bangfu import clock
from bangfu.messages import _, joined
from bangfu_office.masking import masked_id
from bangfu_office.registry.errors import AlreadyRegisteredError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.schema import households, members, requests
from bangfu_office.registry.work import Work

NEVERTHELESS = _("公民身份号码已登记在另一户，仍然登记")
"""What the journal's reason says, before the reason of whoever meant it; the other household is not named there."""
_LONGEST_REASON = 500
_REMEMBERED = timedelta(days=1)
"""How long a request can come again."""
Allowed = Callable[[str], bool]
"""Says of a division code whether households there may be named."""


@frozen
class Duplicate:
    """One ID number (masked) in several places: the household's number, its region and the person's number.

    ``elsewhere`` says that it stands in further places, which are not told to whoever asks.
    """

    id_number: str
    places: tuple[tuple[str, str, int], ...]
    elsewhere: bool = False


@frozen
class Registered:
    """Where an ID number is registered: numbers of open households; ``elsewhere``: in some that are not told too."""

    numbers: tuple[str, ...]
    elsewhere: bool = False


def duplicates(
    connection: Connection, encryption: FieldEncryption, household: str | None = None, allowed: Allowed | None = None
) -> list[Duplicate]:
    """Return the ID numbers that stand in more than one household, of one household or in the whole registry.

    Of households that are not ``allowed`` to be named (default: all are) it is said only that there are some. What one
    place has registered is no other place's business.
    """
    several = _people(members.c.id_index).group_by(members.c.id_index).having(func.count() > 1)
    shown = (members.c.id_index, members.c.id, members.c.statements, households.c.number, households.c.region)
    query = _people(*shown).where(members.c.id_index.in_(several))
    if household is not None:
        own = _people(members.c.id_index).where(households.c.number == household)
        query = query.where(members.c.id_index.in_(own))
    places: dict[str, list[tuple[str, str, int]]] = {}
    numbers: dict[str, str] = {}
    for row in connection.execute(query.order_by(members.c.id)):
        places.setdefault(row.id_index, []).append((row.number, row.region, row.id))
        stated = json.loads(row.statements)["id_number"]
        numbers[row.id_index] = masked_id(encryption.open(next(iter(stated.values()))[0]))
    return [Duplicate(numbers[index], *_told(found, allowed)) for index, found in places.items()]


def registered(
    connection: Connection, encryption: FieldEncryption, id_numbers: Collection[str], allowed: Allowed | None
) -> dict[str, Registered]:
    """Return where people with these ID numbers are, by ID number, if anywhere; ``allowed`` as in ``duplicates``."""
    indexes = {encryption.index(number): number for number in id_numbers}
    query = _people(members.c.id_index, households.c.number, households.c.region)
    found: dict[str, list[tuple[str, str]]] = {}
    for row in connection.execute(query.where(members.c.id_index.in_(indexes)).order_by(members.c.id)):
        found.setdefault(indexes[row.id_index], []).append((row.number, row.region))
    told = {number: _told(places, allowed) for number, places in found.items()}
    return {number: Registered(tuple(name for name, _ in named), more) for number, (named, more) in told.items()}


def _people(*columns: ColumnElement[Any]) -> Select[Any]:
    """Return the query of everybody who is in an open household and has an ID number."""
    at = members.join(households, members.c.household_id == households.c.id)
    here = (members.c.status == "present", households.c.closed.is_(None), members.c.id_index.is_not(None))
    return select(*columns).select_from(at).where(*here)


Place = TypeVar("Place", bound=tuple[Any, ...])


def _told(found: Sequence[Place], allowed: Allowed | None) -> tuple[tuple[Place, ...], bool]:
    """Return of places, whose second part is the region, those that may be named, and whether there are others."""
    named = tuple(place for place in found if allowed is None or allowed(place[1]))
    return named, len(named) < len(found)


def must_be_new(
    work: Work, people: Sequence[Mapping[str, Any]], *, allowed: Allowed, nevertheless: bool = False
) -> None:
    """Refuse a new household whose head, or all of whose people with ID numbers, are registered already.

    It is looked up within the work, which nobody else does at the same time: of two equal requests one is refused.
    Those in households that are not ``allowed`` to be named refuse nothing, or whoever asks would learn of any ID
    number whether it is registered, and leave no trace. ``nevertheless``: it is meant; the journal's reason says so.

    Raises:
        AlreadyRegisteredError: it is; names the households.
    """
    numbers = [str(facts["id_number"]) for facts in people if "id_number" in facts]
    heads = [str(facts["id_number"]) for facts in people if facts.get("relation") == "head" and "id_number" in facts]
    places = registered(work.connection, work.encryption, numbers, allowed)
    found = {number: set(known.numbers) for number, known in places.items()}
    of_all = set.intersection(*(found.get(number, set()) for number in numbers)) if numbers else set()
    _refuse(work, of_all.union(*(found.get(number, ()) for number in heads)), nevertheless=nevertheless)


def must_be_newcomers(
    work: Work, number: str, joining: Iterable[Mapping[str, Any]], *, allowed: Allowed, nevertheless: bool = False
) -> None:
    """Refuse people who join a household and are registered in another one, to be moved from; as ``must_be_new``."""
    numbers = [str(facts["id_number"]) for facts in joining if "id_number" in facts]
    places = registered(work.connection, work.encryption, numbers, allowed)
    found = {other for known in places.values() for other in known.numbers}
    _refuse(work, found - {number}, nevertheless=nevertheless)


def _refuse(work: Work, households: Iterable[str], *, nevertheless: bool) -> None:
    found = sorted(households)
    if found and not nevertheless:
        raise AlreadyRegisteredError(found)
    if found:
        reason = joined("；", filter(None, (NEVERTHELESS, work.by.reason)))
        work.by = evolve(work.by, reason=reason[:_LONGEST_REASON])


def answered(work: Work, key: str) -> str | None:
    """Return what the same request was answered before; None where it is the first."""
    return work.connection.execute(select(requests.c.answer).where(requests.c.key == key)).scalar()


def remember(work: Work, key: str, answer: str) -> None:
    """Note what a request is answered; those of another day are forgotten."""
    past = clock.stored(datetime.fromisoformat(work.at) - _REMEMBERED)
    work.connection.execute(delete(requests).where(requests.c.at < past))
    work.connection.execute(insert(requests).values(key=key, answer=answer, at=work.at))
