"""What stands behind one result: the reasons, the facts that are missing, the presumptions used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import define, field

from bangfu.engine import BoundCriterion, Ruleset
from bangfu.engine.graph import Reference
from bangfu.facts import Fact, Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.plan.model import Reason
from bangfu.policy import Entry
from bangfu.policy.parameters import PREFIX as POLICY

Row = Mapping[str, Any]
Source = tuple[str, str, int | None]
"""What is missing: ``("fact", name, member)`` or ``("parameter", name, None)``."""


def _name(source: Source) -> str:
    return source[1]


@define
class Evidence:
    """The results of one household, with the graph that says what each came from."""

    ruleset: Ruleset
    household: Row
    members: Sequence[Row]
    _groups: dict[tuple[int, int | None, str], tuple[Reason, ...]] = field(factory=dict)
    _reasons: dict[tuple[int, int | None, str], Reason] = field(factory=dict)
    _presumptions: dict[tuple[str, int | None], tuple[str, ...]] = field(factory=dict)
    _traces: dict[tuple[str, int | None], frozenset[Source]] = field(factory=dict)

    def row(self, member: int | None) -> Row:
        """Return the row of a member, or of the household (None)."""
        return self.household if member is None else self.members[member]

    def value(self, column: str, member: int | None) -> Any:
        """Return what stands in a column for a member, or for the household (None)."""
        if column.startswith(POLICY):
            return self.ruleset.policy.value(column.removeprefix(POLICY))
        return self.row(member)[column]

    def reasons(self, criteria: tuple[BoundCriterion, ...], member: int | None, rule: str = "") -> tuple[Reason, ...]:
        """Return the reason of each criterion for a member, or for the household (None).

        ``rule`` names the category whose rule they stand in.
        """
        key = (id(criteria), member, rule)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = tuple([self.reason(criterion, member, rule) for criterion in criteria])
        return found

    def reason(self, criterion: BoundCriterion, member: int | None, rule: str = "") -> Reason:
        """Return one criterion's outcome; the same one is made once."""
        key = (id(criterion), member, rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = self._reason(criterion, member, rule)
        return found

    def _reason(self, criterion: BoundCriterion, member: int | None, rule: str) -> Reason:
        row = self.row(member)
        status = row[criterion.status]
        limit = criterion.limit if criterion.limit_column is None else self.value(criterion.limit_column, member)
        value = None if criterion.value is None else row[criterion.value]
        parts = self.reasons(criterion.parts, member) if criterion.parts else ()
        if status is not None:
            presumed = self.presumed(criterion.level, criterion.status, member)
            return Reason(criterion, status, value, limit, (), (), presumed, parts, rule)
        sources = sorted(self.trace(criterion.level, criterion.status, member), key=_name)
        facts = tuple(dict.fromkeys(name for kind, name, _ in sources if kind == "fact"))
        parameters = tuple(dict.fromkeys(name for kind, name, _ in sources if kind == "parameter"))
        return Reason(criterion, None, value, limit, facts, parameters, (), parts, rule)

    def trace(self, level: Level, column: str, member: int | None) -> frozenset[Source]:
        """Return the unknown facts and unset parameters for which a column is null here."""
        return self._sources(self.ruleset.graph.locate(level, column), member)

    def _sources(self, found: Reference, member: int | None) -> frozenset[Source]:
        of = member if found.level is Level.MEMBER else None
        key = (found.name, of)
        known = self._traces.get(key)
        if known is None:
            self._traces[key] = frozenset()  # a fact may stand behind its own presumption
            known = self._traces[key] = frozenset(self._trace(found, of))
        return known

    def _trace(self, found: Reference, of: int | None) -> Iterable[Source]:
        graph = self.ruleset.graph
        if found.parameter:
            name = found.name.removeprefix(POLICY)
            return () if name in self.ruleset.policy.entries else [("parameter", name, None)]
        row = self.row(of)
        if row.get(found.name) is not None:
            return ()
        if fact := graph.catalog.by_column.get(found.name.removeprefix(STATED).removeprefix(PRESUMED)):
            return [("fact", fact.name, of), *self._behind(fact, found.level, of)]
        node = graph.node(found)
        if node is None:
            return ()
        if node.switch:
            chosen = row.get(node.switch.on)
            column = node.switch.on if chosen is None else node.switch.cases.get(chosen, node.switch.on)
            return self.trace(found.level, column, of)
        inputs = list(zip(node.roots, graph.inputs(node), strict=True))
        readers = enumerate(self.members) if node.from_members else [(of, row)]
        open_inputs = ((i, reads) for i, at in readers for root, reads in inputs if at.get(root) is None)
        return {source for i, reads in open_inputs for source in self._sources(reads, i)}

    def _behind(self, fact: Fact, level: Level, member: int | None) -> Iterable[Source]:
        """Return what would let an absent fact be presumed."""
        if fact.presumption is None:
            return ()
        roots = fact.presumption.value.meta.root_names()
        return {source for root in roots for source in self.trace(level, root, member)}

    def entries(self, level: Level, column: str, member: int | None) -> frozenset[Entry]:
        """Return the policy values that a known amount came from, by the branches really taken.

        Sums over members end the search: what they rest on is explained with the category.
        """
        found = self.ruleset.graph.locate(level, column)
        if found.parameter:
            entry = self.ruleset.policy.entries.get(found.name.removeprefix(POLICY))
            return frozenset() if entry is None else frozenset([entry])
        of = member if found.level is Level.MEMBER else None
        node = self.ruleset.graph.node(found)
        if node is None or node.from_members or isinstance(self.row(of).get(found.name), bool):
            return frozenset()
        roots: Iterable[str] = node.roots
        if node.switch:
            case = node.switch.cases.get(self.row(of)[node.switch.on])
            roots = [case] if case else []
        return frozenset().union(*(self.entries(found.level, root, of) for root in roots))

    def presumed(self, level: Level, column: str, member: int | None) -> tuple[str, ...]:
        """Return the facts that a known column rests on and that were presumed."""
        key = (column, member)
        found = self._presumptions.get(key)
        if found is None:
            row, household = self.row(member), self.household
            facts = []
            for presumable in self.ruleset.presumable(level, column):
                at = household if presumable.level is Level.HOUSEHOLD else row
                if at[presumable.stated] is None and at[presumable.column] is not None:
                    facts.append(presumable.fact)
            found = self._presumptions[key] = tuple(facts)
        return found

    def all_presumed(self, *, without: str) -> set[tuple[str, int | None]]:
        """Return every presumed fact, with its member, on which a reason made so far rests.

        ``without`` names a rule whose reasons play no part here.
        """
        by_name = self.ruleset.graph.catalog.by_name
        return {
            (fact, None if by_name[fact].level is Level.HOUSEHOLD else member)
            for (_, member, rule), reason in self._reasons.items()
            if rule != without
            for fact in reason.presumed
        }
