"""What a source states from now on: a new value, nothing any more, or what holds whatever anybody said before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from attrs import define, field, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.messages import _
from bangfu_office.registry.serialization import checked
from bangfu_office.registry.sources import SOURCE_LABELS, Source, stronger
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
        newer = self._state_fact(state, change.member, change.fact, value)
        if newer is None:
            return None
        found = _("{source_labels}在 {newer} 已有更新的说法", source_labels=SOURCE_LABELS[self.by.source], newer=newer)
        return Problem(self._path(state, change), found, _("不早于 {newer} 得知的内容", newer=newer), _("请核对“日期”"))

    def _withdrawn(self, state: HouseholdState, change: Withdrawal) -> Problem | None:
        if change.member is not None:
            self._present(state, change.member)
        facts = state.subject(change.member)
        stated = {Source(source): day for source, (_value, day) in facts.get(change.fact, {}).items()}
        for source, day in stated.items():
            if stronger(source, self.by.source):
                label = SOURCE_LABELS[source]
                found = _("{label}（{day}）另有说法，这里清空不了", label=label, day=day)
                return Problem(
                    self._path(state, change),
                    found,
                    _("仍填原来的内容"),
                    _("确要清空，请把来源选为“{label}”", label=label),
                )
        self._withdraw(state, change.member, change.fact, stated)
        return None

    @staticmethod
    def _path(state: HouseholdState, change: FactChange | Withdrawal) -> str:
        """Return where a fact stands in the household's file."""
        places = {member.id: place for place, member in enumerate(state.present)}
        return change.fact if change.member is None else f"members[{places[change.member]}].{change.fact}"
