"""A household as it is known, ready to be thought of otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from bangfu import Catalog, Fact, Household, Level, household_from
from bangfu_office.registry import Record
from bangfu_office.registry.serialization import with_identity


@frozen
class KnownHousehold:
    """A household's facts as a household file writes them, and the registry's numbers of its members.

    ID numbers are left out and what they say, birth date and sex, is written instead, so that a birth date can
    be thought otherwise. ``facts`` names the facts that may be seen and changed.
    """

    catalog: Catalog
    household: Mapping[str, Any] = field(repr=False)
    members: tuple[Mapping[str, Any], ...] = field(repr=False)
    people: tuple[int, ...]
    facts: tuple[Fact, ...]

    def of(self, member: int | None) -> Mapping[str, Any]:
        """Return the facts of a member, or (None) of the household."""
        return self.household if member is None else self.members[member]

    def place(self, person: str) -> int | None:
        """Return the place of the member with a number of the registry; None where there is none."""
        return next((i for i, number in enumerate(self.people) if str(number) == person), None)

    def fact(self, name: str) -> Fact | None:
        """Return a fact that may be changed, or None."""
        return next((fact for fact in self.facts if fact.name == name), None)

    def at(self, level: Level) -> list[Fact]:
        """Return the facts of one level that may be changed."""
        return [fact for fact in self.facts if fact.level is level]

    def with_changes(self, changes: Mapping[tuple[int | None, str], Any], on: date) -> Household:
        """Return the household with some facts changed; None makes one unknown.

        Raises:
            InputError: it cannot be like that.
        """
        members = [self._changed(facts, i, changes) for i, facts in enumerate(self.members)]
        data = {**self._changed(self.household, None, changes), "members": members}
        return household_from(data, source="what-if", on=on, catalog=self.catalog)

    @staticmethod
    def _changed(
        facts: Mapping[str, Any], member: int | None, changes: Mapping[tuple[int | None, str], Any]
    ) -> dict[str, Any]:
        own = {fact: value for (who, fact), value in changes.items() if who == member}
        return {name: value for name, value in {**facts, **own}.items() if value is not None}


def known_household(record: Record, catalog: Catalog, visible: frozenset[str] | None) -> KnownHousehold:
    """Return a household of the registry; of its facts, only the ``visible`` ones (None: all) may be changed."""
    data = record.data()
    return KnownHousehold(
        catalog,
        {name: value for name, value in data.items() if name != "members"},
        tuple(_without_id_number(facts) for facts in data["members"]),
        tuple(person.id for person in record.members),
        tuple(fact for fact in catalog.facts if not fact.personal and (visible is None or fact.name in visible)),
    )


def _without_id_number(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in with_identity(facts).items() if name != "id_number"}
