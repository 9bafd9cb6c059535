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

import polars as pl
from attrs import define, evolve

from bangfu.engine.bound import BoundBenefit
from bangfu.engine.graph import Graph
from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.facts.declare import MONEY, ZERO
from bangfu.frames import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.kleene import all_of, some_of
from bangfu.rules import Benefit, Derived, Group, GroupRule

_NOTHING = pl.lit(ZERO).cast(MONEY)


def combine(graph: Graph, benefits: Sequence[BoundBenefit], groups: Iterable[Group]) -> tuple[BoundBenefit, ...]:
    """Return the benefits with the columns of their combination, added to the graph.

    Raises:
        RuleError: an unknown code or group, a group of mixed levels or without amounts, or benefits
            that give way to each other, or need each other, in a circle; it names the programmes.
    """
    return _Combiner(graph, {b.benefit.code: b for b in benefits}, _by_code(groups)).combined()


def counting(benefit: Benefit, level: Level) -> str:
    """Return the column that says whether a benefit counts, as a rule of a level asks; a household: for any member."""
    of_any = level is Level.HOUSEHOLD and benefit.for_ is Level.MEMBER
    return f"any_counts:{benefit.code}" if of_any else f"counts:{benefit.code}"


def _by_code(groups: Iterable[Group]) -> dict[str, Group]:
    by_code: dict[str, Group] = {}
    for group in groups:
        if group.code in by_code and by_code[group.code] != group:
            raise RuleError(f"the group {group.code!r} is declared twice; give one of them another code")
        by_code[group.code] = group
    return by_code


