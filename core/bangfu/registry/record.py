"""A household as the registry knows it: for reading, every source beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from bangfu.facts import Catalog
from bangfu.files import household_from
from bangfu.household import Household
from bangfu.registry.sources import Statement, Statements, counting, disagree
from bangfu.registry.state import Facts, HouseholdState, MemberState
from bangfu.registry.vault import Vault


@frozen
class Person:
    """A member with the number the registry knows the person by; ``facts`` are the values that count."""

    id: int
    status: str
    facts: Mapping[str, Any] = field(repr=False)
    statements: Mapping[str, Statements] = field(repr=False)


@frozen
class Disagreement:
    """A fact of which the sources state different values; ``counts`` is the one that is used."""

    member: int | None
    fact: str
    counts: Statement = field(repr=False)
    statements: tuple[Statement, ...] = field(repr=False)


@frozen
class Record:
    """A household at one moment.

    ``facts`` are the values that count, as a household file writes them; ``statements`` says for every
    fact what each source states. ``foreign`` names facts of plugins that are not installed: they
    are kept and play no part. ``former`` are people who left or died.
    """

    number: str
    version: int
    closed: str | None
    facts: Mapping[str, Any] = field(repr=False)
    statements: Mapping[str, Statements] = field(repr=False)
    members: tuple[Person, ...]
    former: tuple[Person, ...]
    rechecks: tuple[tuple[str, str], ...]
    assessed: Mapping[str, Any] | None
    foreign: tuple[tuple[int | None, str], ...]
    _catalog: Catalog = field(repr=False)

    def data(self, on: date | None = None) -> dict[str, Any]:
        """Return the household as a household file holds it, without the facts nobody declares now."""
        known = self._catalog.by_name
        members = [{name: v for name, v in person.facts.items() if name in known} for person in self.members]
        data = {name: value for name, value in self.facts.items() if name in known}
        return data | {"members": members} | ({"on": on.isoformat()} if on else {})

    def household(self, on: date | None = None) -> Household:
        """Return the household to be assessed for a day (default: today).

        Raises:
            InputError: what is stored does not fit together on that day, such as a birth after it.
        """
        return household_from(self.data(), source=self.number, on=on or date.today(), catalog=self._catalog)

    def disagreements(self) -> Iterator[Disagreement]:
        """Yield the facts about which the sources disagree."""
        subjects = [(None, self.statements), *((person.id, person.statements) for person in self.members)]
        for member, statements in subjects:
            for fact, stated in statements.items():
                counts = counting(stated)
                if counts is not None and disagree(stated):
                    yield Disagreement(member, fact, counts, tuple(stated.values()))


def record_of(state: HouseholdState, catalog: Catalog, vault: Vault) -> Record:
    """Return the record of a state, personal values opened.

    Raises:
        RegistryError: they are sealed with another key, or there is none.
    """
    people = [_person(member, vault) for member in sorted(state.members.values(), key=lambda m: (m.place, m.id))]
    statements = _all_opened(state.statements, vault)
    subjects = [(None, statements), *((person.id, person.statements) for person in people)]
    return Record(
        state.number,
        state.version,
        state.closed,
        counting_values(statements),
        statements,
        tuple(person for person in people if person.status == "present"),
        tuple(person for person in people if person.status != "present"),
        tuple(sorted(state.rechecks)),
        state.assessed,
        tuple((member, fact) for member, stated in subjects for fact in stated if fact not in catalog.by_name),
        catalog,
    )


def counting_values(statements: Mapping[str, Statements]) -> dict[str, Any]:
    """Return the values that count."""
    return {fact: counts.value for fact, stated in statements.items() if (counts := counting(stated)) is not None}


def _person(member: MemberState, vault: Vault) -> Person:
    statements = _all_opened(member.statements, vault)
    return Person(member.id, member.status, counting_values(statements), statements)


def _all_opened(facts: Facts, vault: Vault) -> dict[str, Statements]:
    return {
        fact: {source: opened(statement, vault) for source, statement in stated.items()}
        for fact, stated in facts.items()
    }


def opened(statement: Statement, vault: Vault) -> Statement:
    """Return a statement with a sealed value opened."""
    if not isinstance(statement.value, str):
        return statement
    return Statement(statement.source, vault.open(statement.value), statement.on)
