"""Registered households as somebody may find and see them: masked; an officer sees what the programme needs alone.

Each function raises NotPermittedError where a role may not, NotThereError where a household or place is not in its
region.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import asdict, evolve, field, frozen

from bangfu import Catalog, clock
from bangfu.regions import lies_in
from bangfu_office.access import Action, Actor, NotThereError, duplicates_of, visible_facts
from bangfu_office.forms.read import whole_number
from bangfu_office.registry import Attention, Disagreement, Disclosure, Entry, Page, Query, Record, Registry, Statement
from bangfu_office.registry.listing import Noted, counts
from bangfu_office.sessions.rate_limits import REVEALS

PAGE = 50
_LAST_PAGE = 100_000
_LONGEST_TEXT = 100
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


@frozen
class HouseholdList:
    """A page of the households that were found, names masked, and how many of all of them need attention why.

    ``elsewhere`` says that the region that was asked for is not the actor's, whose own is shown instead.
    """

    query: Query = field(repr=False)
    elsewhere: bool
    found: Page = field(repr=False)
    signs: Mapping[Attention, int]
    page: int
    pages: int
    programmes: Mapping[str, str]


def find_households(actor: Actor, asked: Mapping[str, str]) -> HouseholdList:
    """Return what a search form finds in the actor's region; an input that makes no sense is left out."""
    actor.must(Action.READ)
    registry, today = actor.office.registry, clock.today()
    region, attention = asked.get("region", "").strip(), asked.get("attention", "")
    covered = actor.user.covers(region)
    page = min(max(1, whole_number(asked.get("page", "")) or 1), _LAST_PAGE)
    query = Query(
        region=region if covered else actor.user.region,
        text=asked.get("text", "").strip()[:_LONGEST_TEXT],
        category=asked.get("category", ""),
        programme=actor.programme or asked.get("programme", ""),
        attention=Attention(attention) if attention in set(Attention) else None,
        closed=asked.get("closed") == "1",
        offset=(page - 1) * PAGE,
        limit=PAGE,
    )
    found = registry.find(query, today)
    with registry.database.reading() as connection:
        signs = counts(connection, evolve(query, attention=None), registry.encryption, today)
    rules = actor.office.rulebook.rules((query.region or "000000").ljust(6, "0"), today)
    return HouseholdList(
        query,
        bool(region) and not covered,
        registry.masked_page(found),
        signs,
        page,
        max(1, -(-found.total // PAGE)),
        {programme.code: programme.name for programme in rules.programmes},
    )


def find(actor: Actor, query: Query) -> Page:
    """Return a page of the households that a query finds in the actor's region."""
    actor.must(Action.READ)
    registry, region = actor.office.registry, query.region
    if not actor.user.covers(region):
        if not lies_in(actor.user.region, region):
            raise NotThereError
        region = actor.user.region
    within = evolve(query, region=region, programme=actor.programme or query.programme)
    page = registry.masked_page(registry.find(within, clock.today()))
    return evolve(page, households=tuple(evolve(one, assessed=_noted(actor, one.assessed)) for one in page.households))


def show(actor: Actor, number: str) -> RegisteredHousehold:
    """Return a household, names and ID numbers masked."""
    actor.must(Action.READ)
    return _view(actor, actor.record(number))


def reveal(actor: Actor, number: str, reason: str) -> RegisteredHousehold:
    """Return a household with names and ID numbers in full, and note in the journal who looked.

    Raises:
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
    disagreements = tuple(_masked(one, cover) for one in record.disagreements() if facts is None or one.fact in facts)
    record = cover.record
    data = record.data()
    if facts is not None:
        people = [{name: one[name] for name in one if name in facts} for one in data["members"]]
        data = {name: value for name, value in data.items() if name in facts} | {"members": people}
    return RegisteredHousehold(
        record.number,
        record.version,
        record.closed,
        data,
        tuple(person.id for person in record.members),
        tuple(Former(person.id, person.status) for person in record.former),
        tuple(Recheck(due, reason) for due, reason in record.rechecks),
        disagreements,
        tuple(
            Repeated(found.id_number, found.elsewhere, tuple(RegisteredPlace(*place) for place in found.places))
            for found in duplicates_of(actor, record)
        ),
        _noted(actor, record.assessed),
    )


def _masked(found: Disagreement, cover: Disclosure) -> Disagreement:
    def masked(said: Statement) -> Statement:
        return evolve(said, value=cover.value(found.fact, said.value))

    return evolve(found, counts=masked(found.counts), statements=tuple(map(masked, found.statements)))


def _noted(actor: Actor, assessed: Mapping[str, Any] | None) -> Any:
    """Return what is noted of the last assessment, as far as it is the actor's to see."""
    if assessed is None or actor.programme is None:
        return assessed
    return {name: assessed.get(name) for name in _OF_NO_PROGRAMME}


def history(actor: Actor, number: str, after: int = 0) -> list[EntryView]:
    """Return what was changed of a household, in order; ``after`` is the number of the last entry that is known."""
    actor.whole_record(number)
    registry = actor.office.registry
    return entries_seen(registry, registry.history(number, after=after), actor.reaches)


def entries_seen(
    registry: Registry, entries: Iterable[Entry], named: Callable[[str], bool] = lambda _: False
) -> list[EntryView]:
    """Return entries without values of personal facts and facts nobody declares, texts masked.

    ``named`` says of another household's number, to which somebody moved, whether it may be named.
    """
    return [
        EntryView(
            **asdict(entry, filter=lambda part, _value: part.name not in {"household", "hash", "old", "new"}),
            old=_entry_value(entry, entry.old, registry.catalog, named),
            new=_entry_value(entry, entry.new, registry.catalog, named),
        )
        for entry in registry.masked(entries)
    ]


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
