"""Who is registered already is not registered once more by mistake: whoever does it means it, and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve
from sqlalchemy import delete, insert, select

from bangfu import clock
from bangfu.messages import _, joined
from bangfu_office.registry.errors import AlreadyRegisteredError
from bangfu_office.registry.listing import registered
from bangfu_office.registry.schema import requests
from bangfu_office.registry.work import Work

NEVERTHELESS = _("公民身份号码已登记在另一户，仍然登记")
"""What the journal's reason says, before the reason of whoever meant it; the other household is not named there."""
_LONGEST_REASON = 500


def must_be_new(
    work: Work, members: Sequence[Mapping[str, Any]], *, allowed: Callable[[str], bool], nevertheless: bool = False
) -> None:
    """Refuse a new household that is registered already: its head, or all its people who have ID numbers.

    It is looked up within the work, which nobody else does at the same time: of two equal requests one is refused.

    Args:
        work: the piece of work that registers it.
        members: the facts of its people.
        allowed: says of a division code whether households there may be named; those elsewhere refuse nothing, or
            whoever asks would learn of any ID number whether it is registered, and leave no trace.
        nevertheless: register it all the same; the journal's reason says so.

    Raises:
        AlreadyRegisteredError: it is; names the households.
    """
    numbers = [str(facts["id_number"]) for facts in members if "id_number" in facts]
    heads = [str(facts["id_number"]) for facts in members if facts.get("relation") == "head" and "id_number" in facts]
    found = {number: set(places.numbers) for number, places in _registered(work, numbers, allowed).items()}
    of_all = set.intersection(*(found.get(number, set()) for number in numbers)) if numbers else set()
    _refuse(work, of_all.union(*(found.get(number, ()) for number in heads)), nevertheless=nevertheless)


def must_be_newcomers(
    work: Work,
    number: str,
    joining: Iterable[Mapping[str, Any]],
    *,
    allowed: Callable[[str], bool],
    nevertheless: bool = False,
) -> None:
    """Refuse people who join a household and are registered in another one, which they would have to move from.

    Raises:
        AlreadyRegisteredError: somebody is; otherwise as ``must_be_new``.
    """
    numbers = [str(facts["id_number"]) for facts in joining if "id_number" in facts]
    found = {other for places in _registered(work, numbers, allowed).values() for other in places.numbers}
    _refuse(work, found - {number}, nevertheless=nevertheless)


def _registered(work: Work, numbers: Sequence[str], allowed: Callable[[str], bool]) -> Mapping[str, Any]:
    return registered(work.connection, work.encryption, numbers, allowed=allowed) if numbers else {}


def _refuse(work: Work, households: Iterable[str], *, nevertheless: bool) -> None:
    found = sorted(households)
    if found and not nevertheless:
        raise AlreadyRegisteredError(found)
    if found:
        reason = joined("；", filter(None, (NEVERTHELESS, work.by.reason)))
        work.by = evolve(work.by, reason=reason[:_LONGEST_REASON])


_REMEMBERED = timedelta(days=1)
"""How long a request can come again."""


def answered(work: Work, key: str) -> str | None:
    """Return what the same request was answered before; None where it is the first."""
    return work.connection.execute(select(requests.c.answer).where(requests.c.key == key)).scalar()


def remember(work: Work, key: str, answer: str) -> None:
    """Note what a request is answered; those of another day are forgotten."""
    past = clock.stored(datetime.fromisoformat(work.at) - _REMEMBERED)
    work.connection.execute(delete(requests).where(requests.c.at < past))
    work.connection.execute(insert(requests).values(key=key, answer=answer, at=work.at))