@define
class _Combiner:
    graph: Graph
    benefits: Mapping[str, BoundBenefit]
    groups: Mapping[str, Group]

    def combined(self) -> tuple[BoundBenefit, ...]:
        """Return every benefit, those that can be touched with their columns."""
        grouped = self._grouped()
        self._refuse_circles(grouped)
        targets = {code for bound in self.benefits.values() for code in bound.benefit.gives_way_to}
        targets |= {code for bound in self.benefits.values() for code in bound.benefit.needs}
        touched = {b.benefit.code for b in self.benefits.values() if b.benefit.gives_way_to or b.benefit.group}
        for code in touched | targets:
            self._entered(self.benefits[code])
        replaced: dict[str, str] = {}
        allowed: dict[str, str] = {}
        for group, members in grouped.items():
            rule = self.groups[group]
            if rule.rule is GroupRule.CAP:
                allowed |= self._capped(rule, members)
            else:
                replaced |= self._chosen(rule, members)
        for code in touched | targets:
            self._counts(self.benefits[code], replaced.get(code))
        for bound in self.benefits.values():
            for code in bound.benefit.needs:
                self._counting(code, bound.benefit.for_)
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

    def _add(
        self, name: str, level: Level, value: pl.Expr, *, from_members: bool = False, determination: bool = False
    ) -> str:
        derived = Derived(name, level, value, from_members=from_members, determination=determination)
        return self.graph.add(derived, owner="combination")

    def _grouped(self) -> dict[str, list[BoundBenefit]]:
        grouped: dict[str, list[BoundBenefit]] = {}
        for bound in self.benefits.values():
            code = bound.benefit.group
            owner = f"{bound.programme} / {bound.benefit.code}"
            for other in bound.benefit.gives_way_to:
                if other not in self.benefits:
                    raise RuleError(f"it gives way to {other!r}, which no programme declares", owner=owner)
            if not code:
                continue
            if code not in self.groups:
                raise RuleError(f"its group {code!r} is declared by no programme", owner=owner)
            if self.groups[code].rule is not GroupRule.FIRST and bound.amount is None:
                raise RuleError(f"a benefit of the group {code!r} needs an amount", owner=owner)
            if self.groups[code].rule is GroupRule.CAP and bound.benefit.per not in {Per.YEAR, Per.ONCE}:
                raise RuleError(f"a benefit of the group {code!r} is paid by the year or once", owner=owner)
            grouped.setdefault(code, []).append(bound)
            if bound.benefit.for_ is not grouped[code][0].benefit.for_:
                raise RuleError(f"the group {code!r} mixes benefits of members and of households", owner=owner)
        return grouped

    def _refuse_circles(self, grouped: Mapping[str, Sequence[BoundBenefit]]) -> None:
        """Refuse benefits that wait for each other: one must be settled before the other can be."""
        after = {
            code: set(bound.benefit.gives_way_to) | set(bound.benefit.needs) for code, bound in self.benefits.items()
        }
        for group, members in grouped.items():
            if self.groups[group].rule is not GroupRule.CAP:
                self._refuse_needs_within(members)
            together = set().union(*(after[b.benefit.code] for b in members)) - {b.benefit.code for b in members}
            for bound in members:
                after[bound.benefit.code] |= together
        settled: set[str] = set()

        def settle(code: str, path: tuple[str, ...]) -> None:
            if code in path:
                circle = [*path[path.index(code) :], code]
                owners = dict.fromkeys(self.benefits[c].programme for c in circle)
                message = f"{' → '.join(circle)} go round in a circle (declared by {' and by '.join(owners)})"
                raise RuleError(message, programmes=owners)
            if code not in settled:
                for other in sorted(after[code]):
                    settle(other, (*path, code))
                settled.add(code)

        for code in after:
            settle(code, ())

    def _refuse_needs_within(self, members: Sequence[BoundBenefit]) -> None:
        """Refuse a benefit that needs one it is chosen against: which of both stands would decide which of both can."""
        codes = {bound.benefit.code for bound in members}
        for bound in members:
            for code in codes.intersection(bound.benefit.needs):
                message = f"it needs {code!r}, and of their group {bound.benefit.group!r} one stays: that is a circle"
                raise RuleError(message, owner=f"{bound.programme} / {bound.benefit.code}")

    def _entered(self, bound: BoundBenefit) -> None:
        code, level = bound.benefit.code, bound.benefit.for_
        due = pl.col(bound.status)
        ways = [
            pl.when(due & pl.col(self._counting(other, level))).then(pl.lit(other))
            for other in bound.benefit.gives_way_to
        ]
        way = pl.coalesce(*ways) if ways else pl.lit(None, dtype=pl.String)
        self._add(f"way:{code}", level, way)
        self._add(f"entered:{code}", level, due & pl.col(f"way:{code}").is_null())

    def _counting(self, code: str, level: Level) -> str:
        """Return the column that says whether a benefit counts, as seen by a recipient of a level."""
        name, own = counting(self.benefits[code].benefit, level), f"counts:{code}"
        if name != own and (Level.HOUSEHOLD, name) not in self.graph.nodes:
            self._add(name, Level.HOUSEHOLD, some_of(pl.col(own)), from_members=True, determination=True)
        return name

    def _counts(self, bound: BoundBenefit, replaced: str | None) -> None:
        code, level = bound.benefit.code, bound.benefit.for_
        by_group = pl.col(replaced) if replaced else pl.lit(None, dtype=pl.String)
        self._add(f"replaced_by:{code}", level, pl.coalesce(pl.col(f"way:{code}"), by_group))
        # A column of its own, known for everybody: what is open is then looked for in the status alone.
        stays = self._add(f"stays:{code}", level, pl.col(f"replaced_by:{code}").is_null())
        self._add(f"counts:{code}", level, all_of(pl.col(bound.status), pl.col(stays)), determination=True)

    def _chosen(self, group: Group, members: Sequence[BoundBenefit]) -> dict[str, str]:
        """Add for each benefit of a group the code of the one that is chosen instead of it."""
        level = members[0].benefit.for_
        worth = {b.benefit.code: self._worth(b, group, i) for i, b in enumerate(members)}
        best = self._add(f"best:{group.code}", level, pl.max_horizontal(*worth.values()))
        first = pl.coalesce(*(pl.when(value == pl.col(best)).then(pl.lit(code)) for code, value in worth.items()))
        chosen = self._add(f"first:{group.code}", level, first)
        mine = pl.lit(True)
        if level is Level.MEMBER and group.per is Level.HOUSEHOLD:
            chosen, mine = self._chosen_of_household(group, best, chosen)
        replaced = {}
        for code in worth:
            gives_way = pl.col(f"entered:{code}") & ((pl.col(chosen) != code) | ~mine)
            replaced[code] = self._add(f"group:{code}", level, pl.when(gives_way).then(pl.col(chosen)))
        return replaced

    def _chosen_of_household(self, group: Group, best: str, chosen: str) -> tuple[str, pl.Expr]:
        """Return the column of the code chosen among all members, and whether this member has it."""
        of_all = self._add(f"household_best:{group.code}", Level.HOUSEHOLD, pl.col(best).max(), from_members=True)
        leads = self._add(
            f"leads:{group.code}",
            Level.MEMBER,
            pl.when(pl.col(best) == pl.col(of_all)).then(pl.col(MEMBER_KEY)),
        )
        leader = self._add(f"leader:{group.code}", Level.HOUSEHOLD, pl.col(leads).min(), from_members=True)
        code = pl.col(chosen).filter(pl.col(leads) == pl.col(leads).min()).first()
        winner = self._add(f"chosen:{group.code}", Level.HOUSEHOLD, code, from_members=True)
        return winner, pl.col(MEMBER_KEY) == pl.col(leader)

    @staticmethod
    def _worth(bound: BoundBenefit, group: Group, place: int) -> pl.Expr:
        """Return what a due benefit is worth in the choice: its yearly amount, or its place in order."""
        entered = pl.col(f"entered:{bound.benefit.code}")
        if group.rule is GroupRule.FIRST or bound.amount is None:
            return pl.when(entered).then(pl.lit(-place))
        times = 1 if bound.benefit.per is Per.ONCE else bound.benefit.times_a_year
        return pl.when(entered).then(pl.col(bound.amount) * times)

    def _capped(self, group: Group, members: Sequence[BoundBenefit]) -> dict[str, str]:
        """Add for each benefit the amount that is left of the cap when those before it are served."""
        if group.limit is None:
            programmes = {bound.programme for bound in members}
            raise RuleError(f"the group {group.code!r} is a cap and needs a limit", programmes=programmes)
        level = members[0].benefit.for_
        due = {
            b.benefit.code: pl.when(pl.col(f"entered:{b.benefit.code}")).then(pl.col(b.amount)).otherwise(_NOTHING)
            for b in members
            if b.amount
        }
        before: pl.Expr = _NOTHING
        if level is Level.MEMBER and group.per is Level.HOUSEHOLD:
            total = self._add(f"due:{group.code}", level, pl.sum_horizontal(*due.values()))
            before = (pl.col(total).cum_sum() - pl.col(total)).over(HOUSEHOLD_KEY)
        limit = self._add(f"limit:{group.code}", level, group.limit.cast(MONEY))
        allowed = {}
        for code, amount in due.items():
            left = (pl.col(limit) - before).clip(lower_bound=0)
            allowed[code] = self._add(f"allowed:{code}", level, pl.when(amount <= left).then(amount).otherwise(left))
            before = before + amount
        return allowed
