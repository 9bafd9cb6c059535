"""From declared rules to a ruleset: every expression gets its column, every name is looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import define, evolve, field

from bangfu.classification import CategoryRule, classification
from bangfu.engine.bound import BoundBenefit, BoundCriterion, BoundGrounds, BoundRule
from bangfu.engine.combination import combine, counting
from bangfu.engine.graph import Graph, told_of
from bangfu.engine.labels import Labels
from bangfu.engine.ruleset import Ruleset
from bangfu.errors import RuleError
from bangfu.facts import Catalog, Level
from bangfu.facts.catalog import near
from bangfu.facts.declare import LARGEST_AMOUNT
from bangfu.identification import MEMBER_COLUMNS, MEMBER_GROUNDS, income_columns, property_columns, property_criteria
from bangfu.messages import _
from bangfu.policy import Policy
from bangfu.rules import Benefit, Criterion, Derived, Programme
from bangfu.rules.criterion import Shown
from bangfu.rules.language import Expression, Name
from bangfu.rules.language.choices import Choose, Unknown
from bangfu.rules.language.expression import given
from bangfu.rules.language.functions import all_of, known, member
from bangfu.rules.language.kinds import YES_NO, Kind, Sort, money
from bangfu.rules.language.misuse import must_be_sayable
from bangfu.rules.language.nodes import All, Rounded
from bangfu.rules.origin import told_at


def compile_rules(policy: Policy, catalog: Catalog, programmes: Iterable[Programme]) -> Ruleset:
    """Return the ruleset of the core's rules and these programmes under a policy.

    Raises:
        RuleError: a rule uses an unknown name, a code or column is declared twice, columns need each other in a circle,
            or an expression does not fit its columns' types. It names the programme, the benefit and the criterion.
    """
    graph = Graph(catalog, policy.parameters, policy.entries)
    return _Compiler(policy, graph, Labels(graph)).compile(tuple(programmes))


def check_ruleset(ruleset: Ruleset) -> None:
    """Look up every column before a rule meets a household, and put those that a plan shows in order.

    Raises:
        RuleError: as ``compile_rules``.
    """
    ruleset.graph.ordered(tuple(ruleset.graph.nodes))
    _ = ruleset.explaining_one


@define
class _Compiler:
    policy: Policy
    graph: Graph
    labels: Labels
    _shared: dict[BoundCriterion, BoundCriterion] = field(factory=dict)
    _same: dict[tuple[BoundCriterion, ...], tuple[BoundCriterion, ...]] = field(factory=dict)

    def compile(self, programmes: tuple[Programme, ...]) -> Ruleset:
        rules = classification(self.policy)
        columns = (*MEMBER_COLUMNS, *income_columns(self.policy), *property_columns(self.policy), *rules.columns)
        for column in columns:
            self.graph.add(column, owner="core")
        bound_rules = (tuple(map(self._rule, rules.household)), tuple(map(self._rule, rules.member)))
        for programme in programmes:
            for column in programme.columns:
                with told_at(column.at):
                    _must_be_its_own(column, programme)
                    self.graph.add(column, owner=f"{programme.code} / {column.name}")
        known = _by_code(programmes)
        benefits = tuple(self._benefit(p, benefit, known) for p in programmes for benefit in p.benefits)
        benefits = combine(self.graph, benefits, [(p.code, group) for p in programmes for group in p.groups])
        grounds = BoundGrounds(
            self._criteria(MEMBER_GROUNDS.excluding, Level.MEMBER, "identification"),
            self._criteria(MEMBER_GROUNDS.including, Level.MEMBER, "identification"),
        )
        of_property = self._criteria(property_criteria(self.policy), Level.HOUSEHOLD, "property")
        return Ruleset(self.policy, self.graph, self.labels, programmes, grounds, of_property, *bound_rules, benefits)

    def _rule(self, rule: CategoryRule) -> BoundRule:
        owner = f"category {rule.code}"
        criteria = self._criteria(rule.criteria, rule.level, owner)
        holds = all_of(*(Name(criterion.status) for criterion in criteria))
        column = self.graph.add(Derived(rule.column, rule.level, holds, determination=True), owner)
        return BoundRule(rule.code, rule.level, column, criteria)

    def _criteria(self, criteria: Iterable[Criterion], level: Level, owner: str) -> tuple[BoundCriterion, ...]:
        return tuple(self._criterion(criterion, level, owner) for criterion in criteria)

    def _criterion(self, criterion: Criterion, level: Level, owner: str) -> BoundCriterion:
        shown, graph, test = criterion.shown, self.graph, criterion.test
        name = f"{owner} / {criterion.label}" if criterion.label else owner
        with told_at(criterion.at), told_of(name):
            if isinstance(test, Name) and graph.locate(test.level or level, test.name).parameter:
                test = All((test,))  # what a place says, yes or no, has a column where it is a criterion by itself
            status = graph.add_test(level, test, name)
            if (kind := graph.kind(graph.locate(level, status))) != YES_NO:
                message = _("a criterion asks for yes or no, and this is {kind}; compare it with something", kind=kind)
                raise RuleError(message)
            value = None if shown.value is None else graph.add_test(level, shown.value, name, "value")
            limit, limit_column = shown.limit, None
            if isinstance(limit, Expression):
                limit_column, limit = graph.add_test(level, limit, name, "limit"), None
            parts = self._criteria(criterion.parts, level, owner)
        label, source = criterion.label, criterion.source
        bound = BoundCriterion(level, label, source, status, value, limit, limit_column, shown.comparison, parts)
        if not label:
            label = self.labels.of_criterion(bound, together=criterion.together) or str(criterion.test)
            bound = evolve(bound, label=label)
        return self._shared.setdefault(bound, bound)

    def _benefit(self, programme: Programme, benefit: Benefit, known: Mapping[str, Benefit]) -> BoundBenefit:
        graph, level, owner = self.graph, benefit.for_, f"{programme.code} / {benefit.code}"
        with told_at(benefit.at), told_of(owner):
            if not benefit.code.startswith(f"{programme.code}."):
                raise RuleError(_("a benefit's code begins with its programme's: {code}.…", code=programme.code))
            for column in benefit.shows:
                graph.locate(level, column)
            until = benefit.until
            if until and (kind := graph.kind(graph.locate(level, until))).sort is not Sort.DAY:
                raise RuleError(_("until names the column of a day, and {until} is {kind}", until=until, kind=kind))
            needed = [self._needed(code, level, known) for code in benefit.needs]
            criteria = self._criteria([*benefit.when, *needed], level, owner)
            if level is Level.MEMBER and benefit.members_only:
                criteria = self._criterion(Criterion(member.counted, source="N2 art. 7"), level, "core"), *criteria
            status, amount = self._results(benefit, criteria, owner)
        return BoundBenefit(benefit, programme.code, status, amount, self._same.setdefault(criteria, criteria))

    def _results(self, benefit: Benefit, criteria: Iterable[BoundCriterion], owner: str) -> tuple[str, str | None]:
        level, code, amount = benefit.for_, benefit.code, None
        holds = [Name(c.status) for c in criteria]
        if benefit.amount is not None:
            amount = self._amount(benefit, benefit.amount, f"{owner} / amount")
        if amount is not None and benefit.fixed_amount is None:
            holds.append(self._is_payable(Name(amount), level, owner))
        # Benefits with the same criteria share one column; each has its own name for it besides.
        shared = self.graph.add_test(level, all_of(*holds), owner)
        self.graph.add(Derived(f"status:{code}", level, Name(shared), determination=True), owner)
        return shared, amount

    def _needed(self, code: str, level: Level, benefits: Mapping[str, Benefit]) -> Criterion:
        """Return the criterion that a needed benefit stands after combination, for oneself or any member."""
        if code not in benefits:
            hint = near(code, benefits)
            raise RuleError(_("it needs {code!r} first, which no programme declares{near}", code=code, near=hint))
        name = counting(benefits[code], level)
        self.graph.promise(Level.HOUSEHOLD if name.startswith("any_") else benefits[code].for_, name)
        return Criterion(Name(name), _("先享受：{name}", name=benefits[code].name), shows=Shown())

    def _amount(self, benefit: Benefit, amount: Expression, owner: str) -> str:
        """Return the column of a benefit's amount, rounded as it is paid."""
        value = self.graph.looked_up(benefit.for_, amount, owner)
        with told_of(owner):
            _must_be_paid(value.kind, benefit)
        rounded = Rounded(value, benefit.rounding)
        return self.graph.add(Derived(f"amount:{benefit.code}", benefit.for_, rounded, _("金额")), owner)

    def _is_payable(self, amount: Name, level: Level, owner: str) -> Name:
        """Return whether an amount is known and can be paid; never false, since a rule gone wrong refuses nobody."""
        possible = known(amount) & (amount >= 0) & (amount < LARGEST_AMOUNT)
        test = Choose((possible,), (given(value=True),), Unknown((amount,), kind=YES_NO))
        return Name(self.graph.add_test(level, test, owner, "payable"))


