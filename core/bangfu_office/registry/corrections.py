"""What a source states from now on: a new value, nothing any more, or what holds whatever anybody said before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import define, field, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.messages import _
from bangfu_office.registry.serialization import checked
from bangfu_office.registry.sources import SOURCE_LABELS, STRENGTH, Source, Stated
from bangfu_office.registry.state import HouseholdState
from bangfu_office.registry.unit_of_work import UnitOfWork


@frozen
class FactChange:
    """A new value of a fact, as a household file writes it, of a member or (None) the household.

    None takes back what this source stated. ``settles``: the value holds whatever any source said before.
    """

    fact: str
    value: Any = field(repr=False)
    member: int | None = None
    settles: bool = False


@frozen
class Withdrawal:
    """A fact that is unknown from now on: what this source and weaker ones stated of it is taken back.

    Where a stronger source states it, it stays known, and the withdrawal is refused.
    """

    fact: str
    member: int | None = None


@define
class Corrections(UnitOfWork):
    """The changes of facts that pieces of work are made of."""

    def _change(self, state: HouseholdState, changes: Iterable[FactChange | Withdrawal]) -> None:
        problems = [problem for change in changes if (problem := self._changed(state, change))]
        if problems:
            raise InputError("registry", problems)

    def _changed(self, state: HouseholdState, change: FactChange | Withdrawal) -> Problem | None:
        """Record a change; return what is wrong with it, if anything is."""
        if isinstance(change, Withdrawal):
            return self._withdrawn(state, change)
        level = Level.HOUSEHOLD if change.member is None else Level.MEMBER
        value = None if change.value is None else checked(self.catalog, level, change.fact, change.value)
        if change.settles:
            self._settle(state, change.member, change.fact, value)
            return None
        stored, day = self._stated(state, change.member, change.fact).get(self.by.source.value, (None, None))
        newer = day is not None and day > self._observed_on
        if value == self.encryption.opened(stored) and (value is None or newer or day == self._observed_on):
            return None
        if newer:
            label = SOURCE_LABELS[self.by.source]
            found = _("{source_labels}在 {newer} 已有更新的说法", source_labels=label, newer=day)
            expected = _("不早于 {newer} 得知的内容", newer=day)
            return Problem(self._path(state, change), found, expected, _("请核对“日期”"))
        self._say(state, change.member, change.fact, stored, value)
        return None

    def _withdrawn(self, state: HouseholdState, change: Withdrawal) -> Problem | None:
        stated = self._stated(state, change.member, change.fact)
        for source, (_value, day) in stated.items():
            if STRENGTH[Source(source)] > STRENGTH[self.by.source]:
                label = SOURCE_LABELS[Source(source)]
                found = _("{label}（{day}）另有说法，这里清空不了", label=label, day=day)
                hint = _("确要清空，请把来源选为“{label}”", label=label)
                return Problem(self._path(state, change), found, _("仍填原来的内容"), hint)
        self._withdraw(state, change.member, change.fact, stated)
        return None

    def _stated(self, state: HouseholdState, member: int | None, fact: str) -> Stated:
        """Return what is stated of a fact of a member who is there, or (None) the household."""
        facts = state.statements if member is None else self._present(state, member).statements
        return facts.get(fact, {})

    def _settle(self, state: HouseholdState, member: int | None, fact: str, value: Any) -> None:
        """Record a fact that holds from now on, whatever any source said before; None: nobody states it any more."""
        stated, own = self._stated(state, member, fact), self.by.source.value
        self._withdraw(state, member, fact, {source: said for source, said in stated.items() if source != own})
        stored, day = stated.get(own, (None, None))
        if value != self.encryption.opened(stored) or day != self._observed_on:
            self._say(state, member, fact, stored, value)

    def _say(self, state: HouseholdState, member: int | None, fact: str, stored: Any, value: Any) -> None:
        """Record what this source states of a fact in place of what is stored."""
        if isinstance(value, str):
            personal = fact in self.catalog.personal
            value = self.encryption.seal(value) if personal else self.encryption.plain(value)
        self._record("fact", state.number, member, fact=fact, old=stored, new=value)

    def _withdraw(self, state: HouseholdState, member: int | None, fact: str, stated: Stated) -> None:
        """Record that sources state nothing of a fact any more."""
        for source, (value, _day) in stated.items():
            self._record("fact", state.number, member, fact=fact, old=value, source=source)

    @staticmethod
    def _path(state: HouseholdState, change: FactChange | Withdrawal) -> str:
        """Return where a fact stands in the household's file."""
        places = {member.id: place for place, member in enumerate(state.present)}
        return change.fact if change.member is None else f"members[{places[change.member]}].{change.fact}"
