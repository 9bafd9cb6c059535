"""A ruleset: every rule in force under one policy, ready to run over frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from operator import methodcaller
from typing import TYPE_CHECKING, TypeAlias

from attrs import define, field

from bangfu.classification import CATEGORY_COLUMNS, HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.engine.bound import (
    BoundBenefit,
    BoundCriterion,
    BoundGrounds,
    BoundRule,
    ColumnPlace,
    CriteriaGroup,
    Due,
    Key,
    Presumable,
    Reading,
    Set,
    keys_of,
)
from bangfu.engine.graph import Graph
from bangfu.engine.labels import Labels, SumWriter, Written, all_values
from bangfu.engine.one import Program
from bangfu.engine.values import kind_of_parameter, worked_with
from bangfu.errors import PluginError
from bangfu.facts import CORE_FACTS, Catalog, Fact, Items, Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.messages import _
from bangfu.policy import Choices, Policy, PolicyEntry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules import Programme
from bangfu.rules.language import Expression
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.expression import Function
from bangfu.rules.language.known import Value
from bangfu.rules.language.rounding import decimal_of

if TYPE_CHECKING:
    import polars as pl

    from bangfu.engine.many import FrameColumns

Criteria: TypeAlias = tuple[BoundCriterion, ...]
Turns: TypeAlias = tuple[tuple[Choose | By, tuple[int, ...]], ...]
"""How the choices of a sum turned out: which of its values each took, by what they are."""


@define(frozen=True, slots=False, eq=False, repr=False)
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
    _groups: dict[int, tuple[Criteria, CriteriaGroup]] = field(factory=dict, repr=False)
    sums: dict[str, list[tuple[Turns, Written]]] = field(factory=dict, repr=False)
    figures: dict[tuple[Level, str, frozenset[PolicyEntry]], tuple[str, str, bool | None]] = field(
        factory=dict, repr=False
    )

    def __repr__(self) -> str:
        return f"Ruleset({', '.join(p.code for p in self.programmes)}; {len(self.benefits)} benefits)"

    @cached_property
    def facts(self) -> Catalog:
        """The facts that matter here: the core's, and those of programmes that some rule in force reads."""
        nodes = self.graph.ordered(self.explained_keys())
        read = {key for node in nodes for key in node.reads()}
        named = {base.fact.name for key in read if (base := self.graph.base.get(key)) and base.fact}
        known = self.graph.catalog.facts
        return Catalog(tuple(f for f in known if f.name in named or f.name in CORE_FACTS.by_name))

    @cached_property
    def parameters(self) -> Mapping[str, Value]:
        """What is known of each parameter, by the name it has in rules; of one that nothing sets, nothing."""
        listed = [p for p in self.policy.parameters.values() if not isinstance(p.type, Choices)]
        known = {p.column: worked_with(self.policy.value(p.name), kind_of_parameter(p)) for p in listed}
        return {p.column: known.get(p.column) for p in self.policy.parameters.values()}

    @cached_property
    def explained(self) -> FrameColumns:
        """What works out every column that a plan shows, for many households."""
        return self.columns(self.explained_keys())

    @cached_property
    def screening(self) -> FrameColumns:
        """What works out categories, statuses and amounts only, these where a support may be due."""
        guards = {
            (b.benefit.for_, b.amount): (b.benefit.for_, f"status:{b.benefit.code}")
            for b in self.benefits
            if b.amount and b.benefit.fixed_amount is None
        }
        return self.columns(self._columns_screened(), guards)

    @cached_property
    def means_test(self) -> FrameColumns:
        """What works out the category of households alone."""
        return self.columns(_CATEGORY)

    @cached_property
    def explaining_one(self) -> Program:
        """What ``explained`` computes, for one household at a time."""
        return Program(self.graph, self.explained_keys(), self.parameters)

    @cached_property
    def screening_one(self) -> Program:
        """What ``screening`` computes, for one household at a time."""
        return Program(self.graph, self._columns_screened(), self.parameters)

    @cached_property
    def function(self) -> Callable[[Expression], Function]:
        """Return the function that works out a part of a rule for one household."""
        return cache(methodcaller("function"))  # by identity; kept, so that no other has their id

    @cached_property
    def place(self) -> Callable[[Level, str], ColumnPlace]:
        """Return where a column of a level's rule stands, and of what kind it is."""
        return cache(self._place)

    def _place(self, level: Level, column: str) -> ColumnPlace:
        at = self.graph.locate(level, column)
        base = self.graph.base.get(at.key) or self.graph.base.get((at.level, STATED + at.name))
        return ColumnPlace(at.level is Level.HOUSEHOLD, at.name, self.graph.kind(at), base.unstated if base else None)

    def group(self, criteria: Criteria, rule: str = "") -> CriteriaGroup:
        """Return where the outcomes of some criteria of this ruleset, those of a category's ``rule``, are read."""
        found = self._groups.get(id(criteria))
        if found is None:  # the criteria are kept, so that no others get their id
            found = self._groups[id(criteria)] = criteria, CriteriaGroup(tuple(map(self._reading, criteria)), rule)
        return found[1]

    @cached_property
    def due(self) -> tuple[Due, ...]:
        """Every benefit, with where its outcome is read."""
        return tuple(Due(b, self.place(b.benefit.for_, b.status), self.group(b.criteria)) for b in self.benefits)

    @cached_property
    def by_code(self) -> Mapping[str, BoundBenefit]:
        """Every benefit by its code."""
        return {bound.benefit.code: bound for bound in self.benefits}

    def reading_of_amount(self, bound: BoundBenefit) -> Reading:
        """Return where it is read whether a benefit's amount can be paid."""
        benefit = bound.benefit
        known = BoundCriterion(benefit.for_, _("金额"), benefit.source, bound.status, None, None, None, None, ())
        return self._reading(known)

    def _reading(self, criterion: BoundCriterion) -> Reading:
        level, column = criterion.level, criterion.limit_column
        standards = self.entries(level, column) if column else frozenset[PolicyEntry]()
        sources = {entry.source for entry in standards}
        return Reading(
            criterion,
            self.place(level, criterion.status),
            None if criterion.value is None else self.shown(level, criterion.value),
            Set(criterion.limit) if column is None else self.shown(level, column),
            self.group(criterion.parts) if criterion.parts else None,
            {presumable.fact: None for presumable in self.presumable(level, criterion.status)},
            standards if criterion.source in sources and len(sources) > 1 else frozenset(),
            bool(standards),
        )

    def shown(self, level: Level, column: str) -> ColumnPlace | Set:
        """Return where a column is read; what a place sets, as results show it."""
        if not column.startswith(POLICY):
            return self.place(level, column)
        value = self.policy.value(column.removeprefix(POLICY))
        return Set(decimal_of(value) if isinstance(value, Fraction) else value)

    def sum_of(self, bound: BoundBenefit) -> Written:
        """Return how a benefit's amount is worked out, with every value a choice can take; nothing for no amount."""
        if bound.amount is None:
            return ()
        amount = self.graph.node_of((bound.benefit.for_, bound.amount))
        return SumWriter(self.graph, all_values).written(amount.value, amount.level)

    def columns(self, wanted: Iterable[Key], guards: Mapping[Key, Key] | None = None) -> FrameColumns:
        """Return what works out the wanted columns for many households; ``guards`` are those of ``FrameColumns``."""
        from bangfu.engine.many import FrameColumns  # noqa: PLC0415 - one household's plan needs no frames

        return FrameColumns(self.graph, wanted, self.parameters, guards or {})

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

    @cached_property
    def presumables(self) -> tuple[Presumable, ...]:
        """Return every fact that can be presumed."""
        return tuple(self._presumable(fact) for fact in self.graph.catalog.facts if fact.presumption is not None)

    def _presumable(self, fact: Fact) -> Presumable:
        first = fact.presumed_columns[0]
        # Whether a list is stated stands in a column of its own.
        stated = fact.name if isinstance(fact.type, Items) else STATED + first
        return Presumable(fact.level, fact.name, first, stated, self.graph.base[fact.level, stated].unstated)

    @cached_property
    def presumable(self) -> Callable[[Level, str], tuple[Presumable, ...]]:
        """Return what a column rests on that can be presumed.

        Searched at the column's own row and its household's. Aggregates over members and categories
        end the search: they are explained by themselves.
        """
        return cache(lambda level, column: tuple(dict.fromkeys(self._search_presumable(level, column))))

    def _search_presumable(self, level: Level, column: str) -> Iterable[Presumable]:
        found = self.graph.locate(level, column)
        node = None if found.parameter else self.graph.node(found)
        if node is None or found.name in CATEGORY_COLUMNS:
            return
        fact = self.graph.catalog.by_column.get(found.name.removeprefix(PRESUMED))
        if fact is not None and fact.presumption is not None:
            yield self._presumable(fact)
        for at, name in keys_of(node.inputs):
            if not name.startswith(STATED):
                yield from self.presumable(at, name)

    @cached_property
    def entries(self) -> Callable[[Level, str], frozenset[PolicyEntry]]:
        """Return the policy values that can have a part in a column; sums over members end the search."""
        return cache(self._search_entries)  # columns share what they rest on: else the search doubles at each fork

    def _search_entries(self, level: Level, column: str) -> frozenset[PolicyEntry]:
        found = self.graph.locate(level, column)
        if found.parameter:
            entry = self.policy.entries.get(found.name.removeprefix(POLICY))
            return frozenset() if entry is None else frozenset([entry])
        node = self.graph.node(found)
        parts = () if node is None else node.inputs
        return frozenset().union(*(self.entries(name.level or found.level, name.name) for name in parts))

    def explained_keys(self) -> list[Key]:
        """Every column that a plan shows."""
        rules = [*self.household_rules, *self.member_rules]
        criteria = [c for rule in rules for c in rule.criteria]
        criteria += [*self.grounds.excluding, *self.grounds.including, *self.property]
        criteria += [c for bound in self.benefits for c in bound.criteria]
        lists = [fact for fact in self.graph.catalog.facts if isinstance(fact.type, Items) and fact.presumption]
        return [
            *_RESULTS,
            *((rule.level, rule.column) for rule in rules),
            *(key for bound in self.benefits for key in bound.columns()),
            *(key for criterion in criteria for key in criterion.columns()),
            *((fact.level, fact.presumed_columns[0]) for fact in lists),
        ]

    def _columns_screened(self) -> Iterable[Key]:
        yield from _RESULTS
        for bound in self.benefits:
            columns = (f"status:{bound.benefit.code}", bound.amount, bound.replaced_by, bound.allowed)
            yield from ((bound.benefit.for_, column) for column in columns if column)


