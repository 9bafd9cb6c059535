"""What is known of a household and from whom, how a fact came to be so, and everything that was ever changed.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import field, frozen

from bangfu import Catalog, Fact
from bangfu_office.access import Action, Actor, NotPermittedError, NotThereError, duplicates_of, visible_facts
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.registry import COUNTING_RULE, Duplicate, Entry, Record, Statement, counting
from bangfu_office.registry.sources import Statements


@frozen
class SourcedFact:
    """A fact as every source states it; ``declared`` is None where its plugin is not installed."""

    name: str
    declared: Fact | None
    statements: Statements = field(repr=False)

    @property
    def counts(self) -> Statement | None:
        """The statement that is used."""
        return counting(self.statements)


Subjects = Mapping[int, Sequence[SourcedFact]]


@frozen
class HouseholdView:
    """What may be seen of a household (0) and of each of its members, by the registry's numbers."""

    shown: RevealedRecord
    subjects: Subjects
    duplicates: list[Duplicate]
    rule: str = COUNTING_RULE


@frozen
class FactHistory:
    """What every source states of a fact, and the entries of the journal by which it came to that."""

    shown: RevealedRecord
    fact: SourcedFact
    entries: list[Entry]
    rule: str = COUNTING_RULE


@frozen
class HouseholdHistory:
    """Everything that was ever changed of a household, the newest first.

    ``places`` are the members' places by the registry's numbers: by these they are known on every other page.
    """

    shown: RevealedRecord
    entries: list[Entry]
    places: Mapping[int, int]
    catalog: Catalog


def show_household(actor: Actor, number: str) -> HouseholdView:
    """Return what the actor may see of a household."""
    actor.must(Action.READ)
    record = actor.record(number)
    shown, visible = shown_to(actor, record), visible_facts(actor, record)
    subjects = _subjects(shown.record, actor.office.rulebook.catalog, visible)
    return HouseholdView(shown, subjects, duplicates_of(actor, record))


def fact_history(actor: Actor, number: str, person: int, name: str) -> FactHistory:
    """Return the history of a fact of a member, by the registry's number, or (0) of the household.

    Raises:
        NotPermittedError: the role may not, or the fact is none that its programme works with.
        NotThereError: there is no such household in the actor's region, or nobody states this of it.
    """
    actor.must(Action.READ)
    record = actor.record(number)
    shown, visible = shown_to(actor, record), visible_facts(actor, record)
    facts = {fact.name: fact for fact in _subjects(shown.record, actor.office.rulebook.catalog).get(person, ())}
    if name not in facts:
        raise NotThereError
    if visible is not None and name not in visible:
        raise NotPermittedError
    entries = [
        shown.cover.entry(entry)
        for entry in actor.office.registry.history(number)
        if entry.member == (person or None) and (entry.fact == name or entry.operation in {"opened", "joined"})
    ]
    return FactHistory(shown, facts[name], entries)


def household_history(actor: Actor, number: str) -> HouseholdHistory:
    """Return everything that was ever changed of a household."""
    record = actor.whole_record(number)
    shown = shown_to(actor, record)
    entries = [shown.cover.entry(entry) for entry in reversed(actor.office.registry.history(number))]
    places = {person.id: place for place, person in enumerate(record.members, start=1)}
    return HouseholdHistory(shown, entries, places, actor.office.rulebook.catalog)


def _subjects(record: Record, catalog: Catalog, visible: frozenset[str] | None = None) -> Subjects:
    stated = {0: record.statements} | {person.id: person.statements for person in record.members}
    return {
        person: [
            SourcedFact(name, catalog.by_name.get(name), statements)
            for name, statements in facts.items()
            if visible is None or name in visible
        ]
        for person, facts in stated.items()
    }
