"""What may be shown of a household's people: everything, or names and ID numbers masked.

Pages, answers of the API and commands take names, ID numbers and what somebody wrote about a household from here
alone. Whether somebody may see them in full, and asked, is for them to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from bangfu.facts import Catalog
from bangfu.messages import _
from bangfu.plan import Plan
from bangfu_office.masking import masked_name, masked_text, masked_value
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Entry, Operation, Part, with_texts, words
from bangfu_office.registry.listing import Listed
from bangfu_office.registry.record import Person, Record
from bangfu_office.registry.sources import Statements

Names = Callable[[], Collection[str]]
"""Gives the names that free texts may hold; they are looked up where there is such a text."""

_WHAT = {"identity": _("姓名和证件号码"), "full": _("导出全部内容"), "roster": _("导出花名册")}
_SEEN = (
    Part("what", _("内容"), words(_WHAT)),
    Part("region", _("地区")),
    Part("households", _("户数")),
    Part("names", _("姓名和证件号码"), words({"shown": _("完整"), "masked": _("遮盖")})),
)
OPERATIONS = (Operation("seen", _("查看身份信息"), _SEEN),)


@frozen
class Disclosure:
    """A household as it may be shown: ``record`` holds no more than that.

    ``open`` says whether names and ID numbers are shown in full.
    """

    record: Record = field(repr=False)
    open: bool
    _catalog: Catalog = field(repr=False)
    _names: Names = field(repr=False)

    @classmethod
    def of(cls, record: Record, catalog: Catalog, names: Names, *, shown: bool = False) -> Disclosure:
        """Return the cover of a registered household; ``shown``: nothing is masked."""
        cover = cls(record, shown, catalog, names)
        return cover if shown else evolve(cover, record=cover._covered(record))

    def value(self, fact: str, value: Any) -> Any:
        """Return the value of a fact, given as a household file writes it."""
        declared = self._catalog.by_name.get(fact)
        if self.open:
            return value
        if declared is None:  # of a plugin that is not installed: who knows whether it is somebody's name
            return masked_name(value) if isinstance(value, str) else value
        return masked_value(declared, value)

    def text(self, text: str | None) -> str:
        """Return what somebody wrote freely; of a masked one, without the names of anybody who ever lived here."""
        return text or "" if self.open or not text else masked_text(text, self._names())

    def plan(self, plan: Plan) -> Plan:
        """Return a plan of the household."""
        if self.open:
            return plan
        people = tuple(self._facts(member) for member in plan.household.members)
        members = tuple(evolve(member, name=self.value("name", member.name)) for member in plan.members)
        return evolve(plan, household=evolve(plan.household, members=people), members=members)

    def entry(self, entry: Entry) -> Entry:
        """Return an entry of the household's journal; values of personal facts are sealed in it anyway."""
        return entry if self.open else masked_entry(entry, self._names)

    def _covered(self, record: Record) -> Record:
        return evolve(
            record,
            closed=record.closed and self.text(record.closed),
            facts=self._facts(record.facts),
            statements=self._statements(record.statements),
            members=tuple(map(self._person, record.members)),
            former=tuple(map(self._person, record.former)),
            rechecks=tuple((due, self.text(reason)) for due, reason in record.rechecks),
        )

    def _person(self, person: Person) -> Person:
        return evolve(person, facts=self._facts(person.facts), statements=self._statements(person.statements))

    def _facts(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        return {fact: self.value(fact, value) for fact, value in facts.items()}

    def _statements(self, statements: Mapping[str, Statements]) -> dict[str, Statements]:
        return {
            fact: {source: evolve(one, value=self.value(fact, one.value)) for source, one in stated.items()}
            for fact, stated in statements.items()
        }


def masked_entry(entry: Entry, names: Names) -> Entry:
    """Return an entry of the journal with what somebody wrote in it masked."""
    return with_texts(entry, lambda text: masked_text(text, names()))


def masked_listed(listed: Listed, names: Names) -> Listed:
    """Return a household in a list, its head's name masked, and why it was closed."""
    return evolve(listed, head=masked_name(listed.head), closed=listed.closed and masked_text(listed.closed, names()))


def names_in(entries: Iterable[Entry], catalog: Catalog, encryption: FieldEncryption) -> Iterator[str]:
    """Yield every name, or other text of a personal fact, that entries of the journal ever stated of anybody."""
    wanted = {fact.name for fact in catalog.facts if fact.personal and not getattr(fact.type, "id_number", False)}
    for entry in entries:
        said = [json.loads(value) for value in (entry.old, entry.new) if value is not None]
        if entry.operation in {"opened", "joined"}:
            facts = [(fact, stated) for one in said for fact, stated in one["statements"].items()]
            stored = [value for fact, stated in facts if fact in wanted for value, _ in stated.values()]
        else:
            stored = said if entry.fact in wanted else []
        yield from (encryption.opened(value) for value in stored if isinstance(value, str))
