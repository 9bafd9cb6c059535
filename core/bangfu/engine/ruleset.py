"""A ruleset: every rule in force under one policy, ready to run over frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import polars as pl
from attrs import define, field

from bangfu.classification import CATEGORY_COLUMNS, HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.engine.bound import BoundBenefit, BoundCriterion, BoundGrounds, BoundRule, Presumable
from bangfu.engine.graph import Graph
from bangfu.engine.labels import Labels
from bangfu.engine.planner import Key, schedule
from bangfu.engine.schedule import Schedule
from bangfu.engine.single import Program, program
from bangfu.errors import PluginError
from bangfu.facts import Items, Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.policy import Entry, Policy
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules import Programme


@define(frozen=True, slots=False, eq=False)
class Ruleset:
    """Everything that is in force under one policy, ready to run."""

    policy: Policy
    graph: Graph
    labels: Labels
    programmes: tuple[Programme, ...]
    grounds: BoundGrounds
    property: tuple[BoundCriterion, ...]
    household_rules: tuple[BoundRule, ...]
    member_rules: tuple[BoundRule, ...]
    benefits: tuple[BoundBenefit, ...]
    left_out: tuple[PluginError, ...] = ()
    _presumable_by_household: dict[str, tuple[Presumable, ...]] = field(factory=dict, repr=False)
    _presumable_by_member: dict[str, tuple[Presumable, ...]] = field(factory=dict, repr=False)
    _entries: dict[tuple[Level, str], frozenset[Entry]] = field(factory=dict, repr=False)

    @cached_property
    def explained(self) -> Schedule:
        """The schedule with every column that a plan shows."""
        wanted = [*_RESULTS, *((level, column) for level, column in self._columns_shown())]
        return self.schedule_of(wanted)

    @cached_property
    def screening(self) -> Schedule:
        """The schedule with categories, statuses and amounts only, these where a support may be due."""
        guards = {(b.benefit.for_, b.amount): b.guard for b in self.benefits if b.amount and b.guard}
        return self.schedule_of(self._columns_screened(), guards)

    @cached_property
    def explaining_one(self) -> Program:
        """What ``explained`` computes, for one household at a time."""
        return program(self.explained, self.graph.catalog)

    @cached_property
    def screening_one(self) -> Program:
        """What ``screening`` computes, for one household at a time (and amounts whatever the criteria say)."""
        return program(self.schedule_of(self._columns_screened()), self.graph.catalog)

    def schedule_of(self, wanted: Iterable[Key], guards: Mapping[Key, str] | None = None) -> Schedule:
        """Return the schedule that computes the wanted columns and no more than they need.

        ``guards``: for columns that matter only where another of their level is not false, that other one.
        """
        return schedule(self.graph, dict.fromkeys(wanted), self.policy.literals(), guards or {})

    def assess(
        self, households: pl.DataFrame, members: pl.DataFrame, *, explain: bool = False
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return both frames with the results added.

        Household columns: ``category`` (String), ``is_CATEGORY`` (Boolean), ``size`` (Int64),
        ``income_year`` (Decimal, yuan), ``grace_until`` (Date). Member columns: ``counted``,
        ``category``, ``is_CATEGORY``. Both: ``status:CODE`` (Boolean: eligible, ineligible, null for
        undetermined) and ``amount:CODE`` (Decimal, yuan for the benefit's period; of no meaning where
        ineligible) of every benefit for that level. With ``explain``, every column that a plan shows as well.
        """
        return (self.explained if explain else self.screening).run(households, members)

    def presumable(self, level: Level, column: str) -> tuple[Presumable, ...]:
        """Return what a column rests on that can be presumed.

        Searched at the column's own row and its household's. Aggregates over members and categories
        end the search: they are explained by themselves.
        """
        known = self._presumable_by_household if level is Level.HOUSEHOLD else self._presumable_by_member
        found = known.get(column)
        if found is None:
            found = known[column] = tuple(dict.fromkeys(self._search_presumable(level, column)))
        return found

    def _search_presumable(self, level: Level, column: str) -> Iterable[Presumable]:
        found = self.graph.locate(level, column)
        node = None if found.parameter else self.graph.node(found)
        if node is None or node.from_members or found.name in CATEGORY_COLUMNS:
            return
        fact = self.graph.catalog.by_column.get(found.name.removeprefix(PRESUMED))
        if fact is not None and fact.presumption is not None:
            first = fact.presumed_columns[0]
            yield Presumable(found.level, fact.name, first, STATED + first)
        for root in node.roots:
            if not root.startswith(STATED):
                yield from self.presumable(node.reads, root)

    def entries(self, level: Level, column: str) -> frozenset[Entry]:
        """Return the policy values that can have a part in a column; sums over members end the search."""
        key = (level, column)
        if key not in self._entries:  # columns share what they rest on: without this, the search doubles at each fork
            self._entries[key] = self._search_entries(level, column)
        return self._entries[key]

    def _search_entries(self, level: Level, column: str) -> frozenset[Entry]:
        found = self.graph.locate(level, column)
        if found.parameter:
            entry = self.policy.entries.get(found.name.removeprefix(POLICY))
            return frozenset() if entry is None else frozenset([entry])
        node = self.graph.node(found)
        if node is None or node.from_members:
            return frozenset()
        return frozenset().union(*(self.entries(found.level, root) for root in node.roots))

    def _columns_screened(self) -> Iterable[Key]:
        yield from _RESULTS
        for bound in self.benefits:
            for column in (f"status:{bound.benefit.code}", bound.amount, bound.replaced_by, bound.allowed):
                if column:
                    yield bound.benefit.for_, column

    def _columns_shown(self) -> Iterable[Key]:
        rules = [*self.household_rules, *self.member_rules]
        for rule in rules:
            yield rule.level, rule.column
        criteria = [c for rule in rules for c in rule.criteria]
        criteria += [*self.grounds.excluding, *self.grounds.including, *self.property]
        for bound in self.benefits:
            criteria += bound.criteria
            # An amount that is the same for everybody is read from the benefit itself.
            amount = bound.amount if bound.benefit.fixed_amount is None else None
            for column in (
                bound.status,
                amount,
                *bound.numbers,
                bound.replaced_by,
                bound.allowed,
                bound.limit,
                bound.benefit.until,
            ):
                if column:
                    yield bound.benefit.for_, column
        for criterion in criteria:
            yield from _columns_of(criterion)
        for fact in self.graph.catalog.facts:
            if isinstance(fact.type, Items) and fact.presumption:
                yield fact.level, fact.presumed_columns[0]


def _columns_of(criterion: BoundCriterion) -> Iterable[Key]:
    for column in (criterion.status, criterion.value, criterion.limit_column):
        if column:
            yield criterion.level, column
    for part in criterion.parts:
        yield from _columns_of(part)


_RESULTS: tuple[Key, ...] = (
    *((Level.HOUSEHOLD, name) for name in ("category", "size", "income_year", "grace_until")),
    *((Level.HOUSEHOLD, f"is_{category}") for category in HOUSEHOLD_ORDER),
    *((Level.MEMBER, name) for name in ("counted", "category")),
    *((Level.MEMBER, f"is_{category}") for category in MEMBER_ORDER),
)