def _must_be_paid(kind: Kind | None, benefit: Benefit) -> None:
    """Make sure that an amount is money for the period by which the benefit is paid."""
    paid = money(benefit.per)
    if kind is None or not kind.fits(paid):
        hint = ""
        if kind is not None and kind.sort is Sort.NUMBER:
            hint = "; write yuan(…) for plain numbers"
        elif kind is not None and kind.sort is Sort.MONEY:
            hint = '; what is money a year in rules, also a parameter that is set by the month, is paid per = "year"'
        raise RuleError(_("the amount is to be {paid}, and this is {kind}{hint}", paid=paid, kind=kind, hint=hint))


def _must_be_its_own(column: Derived, programme: Programme) -> None:
    """Make sure that a programme's column has a name that a rule can say, and that others cannot take for a fact."""
    own = column.name.startswith(f"{programme.code}.")
    if ":" in column.name or not own:  # with a colon: what only the engine has, a fact as stated, a status
        raise RuleError(
            _(
                "the column {name!r} is to begin with its programme's code, without colons: {code}.…",
                name=column.name,
                code=programme.code,
            ),
            owner=programme.code,
        )
    must_be_sayable(column.name, programme.code)


def _by_code(programmes: Iterable[Programme]) -> dict[str, Benefit]:
    """Return every benefit by its code, which no other has."""
    known: dict[str, Benefit] = {}
    owners: dict[str, str] = {}
    for programme in programmes:
        for benefit in programme.benefits:
            code, own, seen = benefit.code, programme.code, owners.setdefault(benefit.code, programme.code)
            if code in known:
                message = _(
                    "the code {code!r} is declared by {seen} and by {programme}", code=code, seen=seen, programme=own
                )
                raise RuleError(message, benefit=code)
            known[code] = benefit
    return known
