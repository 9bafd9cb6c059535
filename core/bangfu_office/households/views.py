"""Registered households as somebody may see them: masked, and an officer sees what his or her programme needs alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from attrs import asdict, evolve, field, frozen

from bangfu import Catalog, clock
from bangfu.regions import lies_in
from bangfu_office.access import Action, Actor, NotThereError, duplicates_of, visible_facts
from bangfu_office.registry import (
    Disagreement,
    Disclosure,
    Duplicate,
    Entry,
    Page,
    Query,
    Record,
    Registry,
    Statement,
)
from bangfu_office.registry.listing import Noted
from bangfu_office.sessions.rate_limits import REVEALS

_OF_NO_PROGRAMME = ("id", "on", "category", "candidates")
"""What an officer sees of an assessment; sums over all programmes are not an officer's."""


@frozen
class Former:
    """Somebody who belonged to the household, and whether he or she left or died."""

    member: int
    status: str


@frozen
class Recheck:
    """When the household has to be looked at again, and why."""

    due: str
    reason: str


@frozen
class RegisteredPlace:
    """A household in which an ID number stands, and whose there."""

    number: str
    region: str
    member: int


@frozen
class Repeated:
    """An ID number (masked) that is registered again; ``elsewhere``: in places that are not told, too."""

    id_number: str
    elsewhere: bool
    places: tuple[RegisteredPlace, ...]

    @classmethod
    def of(cls, found: Duplicate) -> Repeated:
        """Return what may be told of a duplicate."""
        return cls(found.id_number, found.elsewhere, tuple(RegisteredPlace(*place) for place in found.places))


@frozen
class RegisteredHousehold:
    """A household as it may be seen: ``data`` as a household file holds it, ``members`` the numbers of its people."""

    number: str
    version: int
    closed: str | None
    data: Mapping[str, Any] = field(repr=False)
    members: tuple[int, ...]
    former: tuple[Former, ...]
    rechecks: tuple[Recheck, ...]
    disagreements: tuple[Disagreement, ...]
    duplicates: tuple[Repeated, ...]
    assessed: Noted | None


@frozen
class EntryView:
    """An entry of the journal as it may be seen: old and new values as data, none of personal facts."""

    seq: int
    at: str
    who: str
    operation: str
    version: int | None
    member: int | None
    fact: str | None
    old: Any = field(repr=False)
    new: Any = field(repr=False)
    source: str | None
    observed_on: str | None
    evidence: str | None
    reason: str | None


def find(actor: Actor, query: Query) -> Page:
    """Return a page of the households that a query finds in the actor's region.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: the query names a region elsewhere.
    """
    actor.must(Action.READ)
    registry, programme = actor.office.registry, actor.programme or query.programme
    within = evolve(query, region=_region(actor, query.region), programme=programme)
    page = registry.masked_page(registry.find(within, clock.today()))
    return evolve(page, households=tuple(evolve(one, assessed=_noted(actor, one.assessed)) for one in page.households))


def _region(actor: Actor, region: str) -> str:
    """Return the region to look in: the asked one where it lies in the user's, the user's where it holds that."""
    if actor.user.covers(region):
        return region
    if lies_in(actor.user.region, region):
        return actor.user.region
    raise NotThereError


def show(actor: Actor, number: str) -> RegisteredHousehold:
    """Return a household, names and ID numbers masked.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: there is none in the actor's region.
    """
    actor.must(Action.READ)
    return _view(actor, actor.record(number))


def reveal(actor: Actor, number: str, reason: str) -> RegisteredHousehold:
    """Return a household with names and ID numbers in full, and note in the journal who looked.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: there is none in the actor's region.
        TooManyRequestsError: the user looked at too many.
    """
    actor.must(Action.REVEAL)
    record = actor.record(number)
    actor.office.spend(actor.user, REVEALS)
    with actor.office.registry.work(actor.attribution(reason=reason)) as work:
        work.note("seen", number, new={"what": "identity"})
    return _view(actor, record, revealed=True)


def _view(actor: Actor, record: Record, *, revealed: bool = False) -> RegisteredHousehold:
    facts = visible_facts(actor, record)
    cover = actor.office.registry.cover(record, shown=revealed)
    # Of two names that look alike masked, it is still said that they differ.
    disagreements = tuple(_masked(found, cover) for found in record.disagreements() if may_see(facts, found.fact))
    record = cover.record
    data = {name: value for name, value in record.data().items() if name == "members" or may_see(facts, name)}
    data["members"] = [{fact: one[fact] for fact in one if may_see(facts, fact)} for one in data["members"]]
    return RegisteredHousehold(
        record.number,
        record.version,
        record.closed,
        data,
        tuple(person.id for person in record.members),
        tuple(Former(person.id, person.status) for person in record.former),
        tuple(Recheck(due, reason) for due, reason in record.rechecks),
        disagreements,
        tuple(map(Repeated.of, duplicates_of(actor, record))),
        _noted(actor, record.assessed),
    )


def _masked(found: Disagreement, cover: Disclosure) -> Disagreement:
    def masked(said: Statement) -> Statement:
        return evolve(said, value=cover.value(found.fact, said.value))

    return evolve(found, counts=masked(found.counts), statements=tuple(map(masked, found.statements)))


def may_see(facts: Collection[str] | None, name: str) -> bool:
    """Return whether a fact is among those that somebody may see (None: all)."""
    return facts is None or name in facts


def _noted(actor: Actor, assessed: Mapping[str, Any] | None) -> Any:
    """Return what is noted of the last assessment, as far as it is the actor's to see."""
    if assessed is None or actor.programme is None:
        return assessed
    return {name: assessed.get(name) for name in _OF_NO_PROGRAMME}


def history(actor: Actor, number: str, after: int = 0) -> list[EntryView]:
    """Return what was changed of a household, in order; ``after`` is the number of the last entry that is known.

    Raises:
        NotPermittedError: the role may not, or sees one programme alone.
        NotThereError: there is none in the actor's region.
    """
    actor.whole_record(number)
    registry = actor.office.registry
    return entries_seen(registry, registry.history(number, after=after), actor.reaches)


def entries_seen(
    registry: Registry, entries: Iterable[Entry], named: Callable[[str], bool] = lambda _: False
) -> list[EntryView]:
    """Return entries without values of personal facts and facts nobody declares, texts masked.

    ``named`` says of another household's number, to which somebody moved, whether it may be named.
    """
    return [_entry(entry, registry.catalog, named) for entry in registry.masked(entries)]


def _entry(entry: Entry, catalog: Catalog, named: Callable[[str], bool]) -> EntryView:
    old, new = (_entry_value(entry, written, catalog, named) for written in (entry.old, entry.new))
    said = {name: value for name, value in asdict(entry).items() if name not in {"household", "hash"}}
    return EntryView(**said | {"old": old, "new": new})


def _entry_value(entry: Entry, written: str | None, catalog: Catalog, named: Callable[[str], bool]) -> Any:
    if written is None or (entry.fact is not None and _hidden(entry.fact, catalog)):
        return None
    value = json.loads(written)
    if entry.operation in {"opened", "joined"}:
        shown = {fact: stated for fact, stated in value["statements"].items() if not _hidden(fact, catalog)}
        return {**value, "statements": shown}
    if entry.operation == "left" and "to" in value and not named(value["to"]):
        return {key: part for key, part in value.items() if key != "to"}
    return value


def _hidden(fact: str, catalog: Catalog) -> bool:
    declared = catalog.by_name.get(fact)
    return declared is None or declared.personal