_CATEGORY = tuple((Level.HOUSEHOLD, name) for name in ("category", *map("is_{}".format, HOUSEHOLD_ORDER)))
_RESULTS: tuple[Key, ...] = (
    *((Level.HOUSEHOLD, name) for name in ("category", "size", "income_year", "grace_until")),
    *_CATEGORY,
    *((Level.MEMBER, name) for name in ("counted", "category")),
    *((Level.MEMBER, f"is_{category}") for category in MEMBER_ORDER),
)


@lru_cache(maxsize=256)
def facts_read(ruleset: Ruleset, programme: str) -> frozenset[str]:
    """Return the facts that the criteria and amounts of a programme's own rules read (所用事实), and no others.

    Categories are worked out from most of what is known; what is determined (``determination``) ends the search.
    """
    seen: set[Key] = set()
    waiting = [
        (bound.benefit.for_, column)
        for bound in ruleset.benefits
        if bound.programme == programme
        for column in (*(c.status for c in bound.criteria), bound.amount, *bound.benefit.shows)
        if column
    ]
    graph = ruleset.graph
    while waiting:
        reference = graph.locate(*waiting.pop())
        node = graph.node(reference)
        if reference.parameter or reference.key in seen or (node is not None and node.determination):
            continue
        seen.add(reference.key)
        waiting += keys_of(node.inputs) if node is not None else ()
    stated = (name.removeprefix(STATED).removeprefix(PRESUMED) for _level, name in seen)
    return frozenset(graph.catalog.by_column[name].name for name in stated if name in graph.catalog.by_column)
