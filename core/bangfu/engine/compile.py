"""From declared rules to a ruleset: every expression gets its column, every name is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from attrs import define, field

from bangfu.classification import CategoryRule, Classification, classification
from bangfu.engine.bound import BoundBenefit, BoundCriterion, BoundGrounds, BoundRule
from bangfu.engine.combination import combine, counting
from bangfu.engine.graph import Graph
from bangfu.engine.labels import Labels
from bangfu.engine.ruleset import Ruleset
from bangfu.errors import RuleError
from bangfu.facts import Catalog, Level
from bangfu.facts.declare import MONEY
from bangfu.identification import MEMBER_COLUMNS, MEMBER_GROUNDS, income_columns, property_columns, property_criteria
from bangfu.kleene import all_of, not_null
from bangfu.policy import Policy
from bangfu.rules import Benefit, Criterion, Derived, Programme
from bangfu.rules.criterion import Comparison


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
    _same: dict[tuple[BoundCriterion, ...], tuple[BoundCriterion, ...]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.graph = Graph(self.catalog, self.policy.parameters)
        self.labels = Labels(self.graph)

    def compile(self, programmes: tuple[Programme, ...]) -> Ruleset:
        rules = classification(self.policy)
        self._core_columns(rules)
        household_rules = tuple(self._rule(rule) for rule in rules.household)
        member_rules = tuple(self._rule(rule) for rule in rules.member)
        for programme in programmes:
            for column in programme.columns:
                if ":" in column.name:  # such names say what a column is: a fact as stated, a policy value, a status
                    raise RuleError(
                        f"the column {column.name!r} has a colon, as only the engine's own columns have; "
                        f"name it as in {programme.code}.frail",
                        owner=programme.code,
                    )
                self.graph.add(column, owner=programme.code)
        known = {benefit.code: benefit for p in programmes for benefit in p.benefits}
        benefits = tuple(self._benefit(p, benefit, known) for p in programmes for benefit in p.benefits)
        _refuse_twins(benefits)
        benefits = combine(self.graph, benefits, [group for p in programmes for group in p.groups])
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
            household_rules,
            member_rules,
            benefits,
        )

    def _core_columns(self, rules: Classification) -> None:
        columns = (*MEMBER_COLUMNS, *income_columns(self.policy), *property_columns(self.policy), *rules.columns)
        for column in columns:
            self.graph.add(column, owner="core")

    def _rule(self, rule: CategoryRule) -> BoundRule:
        criteria = self._criteria(rule.criteria, rule.level, f"category {rule.code}")
        holds = all_of(*(pl.col(criterion.status) for criterion in criteria))
        column = self.graph.add(
            Derived(rule.column, rule.level, holds, determination=True), owner=f"category {rule.code}"
        )
        return BoundRule(rule.code, rule.level, column, criteria)

    def _criteria(self, criteria: Iterable[Criterion], level: Level, owner: str) -> tuple[BoundCriterion, ...]:
        return tuple(self._criterion(criterion, level, owner) for criterion in criteria)

    def _criterion(self, criterion: Criterion, level: Level, owner: str) -> BoundCriterion:
        name = f"{owner} / {criterion.label or criterion.value or ''}"
        for root in criterion.test.meta.root_names():
            if not root.startswith(("counts:", "any_counts:")):  # a needed benefit is combined further on
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

    def _benefit(self, programme: Programme, benefit: Benefit, known: Mapping[str, Benefit]) -> BoundBenefit:
        owner = f"{programme.code} / {benefit.code}"
        if not benefit.code.startswith(f"{programme.code}."):
            raise RuleError(f"a benefit's code begins with its programme's: {programme.code}.…", owner=owner)
        level = benefit.for_
        named = (
            *benefit.shows,
            *([benefit.until] if benefit.until else ()),
            *(benefit.amount.named if benefit.amount else ()),
        )
        for column in named:
            self.graph.locate(level, column, owner)
        needed = [_needed(code, level, known, owner) for code in benefit.needs]
        criteria = list(self._criteria([*benefit.when, *needed], level, owner))
        if level is Level.MEMBER and benefit.members_only:
            counted = Criterion(pl.col("counted"), source="N2 art. 7", value="counted", comparison=Comparison.HOLDS)
            criteria.insert(0, self._criterion(counted, level, "core"))
        guard, status, amount, numbers = self._results(benefit, criteria, owner)
        same = self._same.setdefault(tuple(criteria), tuple(criteria))
        return BoundBenefit(benefit, programme.code, status, amount, same, numbers, guard)

    def _results(
        self, benefit: Benefit, criteria: list[BoundCriterion], owner: str
    ) -> tuple[str | None, str, str | None, tuple[str, ...]]:
        level, code = benefit.for_, benefit.code
        holds = all_of(*(pl.col(c.status) for c in criteria))
        guard = amount = None
        numbers: tuple[str, ...] = ()
        if benefit.amount is not None:
            rounded = benefit.amount.value.round(2, mode="half_away_from_zero").cast(MONEY)
            amount = self.graph.add(Derived(f"amount:{code}", level, rounded, "金额"), owner)
            if roots := benefit.amount.value.meta.root_names():
                guard = self.graph.add_test(level, holds, owner)
                holds = all_of(pl.col(guard), not_null(pl.col(amount)))
                numbers = tuple(dict.fromkeys((*benefit.amount.named, *roots)))
        numbers = tuple(dict.fromkeys((*numbers, *benefit.shows)))
        # Benefits with the same criteria share one column; each has its own name for it besides.
        shared = self.graph.add_test(level, holds, owner)
        self.graph.add(Derived(f"status:{code}", level, pl.col(shared), determination=True), owner)
        return guard, shared, amount, numbers


def _needed(code: str, level: Level, known: Mapping[str, Benefit], owner: str) -> Criterion:
    """Return the criterion that a needed benefit stands after combination, for oneself or any member."""
    if code not in known:
        raise RuleError(f"it needs {code!r} first, which no programme declares", owner=owner)
    return Criterion(pl.col(counting(known[code], level)), f"先享受：{known[code].name}")


def _refuse_twins(benefits: Iterable[BoundBenefit]) -> None:
    seen: dict[str, str] = {}
    for bound in benefits:
        code = bound.benefit.code
        if code in seen:
            raise RuleError(f"the code {code!r} is declared by {seen[code]} and by {bound.programme}", benefit=code)
        seen[code] = bound.programme
