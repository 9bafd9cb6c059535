"""Combination (叠加与互斥): what stays when supports cannot all be had, decided in this one place.

For every benefit that others can touch or need, columns are added: ``entered:CODE`` (due, and nothing it
gives way to is), ``counts:CODE`` (due and not replaced), ``replaced_by:CODE`` (the code it gave way
to) and ``allowed:CODE`` (the amount a cap leaves). Only what is surely due displaces anything: an
undetermined support never does.

A benefit that needs another first is met by that one alone, and only where it stands: what another
replaced, also of the same group, is not received. A clause that either of a group's benefits meets says
so in a criterion of its own. A cap cuts money and replaces nothing: what it cuts, to nothing even, stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from operator import add

from attrs import define, evolve, field

from bangfu.engine.bound import BoundBenefit
from bangfu.engine.graph import Graph, told_of
from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.facts.catalog import near
from bangfu.keys import MEMBER_KEY
from bangfu.messages import _
from bangfu.rules import Benefit, Derived, Group, GroupRule
from bangfu.rules.language import Expression, Name, given, key_of
from bangfu.rules.language.choices import Choose
from bangfu.rules.language.functions import all_of, choose, known, largest, smallest, some, yuan
from bangfu.rules.language.kinds import COUNT, Kind, choice
from bangfu.rules.language.nodes import Rounded
from bangfu.rules.language.over_members import Before
from bangfu.rules.language.rounding import Rounding
from bangfu.rules.origin import told_at

NOBODY = ""
"""The code that stands where no benefit does."""
_MOST_CODES = 60
_BEHIND = 1_000_000
"""Behind the place of every member."""


def combine(
    graph: Graph, benefits: Sequence[BoundBenefit], groups: Iterable[tuple[str, Group]]
) -> tuple[BoundBenefit, ...]:
    """Return the benefits with the columns of their combination, added to the graph; groups come with their programme.

    Raises:
        RuleError: an unknown code or group, a group of mixed levels or without amounts, or benefits
            that give way to each other, or need each other, in a circle; it names the programmes.
    """
    return _Combiner(graph, {b.benefit.code: b for b in benefits}, _by_code(groups)).combined()


def counting(benefit: Benefit, level: Level) -> str:
    """Return the column that says whether a benefit counts, as a rule of a level asks; a household: for any member."""
    of_any = level is Level.HOUSEHOLD and benefit.for_ is Level.MEMBER
    return f"any_counts:{benefit.code}" if of_any else f"counts:{benefit.code}"


def _by_code(groups: Iterable[tuple[str, Group]]) -> dict[str, tuple[str, Group]]:
    by_code: dict[str, tuple[str, Group]] = {}
    for programme, group in groups:
        other, known = by_code.setdefault(group.code, (programme, group))
        limits = [None if one.limit is None else key_of(one.limit) for one in (known, group)]
        if known != group or limits[0] != limits[1]:
            message = _(
                "the group {code!r} is declared twice, and not alike; give one of them another code", code=group.code
            )
            raise RuleError(message, programmes=[programme, other])
    return by_code


@define
class _Combiner:
    graph: Graph
    benefits: Mapping[str, BoundBenefit]
    groups: Mapping[str, tuple[str, Group]]
    of_any: set[str] = field(factory=set)

    def combined(self) -> tuple[BoundBenefit, ...]:
        """Return every benefit, those that can be touched with their columns."""
        grouped = self._grouped()
        self._refuse_circles(grouped)
        declared = [bound.benefit for bound in self.benefits.values()]
        targets = {code for benefit in declared for code in (*benefit.gives_way_to, *benefit.needs)}
        touched = {benefit.code for benefit in declared if benefit.gives_way_to or benefit.group}
        for code in touched | targets:
            self._entered(self.benefits[code])
        replaced: dict[str, Name] = {}
        allowed: dict[str, str] = {}
        for group, members in grouped.items():
            _, rule = self.groups[group]
            if rule.rule is GroupRule.CAP:
                allowed |= self._capped(rule, members)
            else:
                replaced |= self._chosen(rule, members)
        for code in touched | targets:
            self._counts(self.benefits[code], replaced.get(code))
        for benefit in declared:
            for code in benefit.needs:
                self._counting(code, benefit.for_)
        can_be_replaced = {code for code in touched if code in replaced or self.benefits[code].benefit.gives_way_to}
        return tuple(
            evolve(
                bound,
                replaced_by=f"replaced_by:{code}" if code in can_be_replaced else None,
                allowed=allowed.get(code),
                limit=f"limit:{bound.benefit.group}" if code in allowed else None,
            )
            for code, bound in self.benefits.items()
        )

    def _add(self, name: str, level: Level, value: Expression, *, determination: bool = False) -> Name:
        self.graph.add(Derived(name, level, value, determination=determination), owner="combination")
        return Name(name, level)

    def _grouped(self) -> dict[str, list[BoundBenefit]]:
        grouped: dict[str, list[BoundBenefit]] = {}
        for bound in self.benefits.values():
            with told_at(bound.benefit.at), told_of(f"{bound.programme} / {bound.benefit.code}"):
                for other in bound.benefit.gives_way_to:
                    if other not in self.benefits:
                        hint = near(other, self.benefits)
                        text = _("it gives way to {other!r}, which no programme declares{hint}", other=other, hint=hint)
                        raise RuleError(text)
                if bound.benefit.group:
                    self._group(bound, grouped)
        return grouped

    def _group(self, bound: BoundBenefit, grouped: dict[str, list[BoundBenefit]]) -> None:
        """Put a benefit with those of its group."""
        code = bound.benefit.group
        if code not in self.groups:
            hint = near(code, self.groups)
            raise RuleError(_("its group {code!r} is declared by no programme{near}", code=code, near=hint))
        group = self.groups[code][1]
        if group.rule is not GroupRule.FIRST and bound.amount is None:
            raise RuleError(_("a benefit of the group {code!r} needs an amount", code=code))
        if group.rule is GroupRule.CAP and bound.benefit.per not in {Per.YEAR, Per.ONCE}:
            raise RuleError(_("a benefit of the group {code!r} is paid by the year or once", code=code))
        grouped.setdefault(code, []).append(bound)
        if len(grouped[code]) > _MOST_CODES:
            most = _MOST_CODES
            raise RuleError(
                _("the group {code!r} has more than {most_codes} benefits; divide it", code=code, most_codes=most)
            )
        if bound.benefit.for_ is not grouped[code][0].benefit.for_:
            raise RuleError(_("the group {code!r} mixes benefits of members and of households", code=code))

    def _refuse_circles(self, grouped: Mapping[str, Sequence[BoundBenefit]]) -> None:
        """Refuse benefits that wait for each other: one must be settled before the other can be."""
        after = {
            code: set(bound.benefit.gives_way_to) | set(bound.benefit.needs) for code, bound in self.benefits.items()
        }
        for group, members in grouped.items():
            if self.groups[group][1].rule is not GroupRule.CAP:
                self._refuse_needs_within(members)
            together = set().union(*(after[b.benefit.code] for b in members)) - {b.benefit.code for b in members}
            for bound in members:
                after[bound.benefit.code] |= together
        try:
            TopologicalSorter({code: sorted(others) for code, others in after.items()}).prepare()
        except CycleError as error:
            circle = error.args[1][::-1]
            owners = dict.fromkeys(self.benefits[code].programme for code in circle)
            message = f"{' → '.join(circle)} go round in a circle (declared by {' and by '.join(owners)})"
            raise RuleError(message, programmes=owners) from None

    def _refuse_needs_within(self, members: Sequence[BoundBenefit]) -> None:
        """Refuse a benefit that needs one it is chosen against: which of both stands would decide which of both can."""
        codes = {bound.benefit.code for bound in members}
        for bound in members:
            for code in codes.intersection(bound.benefit.needs):
                message = f"it needs {code!r}, and of their group {bound.benefit.group!r} one stays: that is a circle"
                raise RuleError(message, owner=f"{bound.programme} / {bound.benefit.code}")

    def _entered(self, bound: BoundBenefit) -> None:
        code, level = bound.benefit.code, bound.benefit.for_
        due = Name(bound.status)
        ways = [(_surely(due & self._counting(other, level)), other) for other in bound.benefit.gives_way_to]
        way = self._add(f"way:{code}", level, _first(ways))
        self._add(f"entered:{code}", level, _surely(due & (way == NOBODY)))

    def _counting(self, code: str, level: Level) -> Name:
        """Return whether a benefit counts, as seen by a recipient of a level."""
        name, own = counting(self.benefits[code].benefit, level), f"counts:{code}"
        if name == own:
            return Name(own, self.benefits[code].benefit.for_)
        if name not in self.of_any:
            self.of_any.add(name)
            self._add(name, Level.HOUSEHOLD, some(Name(own, Level.MEMBER)), determination=True)
        return Name(name, Level.HOUSEHOLD)

    def _counts(self, bound: BoundBenefit, replaced: Name | None) -> None:
        code, level = bound.benefit.code, bound.benefit.for_
        way: Expression = Name(f"way:{code}", level)
        by = way if replaced is None else Choose((way == NOBODY,), (replaced,), way)
        replaced_by = self._add(f"replaced_by:{code}", level, by)
        # A column of its own, known for everybody: what is open is then looked for in the status alone.
        stays = self._add(f"stays:{code}", level, replaced_by == NOBODY)
        self._add(f"counts:{code}", level, all_of(Name(bound.status), stays), determination=True)

    def _chosen(self, group: Group, members: Sequence[BoundBenefit]) -> dict[str, Name]:
        """Add for each benefit of a group the code of the one that is chosen instead of it."""
        level = members[0].benefit.for_
        worth = {b.benefit.code: self._worth(b, group, len(members) - i) for i, b in enumerate(members)}
        best = self._add(f"best:{group.code}", level, largest(*worth.values(), _NO_WORTH[group.rule]))
        entered = {code: Name(f"entered:{code}", level) for code in worth}
        first = _first([(entered[code] & (value == best), code) for code, value in worth.items()])
        chosen = self._add(f"first:{group.code}", level, first)
        mine: Expression = given(value=True)
        if level is Level.MEMBER and group.per is Level.HOUSEHOLD:
            chosen, mine = self._chosen_of_household(group, best, chosen, list(worth))
        replaced = {}
        for code in worth:
            gives_way = entered[code] & ((chosen != code) | ~mine)
            nobody = given(NOBODY, _codes([NOBODY]))
            replaced[code] = self._add(f"group:{code}", level, Choose((gives_way,), (chosen,), nobody))
        return replaced

    def _chosen_of_household(
        self, group: Group, best: Name, chosen: Name, codes: Sequence[str]
    ) -> tuple[Name, Expression]:
        """Return the column of the code chosen among all members, and whether this member has it."""
        place = Name(MEMBER_KEY, Level.MEMBER)
        of_all = self._add(f"household_best:{group.code}", Level.HOUSEHOLD, largest(best))
        leads = choose(((best == of_all) & (chosen != NOBODY), place), otherwise=_BEHIND)
        leader = self._add(f"leader:{group.code}", Level.HOUSEHOLD, smallest(leads))
        won = [(some((place == leader) & (chosen == code)), code) for code in codes]
        return self._add(f"chosen:{group.code}", Level.HOUSEHOLD, _first(won)), place == leader

    @staticmethod
    def _worth(bound: BoundBenefit, group: Group, rank: int) -> Expression:
        """Return what a due benefit is worth in the choice: its yearly amount, or the higher rank of the earlier."""
        entered = Name(f"entered:{bound.benefit.code}")
        if group.rule is GroupRule.FIRST or bound.amount is None:
            return choose((entered, rank), otherwise=0)
        times = 1 if bound.benefit.per is Per.ONCE else bound.benefit.times_a_year
        return choose((entered, Name(bound.amount) * times), otherwise=_NO_WORTH[group.rule])

    def _capped(self, group: Group, members: Sequence[BoundBenefit]) -> dict[str, str]:
        """Add for each benefit the amount that is left of the cap when those before it are served."""
        if group.limit is None:
            programmes = {bound.programme for bound in members}
            raise RuleError(_("the group {code!r} is a cap and needs a limit", code=group.code), programmes=programmes)
        level = members[0].benefit.for_
        due = {
            b.benefit.code: choose((Name(f"entered:{b.benefit.code}"), Name(b.amount)), otherwise=yuan(0))
            for b in members
            if b.amount
        }
        before: Expression = yuan(0)
        if level is Level.MEMBER and group.per is Level.HOUSEHOLD:
            before = Before(self._add(f"due:{group.code}", level, reduce(add, due.values())))
        owner = f"{self.groups[group.code][0]} / group {group.code}"
        limit = Name(
            self.graph.add(Derived(f"limit:{group.code}", level, Rounded(group.limit, Rounding())), owner), level
        )
        allowed = {}
        for code, amount in due.items():
            left = largest(limit - before, yuan(0))
            allowed[code] = self._add(f"allowed:{code}", level, smallest(amount, left)).name
            before = before + amount
        return allowed


_NO_WORTH: Mapping[GroupRule, Expression] = {GroupRule.FIRST: given(0, COUNT), GroupRule.HIGHEST: yuan(-1)}


def _surely(test: Expression) -> Expression:
    """Return whether a test is known to hold: what is unknown displaces nothing."""
    return known(test) & test


def _first(cases: Iterable[tuple[Expression, str]]) -> Expression:
    """Return the code of the first case that holds, or nobody's."""
    tests, codes = zip(*cases, strict=True) if (cases := list(cases)) else ((), ())
    kind = _codes([*codes, NOBODY])
    return Choose(tests, tuple(given(code, kind) for code in codes), given(NOBODY, kind))


def _codes(codes: Iterable[str]) -> Kind:
    return choice({code: code for code in codes})
