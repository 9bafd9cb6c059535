"""Names and ID numbers in the form of a registered household: masked, as on every other page, until somebody asks.

A field that still holds the masked value was not touched: it stands for what is registered. So it is with the
evidence and the reason in a draft, which stand for what the draft holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from bangfu import Catalog
from bangfu_office.access import Actor
from bangfu_office.forms.read import HOUSEHOLD, prefixes, whole_number
from bangfu_office.households import drafts
from bangfu_office.registry import Disclosure, Record

_WORDS = ("evidence", "reason")
"""The inputs in which somebody writes freely."""


@frozen
class MaskedInputs:
    """The inputs of a form whose masked value stands for a full one."""

    record: Record
    cover: Disclosure
    _catalog: Catalog = field(repr=False)
    _draft: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, actor: Actor, record: Record) -> MaskedInputs:
        """Return the masked inputs of an actor's form of a household."""
        draft = drafts.find(actor.office, actor.user.name, record.number)
        catalog = actor.office.rulebook.catalog
        return cls(record, actor.office.registry.cover(record), catalog, draft.values if draft else {})

    def in_full(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form with the full value for each that is masked."""
        return {**values, **{name: full for name, full, masked in self._pairs(values) if values[name] == masked}}

    def masked(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form with what is registered masked, and what the draft holds."""
        return {**values, **{name: masked for name, full, masked in self._pairs(values) if values[name] == full}}

    def kept(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return the values of a form as its draft keeps them: what is registered masked, what was written in full."""
        written = {name: text for name, text in self.in_full(values).items() if name in _WORDS}
        return {**self.masked(values), **written}

    def _pairs(self, values: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Yield the inputs that hold something to mask: the name, the full value, the masked one."""
        full = {person.id: person.facts for person in self.record.members}
        masked = {person.id: person.facts for person in self.cover.record.members}
        people = {prefix: whole_number(values.get(f"{prefix}person", "")) or 0 for prefix in prefixes(values)}
        subjects = [(prefix, full[person], masked[person]) for prefix, person in people.items() if person in full]
        for prefix, facts, shown in ((HOUSEHOLD, self.record.facts, self.cover.record.facts), *subjects):
            for fact in self._catalog.facts:
                name = f"{prefix}{fact.name}"
                if fact.personal and name in values and facts.get(fact.name) is not None:
                    yield name, str(facts[fact.name]), str(shown[fact.name])
        for name in _WORDS:
            if values.get(name) and self._draft.get(name):
                yield name, self._draft[name], self.cover.text(self._draft[name])
