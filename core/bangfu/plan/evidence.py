"""What stands behind one result: the reasons, the facts that are missing, the presumptions used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field

from bangfu.engine import BoundCriterion, Ruleset
from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.plan.model import Reason
from bangfu.policy.parameters import PREFIX as POLICY

Row = Mapping[str, Any]
Source = tuple[str, str, int | None]
"""What is missing: ``("fact", name, member)`` or ``("parameter", name, None)``."""


@define
class Evidence:
    """The results of one household, with the graph that says what each came from."""

    ruleset: Ruleset
    household: Row
    members: Sequence[Row]
    _reasons: dict[tuple[int, int | None, str], Reason] = field(factory=dict)
    _presumptions: dict[tuple[Level, str, int | None], tuple[str, ...]] = field(factory=dict)
    _traces: dict[tuple[Level, str, int | None], frozenset[Source]] = field(factory=dict)

    def row(self, member: int | None) -> Row:
        """Return the row of a member, or of the household (None)."""
        return self.household if member is None else self.members[member]

    def value(self, column: str, member: int | None) -> Any:
        """Return what stands in a column for a member, or for the household (None)."""
        if column.startswith(POLICY):
            return self.ruleset.policy.value(column.removeprefix(POLICY))
        return self.row(member)[column]

    def reasons(self, criteria: Iterable[BoundCriterion], member: int | None, rule: str = "") -> tuple[Reason, ...]:
        """Return the reason of each criterion for a member, or for the household (None).

        ``rule`` names the category whose rule they stand in.
        """
        return tuple(self.reason(criterion, member, rule) for criterion in criteria)

    def reason(self, criterion: BoundCriterion, member: int | None, rule: str = "") -> Reason:
        """Return one criterion's outcome; the same one is made once."""
        key = (id(criterion), member, rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = self._reason(criterion, member, rule)
        return found

    def _reason(self, criterion: BoundCriterion, member: int | None, rule: str) -> Reason:
        status = self.value(criterion.status, member)
        limit = criterion.limit if criterion.limit_column is None else self.value(criterion.limit_column, member)
        return Reason(
            criterion,
            status,
            None if criterion.value is None else self.value(criterion.value, member),
            limit,
            () if status is not None else self._missing_facts(criterion, member),
            () if status is None else self.presumed(criterion.level, criterion.status, member),
            self.reasons(criterion.parts, member) if criterion.parts else (),
            rule,
        )

    def _missing_facts(self, criterion: BoundCriterion, member: int | None) -> tuple[str, ...]:
        return tuple(sorted({name for _, name, _ in self.trace(criterion.level, criterion.status, member)}))

    def trace(self, level: Level, column: str, member: int | None) -> frozenset[Source]:
        """Return the unknown facts and unset parameters for which a column is null here."""
        key = (level, column, member)
        if key not in self._traces:
            self._traces[key] = frozenset()  # cut for columns that meet again
            self._traces[key] = frozenset(self._trace(level, column, member))
        return self._traces[key]

    def _trace(self, level: Level, column: str, member: int | None) -> Iterable[Source]:
        graph = self.ruleset.graph
        found = graph.locate(level, column)
        if found.parameter:
            name = column.removeprefix(POLICY)
            return () if name in self.ruleset.policy.entries else [("parameter", name, None)]
        of = member if found.level is Level.MEMBER else None
        row = self.row(of)
        if row.get(found.name) is not None:
            return ()
        if fact := graph.catalog.by_column.get(found.name.removeprefix(STATED).removeprefix(PRESUMED)):
            return [("fact", fact.name, of)]
        node = graph.node(found)
        if node is None:
            return ()
        if node.from_members:
            return self._all((Level.MEMBER, root, i) for i in range(len(self.members)) for root in node.roots)
        if node.switch:
            chosen = row.get(node.switch.on)
            roots = [node.switch.on] if chosen is None else [node.switch.cases.get(chosen, node.switch.on)]
            return self._all((found.level, root, of) for root in roots)
        return self._all((found.level, root, of) for root in node.roots)

    def _all(self, columns: Iterable[tuple[Level, str, int | None]]) -> set[Source]:
        return {source for column in columns for source in self.trace(*column)}

    def presumed(self, level: Level, column: str, member: int | None) -> tuple[str, ...]:
        """Return the facts that a known column rests on and that were presumed."""
        key = (level, column, member)
        found = self._presumptions.get(key)
        if found is None:
            rows = {Level.HOUSEHOLD: self.household, Level.MEMBER: self.row(member)}
            found = self._presumptions[key] = tuple(
                p.fact
                for p in self.ruleset.presumable(level, column)
                if rows[p.level][p.stated] is None and rows[p.level][p.column] is not None
            )
        return found

    def all_presumed(self) -> set[tuple[str, int | None]]:
        """Return every presumed fact, with its member, on which a reason made so far rests."""
        by_name = self.ruleset.graph.catalog.by_name
        return {
            (fact, None if by_name[fact].level is Level.HOUSEHOLD else member)
            for (_, _, member), facts in self._presumptions.items()
            for fact in facts
        }
