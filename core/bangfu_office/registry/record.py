"""A household as the registry knows it: for reading, every source beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import field, frozen

from bangfu import clock
from bangfu.facts import Catalog
from bangfu.files import household_from
from bangfu.households import Household
from bangfu_office.registry.errors import undamaged
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.sources import Stated, Statement, Statements, counting, counting_value, read_stated
from bangfu_office.registry.state import HouseholdState


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
        data = _as_in_a_file(self.facts, [person.facts for person in self.members], self._catalog)
        return data | ({"on": on.isoformat()} if on else {})

    def household(self, on: date | None = None) -> Household:
        """Return the household to be assessed for a day (default: today).

        Raises:
            InputError: what is stored does not fit together on that day, such as a birth after it.
        """
        return household_from(self.data(), source=self.number, on=on or clock.today(), catalog=self._catalog)

    def disagreements(self) -> Iterator[Disagreement]:
        """Yield the facts about which the sources disagree."""
        subjects = [(None, self.statements), *((person.id, person.statements) for person in self.members)]
        for member, statements in subjects:
            for fact, stated in statements.items():
                counts = counting(stated)
                if counts is not None and any(said.value != counts.value for said in stated.values()):
                    yield Disagreement(member, fact, counts, tuple(stated.values()))


def checked_household(state: HouseholdState, catalog: Catalog, encryption: FieldEncryption, on: date) -> Household:
    """Return the household that a state's record would return, without all the record's statements."""
    with undamaged():
        members = [_values(member.statements, encryption) for member in state.present]
        data = _as_in_a_file(_values(state.statements, encryption), members, catalog)
    return household_from(data, source=state.number, on=on, catalog=catalog)


def _as_in_a_file(facts: Mapping[str, Any], members: Sequence[Mapping[str, Any]], catalog: Catalog) -> dict[str, Any]:
    """Return the facts of a household and its members that are declared now."""
    known = catalog.by_name
    declared = [{name: value for name, value in stated.items() if name in known} for stated in members]
    return {name: value for name, value in facts.items() if name in known} | {"members": declared}


@undamaged()
def record_of(state: HouseholdState, catalog: Catalog, encryption: FieldEncryption) -> Record:
    """Return the record of a state, personal values opened.

    Raises:
        RegistryError: they are sealed with another key, or there is none.
        DatabaseUnusableError: what is stored cannot be read.
    """
    people = [
        Person(member.id, member.status, _values(member.statements, encryption), _opened(member.statements, encryption))
        for member in sorted(state.members.values(), key=lambda m: (m.place, m.id))
    ]
    statements = _opened(state.statements, encryption)
    subjects = [(None, statements), *((person.id, person.statements) for person in people)]
    return Record(
        state.number,
        state.version,
        encryption.opened(state.closed),
        _values(state.statements, encryption),
        statements,
        tuple(person for person in people if person.status == "present"),
        tuple(person for person in people if person.status != "present"),
        tuple(sorted((due, encryption.open(reason)) for due, reason in state.rechecks)),
        state.assessed,
        tuple((member, fact) for member, stated in subjects for fact in stated if fact not in catalog.by_name),
        catalog,
    )


def _values(facts: Mapping[str, Stated], encryption: FieldEncryption) -> dict[str, Any]:
    """Return the values that count, opened."""
    return {fact: encryption.opened(counting_value(stated)) for fact, stated in facts.items()}


def _opened(facts: Mapping[str, Stated], encryption: FieldEncryption) -> dict[str, Statements]:
    return {fact: read_stated(stated, encryption.opened) for fact, stated in facts.items()}
