"""A ruleset: every rule in force under one policy, bound to the columns that will hold its results."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import polars as pl
from attrs import define, field, frozen

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER, Classification, classification
from bangfu.engine.graph import HOUSEHOLD, Graph
from bangfu.engine.labels import Labels
from bangfu.engine.schedule import AnyFrame, Schedule, schedule
from bangfu.errors import RuleError
from bangfu.facts import Catalog, Items, Level
from bangfu.facts.declare import MONEY, PRESUMED, STATED
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.identification import MEMBER_COLUMNS, MEMBER_GROUNDS, income_columns, property_columns, property_criteria
from bangfu.kleene import all_of, not_null
from bangfu.policy import Policy
from bangfu.rules import Benefit, Criterion, Derived, Programme
from bangfu.rules.criterion import Comparison


@frozen
class BoundCriterion:
    """A criterion and where its result stands.

    ``status`` is a boolean column, ``value`` the column tested, ``limit`` a constant or (as
    ``limit_column``) a column.
    """

    level: Level
    label: str
    source: str
    status: str
    value: str | None
    limit: Any
    limit_column: str | None
    comparison: Comparison | None
    parts: tuple[BoundCriterion, ...]


@frozen
class BoundRule:
    """A category's (or ground's) criteria with the column that says whether they all hold."""

    code: str
    level: Level
    column: str
    criteria: tuple[BoundCriterion, ...]


@frozen
class BoundBenefit:
    """A benefit with the columns of its status and amount; ``numbers`` are shown with the amount."""

    benefit: Benefit
    programme: str
    status: str
    amount: str | None
    criteria: tuple[BoundCriterion, ...]
    numbers: tuple[str, ...] = ()


@frozen
class Presumable:
    """A fact that can be presumed, with a column of it and that column as stated."""

    level: Level
    fact: str
    column: str
    stated: str


@frozen
class BoundGrounds:
    """Why a member counts or not, each ground with its column."""

    excluding: tuple[BoundCriterion, ...]
    including: tuple[BoundCriterion, ...]


@define(frozen=True, slots=False)
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
    _presumable: dict[tuple[Level, str], tuple[Presumable, ...]] = field(factory=dict, repr=False)

    @cached_property
    def explained(self) -> Schedule:
        """The schedule with every column that a plan shows."""
        wanted = [*_RESULTS, *((level, column) for level, column in self._columns_shown())]
        return schedule(self.graph, dict.fromkeys(wanted), self.policy.literals())

    @cached_property
    def screening(self) -> Schedule:
        """The schedule with categories, statuses and amounts only."""
        wanted = [*_RESULTS]
        for bound in self.benefits:
            wanted += [(bound.benefit.for_, column) for column in (bound.status, bound.amount) if column]
        return schedule(self.graph, dict.fromkeys(wanted), self.policy.literals())

    def assess(self, households: AnyFrame, members: AnyFrame, *, explain: bool = False) -> tuple[AnyFrame, AnyFrame]:
        """Return both frames with the results added.

        Household columns: ``category`` (String), ``is_CATEGORY`` (Boolean), ``size`` (Int64),
        ``income_year`` (Decimal, yuan), ``grace_until`` (Date). Member columns: ``counted``,
        ``category``, ``is_CATEGORY``. Both: ``status:CODE`` (Boolean: eligible, ineligible, null for
        undetermined) and ``amount:CODE`` (Decimal, yuan for the benefit's period) of every benefit
        for that level. With ``explain``, every column that a plan shows as well.
        """
        return (self.explained if explain else self.screening).run(households, members)

    def presumable(self, level: Level, column: str) -> tuple[Presumable, ...]:
        """Return what a column rests on that can be presumed.

        Searched at the column's own row and its household's. Aggregates over members and categories
        end the search: they are explained by themselves.
        """
        key = (level, column)
        if key not in self._presumable:
            found = self._search_presumable(level, column)
            self._presumable[key] = tuple(dict.fromkeys(found))
        return self._presumable[key]

    def _search_presumable(self, level: Level, column: str) -> Iterable[Presumable]:
        found = self.graph.locate(level, column)
        node = None if found.parameter else self.graph.node(found)
        if node is None or node.from_members:
            return
        fact = self.graph.catalog.by_column.get(found.name.removeprefix(PRESUMED))
        if fact is not None and fact.presumption is not None:
            first = fact.presumed_columns[0]
            yield Presumable(found.level, fact.name, first, STATED + first)
        for root in node.roots:
            category = root.removeprefix(HOUSEHOLD).removeprefix("is_") in CATEGORY_LABELS
            if not root.startswith(STATED) and not category:
                yield from self.presumable(node.reads, root)

    def _columns_shown(self) -> Iterable[tuple[Level, str]]:
        rules = [*self.household_rules, *self.member_rules]
        for rule in rules:
            yield rule.level, rule.column
        criteria = [c for rule in rules for c in rule.criteria]
        criteria += [*self.grounds.excluding, *self.grounds.including, *self.property]
        for bound in self.benefits:
            criteria += bound.criteria
            # An amount that is the same for everybody is read from the benefit itself.
            amount = bound.amount if bound.benefit.fixed_amount is None else None
            for column in (bound.status, amount, *bound.numbers):
                if column:
                    yield bound.benefit.for_, column
        for criterion in criteria:
            yield from _columns_of(criterion)
        for fact in self.graph.catalog.facts:
            if isinstance(fact.type, Items) and fact.presumption:
                yield fact.level, fact.presumed_columns[0]


def _columns_of(criterion: BoundCriterion) -> Iterable[tuple[Level, str]]:
    for column in (criterion.status, criterion.value, criterion.limit_column):
        if column:
            yield criterion.level, column
    for part in criterion.parts:
        yield from _columns_of(part)


_RESULTS: tuple[tuple[Level, str], ...] = (
    *((Level.HOUSEHOLD, name) for name in ("category", "size", "income_year", "grace_until")),
    *((Level.HOUSEHOLD, f"is_{category}") for category in HOUSEHOLD_ORDER),
    *((Level.MEMBER, name) for name in ("counted", "category")),
    *((Level.MEMBER, f"is_{category}") for category in MEMBER_ORDER),
)


def compile_rules(policy: Policy, catalog: Catalog, programmes: Iterable[Programme]) -> Ruleset:
    """Return the ruleset of the core's rules and these programmes under a policy.

    Raises:
        RuleError: a rule uses an unknown name, a code or column is declared twice, columns need
            each other in a circle, or an expression does not fit its columns' types. It names the
            programme, the benefit and the criterion.
    """
    return _Compiler(policy, catalog).compile(tuple(programmes))


@define
class _Compiler:
    policy: Policy
    catalog: Catalog
    graph: Graph = field(init=False)
    labels: Labels = field(init=False)
    _shared: dict[BoundCriterion, BoundCriterion] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.graph = Graph(self.catalog, self.policy.parameters)
        self.labels = Labels(self.graph)

    def compile(self, programmes: tuple[Programme, ...]) -> Ruleset:
        rules = classification(self.policy)
        self._core_columns(rules)
        for programme in programmes:
            for column in programme.columns:
                self.graph.add(column, owner=programme.code)
        benefits = tuple(self._benefit(p, benefit) for p in programmes for benefit in p.benefits)
        _refuse_twins(benefits)
        return Ruleset(
            self.policy,
            self.graph,
            self.labels,
            programmes,
            BoundGrounds(
                self._criteria(MEMBER_GROUNDS.excluding, Level.MEMBER, "identification"),
                self._criteria(MEMBER_GROUNDS.including, Level.MEMBER, "identification"),
            ),
            self._criteria(property_criteria(self.policy), Level.HOUSEHOLD, "property"),
            tuple(self._rule(rule) for rule in rules.household),
            tuple(self._rule(rule) for rule in rules.member),
            benefits,
        )

    def _core_columns(self, rules: Classification) -> None:
        columns = (*MEMBER_COLUMNS, *income_columns(self.policy), *property_columns(self.policy), *rules.columns)
        for column in columns:
            self.graph.add(column, owner="core")

    def _rule(self, rule: Any) -> BoundRule:
        return BoundRule(
            rule.code, rule.level, rule.column.name, self._criteria(rule.criteria, rule.level, f"category {rule.code}")
        )

    def _criteria(self, criteria: Iterable[Criterion], level: Level, owner: str) -> tuple[BoundCriterion, ...]:
        return tuple(self._criterion(criterion, level, owner) for criterion in criteria)

    def _criterion(self, criterion: Criterion, level: Level, owner: str) -> BoundCriterion:
        name = f"{owner} / {criterion.label or criterion.value or ''}"
        for root in criterion.test.meta.root_names():
            self.graph.locate(level, root, name)
        limit, limit_column = criterion.limit, None
        if isinstance(limit, pl.Expr):
            limit_column, limit = self.graph.add_test(level, limit, name, "limit"), None
        bound = BoundCriterion(
            level,
            criterion.label or self.labels.of_criterion(criterion, level, limit_column),
            criterion.source,
            self.graph.add_test(level, criterion.test, name),
            criterion.value,
            limit,
            limit_column,
            criterion.comparison,
            self._criteria(criterion.parts, level, owner),
        )
        return self._shared.setdefault(bound, bound)

    def _benefit(self, programme: Programme, benefit: Benefit) -> BoundBenefit:
        owner = f"{programme.code} / {benefit.code}"
        if not benefit.code.startswith(f"{programme.code}."):
            raise RuleError(f"a benefit's code begins with its programme's: {programme.code}.…", owner=owner)
        level = benefit.for_
        criteria = list(self._criteria(benefit.when, level, owner))
        if level is Level.MEMBER:
            counted = Criterion(pl.col("counted"), source="N2 art. 7", value="counted", comparison=Comparison.HOLDS)
            criteria.insert(0, self._criterion(counted, level, "core"))
        status, amount, numbers = self._results(benefit, criteria, owner)
        return BoundBenefit(benefit, programme.code, status, amount, tuple(criteria), numbers)

    def _results(
        self, benefit: Benefit, criteria: list[BoundCriterion], owner: str
    ) -> tuple[str, str | None, tuple[str, ...]]:
        level, code = benefit.for_, benefit.code
        tests = [pl.col(c.status) for c in criteria]
        amount = None
        numbers: tuple[str, ...] = ()
        if benefit.amount is not None:
            rounded = benefit.amount.value.round(2, mode="half_away_from_zero").cast(MONEY)
            amount = self.graph.add(Derived(f"amount:{code}", level, rounded, "金额"), owner)
            if roots := benefit.amount.value.meta.root_names():
                tests.append(not_null(pl.col(amount)))
                numbers = tuple(dict.fromkeys((*benefit.amount.named, *roots)))
        return self.graph.add(Derived(f"status:{code}", level, all_of(*tests)), owner), amount, numbers


def _refuse_twins(benefits: Iterable[BoundBenefit]) -> None:
    seen: dict[str, str] = {}
    for bound in benefits:
        code = bound.benefit.code
        if code in seen:
            raise RuleError(f"the code {code!r} is declared by {seen[code]} and by {bound.programme}", benefit=code)
        seen[code] = bound.programme
