"""What a household's journal entries add up to: the one place where an entry takes effect.

The registry applies every entry here before it writes the result to its tables; replaying the journal
from nothing applies the same entries in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from attrs import define, field

from bangfu.registry.journal import Entry
from bangfu.registry.sources import Source, Statement

Facts = dict[str, dict[Source, Statement]]
"""The statements of every fact, by source; values of personal facts are sealed."""


@define
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

    def subject(self, member: int | None) -> Facts:
        """Return the statements about a member, or (None) the household."""
        return self.statements if member is None else self.members[member].statements

    def apply(self, entry: Entry) -> None:
        """Let an entry take effect."""
        if entry.version is not None:
            self.version = entry.version
        new: Any = json.loads(entry.new) if entry.new is not None else None
        match entry.operation:
            case "opened":
                self.statements = read_statements(new["statements"])
            case "joined":
                joined = MemberState(entry.member or 0, new["place"], statements=read_statements(new["statements"]))
                self.members[joined.id] = joined
            case "left":
                self._leave(entry.member or 0, new["status"])
            case "fact":
                self._state(entry, new)
            case "recheck":
                self.rechecks.add((new["due"], new["reason"]))
            case "rechecked":
                old = json.loads(entry.old or "{}")
                self.rechecks.discard((old["due"], old["reason"]))
            case "assessed":
                self.assessed = new
            case "closed":
                self.closed = new["reason"]

    def _leave(self, member: int, status: str) -> None:
        if status == "moved":
            del self.members[member]
        else:
            self.members[member].status = status

    def _state(self, entry: Entry, value: Any) -> None:
        stated = self.subject(entry.member).setdefault(entry.fact or "", {})
        source = Source(entry.source or "")
        if value is None:
            stated.pop(source, None)
        else:
            stated[source] = Statement(source, value, date.fromisoformat(entry.observed_on or ""))
        if not stated:
            del self.subject(entry.member)[entry.fact or ""]


def replayed(entries: Iterable[Entry]) -> dict[str, HouseholdState]:
    """Return what entries add up to, from nothing, by household."""
    states: dict[str, HouseholdState] = {}
    for entry in entries:
        if entry.household is not None:
            states.setdefault(entry.household, HouseholdState(entry.household)).apply(entry)
    return states


def read_statements(written: Mapping[str, Mapping[str, Any]]) -> Facts:
    """Return statements from their JSON form ``{fact: {source: [value, day]}}``."""
    return {
        fact: {
            Source(source): Statement(Source(source), value, date.fromisoformat(day))
            for source, (value, day) in stated.items()
        }
        for fact, stated in written.items()
    }


def write_statements(facts: Facts) -> dict[str, dict[str, list[Any]]]:
    """Return the JSON form of statements."""
    return {
        fact: {source.value: [s.value, s.on.isoformat()] for source, s in sorted(stated.items())}
        for fact, stated in sorted(facts.items())
    }


def text(value: Any) -> str:
    """Return a value as the registry's JSON: short, keys in order, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
