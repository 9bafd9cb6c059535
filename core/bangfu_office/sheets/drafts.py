"""Households as they stand in rows, before they are checked: values with the places they came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import define, field


@define
class Subject:
    """A household or member: its row on its own sheet, its values, and the rows of its list facts' entries."""

    row: int
    values: dict[str, Any] = field(factory=dict, repr=False)
    entries: dict[str, list[dict[str, Any]]] = field(factory=dict, repr=False)
    entry_rows: dict[str, list[int]] = field(factory=dict)

    def add_entry(self, fact: str, row: int, values: dict[str, Any]) -> None:
        """Add an entry of a list fact."""
        self.entries.setdefault(fact, []).append(values)
        self.entry_rows.setdefault(fact, []).append(row)


@define
class HouseholdDraft(Subject):
    """A household with its members, by their number within it."""

    members: dict[int, Subject] = field(factory=dict)

    @property
    def in_order(self) -> list[tuple[int, Subject]]:
        """The members by their number."""
        return sorted(self.members.items(), key=lambda item: item[0])

    def subjects(self) -> Iterator[Subject]:
        """Yield the household itself, then its members in order."""
        yield self
        yield from (member for _, member in self.in_order)
