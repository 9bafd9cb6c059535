"""What a household's journal entries add up to: the one place where an entry takes effect.

The registry applies every entry here before it writes the result to its tables; replaying the journal
from nothing applies the same entries in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import define, evolve, field, frozen

from bangfu_office.registry.journal import Entry
from bangfu_office.registry.sources import SOURCES, Stated

Facts = Mapping[str, Stated]
"""What is stated of every fact; values of personal facts are sealed. It is replaced and never changed in place."""


@frozen
class MemberState:
    """A person of a household."""

    id: int
    place: int
    status: str = "present"
    statements: Facts = field(factory=dict)


@define
class HouseholdState:
    """A household with everybody who is or was in it; those who moved to another are there."""

    number: str
    version: int = 0
    closed: str | None = None
    statements: Facts = field(factory=dict)
    members: dict[int, MemberState] = field(factory=dict)
    rechecks: set[tuple[str, str]] = field(factory=set)
    assessed: dict[str, Any] | None = None

    @property
    def present(self) -> list[MemberState]:
        """The people who are in it now, in order."""
        return sorted((m for m in self.members.values() if m.status == "present"), key=lambda m: (m.place, m.id))

    def copy(self) -> HouseholdState:
        """Return the state as it is now, whatever becomes of this one."""
        return evolve(self, members=dict(self.members), rechecks=set(self.rechecks))

    def subject(self, member: int | None) -> Facts:
        """Return the statements about a member, or (None) the household."""
        return self.statements if member is None else self.members[member].statements

    def take(self, entry: Entry, old: Any, new: Any) -> None:
        """Let an entry take effect; its values as JSON has them."""
        if entry.version is not None:
            self.version = entry.version
        match entry.operation:
            case "opened":
                self.statements = new["statements"]
            case "joined":
                joined = MemberState(entry.member or 0, new["place"], statements=new["statements"])
                self.members[joined.id] = joined
            case "left":
                self._leave(entry.member or 0, new["status"])
            case "fact":
                self._state(entry, new)
            case "recheck":
                self.rechecks.add((new["due"], new["reason"]))
            case "rechecked":
                self.rechecks.discard((old["due"], old["reason"]))
            case "assessed":
                self.assessed = new
            case "closed":
                self.closed = new["reason"]

    def _leave(self, member: int, status: str) -> None:
        left = self.members.pop(member)
        if status != "moved":
            self.members[member] = evolve(left, status=status)

    def _state(self, entry: Entry, value: Any) -> None:
        facts, fact, source = dict(self.subject(entry.member)), entry.fact or "", entry.source or ""
        stated = {other: said for other, said in facts.pop(fact, {}).items() if other != source}
        if value is not None:
            stated[source] = [value, entry.observed_on]
        if stated:
            facts[fact] = stated
        if entry.member is None:
            self.statements = facts
        else:
            self.members[entry.member] = evolve(self.members[entry.member], statements=facts)


def replayed(entries: Iterable[Entry]) -> dict[str, HouseholdState]:
    """Return what entries add up to, from nothing, by household."""
    states: dict[str, HouseholdState] = {}
    for entry in entries:
        if entry.household is not None:
            old, new = (None if value is None else json.loads(value) for value in (entry.old, entry.new))
            states.setdefault(entry.household, HouseholdState(entry.household)).take(entry, old, new)
    return states


def read_facts(stored: str) -> Facts:
    """Return statements from their JSON; ValueError, KeyError, TypeError or AttributeError where it is none."""
    facts: Facts = json.loads(stored)
    for stated in facts.values():
        for source, (_value, day) in stated.items():
            SOURCES[source], date.fromisoformat(day)
    return facts
