"""Names and ID numbers in the form of a registered household: covered, as on every other page, until somebody asks.

A field that still holds the covered value was not touched: it stands for what is registered. So it is with the
evidence and the reason in a draft, which stand for what the draft holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from attrs import field, frozen

from bangfu import Catalog
from bangfu_office.access.actor import Actor
from bangfu_office.forms.read import prefixes, whole_number
from bangfu_office.households import drafts
from bangfu_office.registry import Disclosure, Person, Record

_WORDS = ("evidence", "reason")
"""The inputs in which somebody writes freely."""


@frozen
class StandIns:
    """What stands for what in a form: by input name, the full value and the covered one."""

    record: Record
    cover: Disclosure
    _catalog: Catalog = field(repr=False)
    _draft: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, actor: Actor, record: Record) -> StandIns:
        """Return what stands for what in a visitor's form of a household."""
        draft = drafts.find(actor.office, actor.user.name, record.number)
        catalog = actor.office.rulebook.catalog
        return cls(record, actor.office.registry.cover(record), catalog, draft.values if draft else {})

    def replaced(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form with the full value for each that stands covered."""
        return {**values, **{name: full for name, full, covered in self._pairs(values) if values[name] == covered}}

    def covered(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form with what is registered covered, and what the draft holds."""
        return {**values, **{name: covered for name, full, covered in self._pairs(values) if values[name] == full}}

    def kept(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form as its draft keeps them: what is registered covered, what was written whole."""
        written = {name: text for name, text in self.replaced(values).items() if name in _WORDS}
        return {**self.covered(values), **written}

    def _pairs(self, values: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Yield the inputs that hold something to cover: the name, the full value, the covered one."""
        for prefix, full, covered in self._subjects(values):
            for fact in self._catalog.facts:
                name = f"{prefix}{fact.name}"
                if fact.personal and name in values and full(fact.name) is not None:
                    yield name, str(full(fact.name)), str(covered(fact.name))
        for name in _WORDS:
            if values.get(name) and self._draft.get(name):
                yield name, self._draft[name], self.cover.text(self._draft[name])

    def _subjects(
        self, values: Mapping[str, str]
    ) -> Iterator[tuple[str, Callable[[str], object], Callable[[str], object]]]:
        """Yield what the inputs of a subject begin with, and what gives its facts in full and covered."""
        yield "h.", self.record.facts.get, self.cover.record.facts.get
        shown = {person.id: person for person in self.cover.record.members}
        full: dict[int, Person] = {person.id: person for person in self.record.members}
        for prefix in prefixes(values):
            person = whole_number(values.get(f"{prefix}person", "")) or 0
            if person in full:
                yield prefix, full[person].facts.get, shown[person].facts.get
