"""One event as it is being recorded: the form, the work it is part of, and what the form may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never

from attrs import field, frozen

from bangfu import InputError
from bangfu.errors import Problem
from bangfu.messages import _
from bangfu_office.access import Actor
from bangfu_office.forms.hidden import nevertheless, version_in
from bangfu_office.forms.read import whole_number
from bangfu_office.registry import Record, RegistryError, UnknownHouseholdError, Work
from bangfu_office.registry.duplicates import must_be_newcomers
from bangfu_office.registry.record import record_of

_LONGEST_NUMBER = 64


@frozen
class LifeEvent:
    """A form about a household, in the work that writes what it says."""

    actor: Actor
    work: Work
    record: Record
    event: str
    values: Mapping[str, str] = field(repr=False)

    @property
    def number(self) -> str:
        """The household's number."""
        return self.record.number

    def text(self, name: str) -> str:
        """Return what stands in an input of this event; empty for nothing."""
        return self.values.get(f"{self.event}.{name}", "")

    def wrong(self, name: str, found: str, expected: str) -> Never:
        """Refuse an input: raise InputError."""
        raise InputError("form", [Problem(f"{self.event}.{name}", found, expected)])

    def unchanged(self) -> None:
        """Make sure that nobody changed the household since the form was opened.

        Raises:
            ConflictError: somebody did.
            StaleFormError: the form does not say when that was.
        """
        self.work.must_be_at(self.number, version_in(self.values))

    def person(self, name: str) -> int:
        """Return the member an input names; it is refused where it names none of this household."""
        found = whole_number(self.text(name))
        if found not in {person.id for person in self.record.members}:
            self.wrong(name, _("没有选") if found is None else _("不是这一户现在的成员"), _("这一户的一名成员"))
        return int(found or 0)

    def relation(self, name: str) -> str:
        """Return the relation that an input gives; it is refused where it gives none."""
        return self.text(name) or self.wrong(name, _("没有选"), _("与新户主的关系"))

    def relations(self) -> dict[int, str]:
        """Return the relation chosen for each member, of those for whom one is chosen."""
        chosen = {person.id: self.text(f"relation.{person.id}") for person in self.record.members}
        return {person: relation for person, relation in chosen.items() if relation}

    def other(self, name: str) -> str:
        """Return the number of another household in the actor's region; where there is none, the input is refused."""
        number = self.text(name)
        if not number:
            self.wrong(name, _("没有填"), _("另一户的编号"))
        if number == self.number:
            self.wrong(name, _("就是这一户"), _("另一户的编号"))
        if len(number) > _LONGEST_NUMBER or not number.isprintable() or not self._reaches(number):
            self.wrong(name, _("没有这一户，或不在您所管的地区"), _("您所管地区内一户的编号"))
        return number

    def _reaches(self, number: str) -> bool:
        try:
            found = record_of(self.work.state(number), self.work.catalog, self.work.encryption)
        except UnknownHouseholdError:
            return False
        return self.actor.user.covers(str(found.facts["region"]))

    def must_be_newcomer(self, facts: Mapping[str, Any]) -> None:
        """Refuse somebody who joins and is registered in another household, unless the form says: nevertheless.

        Raises:
            AlreadyRegisteredError: he or she is.
        """
        meant = nevertheless(self.values)
        must_be_newcomers(self.work, self.number, [facts], allowed=self.actor.user.covers, nevertheless=meant)

    def confirmed(self) -> None:
        """Make sure that somebody said yes to what cannot be taken back.

        Raises:
            RegistryError: nobody did.
        """
        if not self.text("sure"):
            raise RegistryError(_("这一步不能撤回；请先勾选“已核对，确定办理”"))
