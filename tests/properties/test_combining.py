"""Supports that exclude, cap or follow each other, held against a plain retelling of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from bangfu import (
    Benefit,
    Group,
    GroupRule,
    Level,
    Per,
    Plan,
    Policy,
    Programme,
    Rulebook,
    Status,
    hookimpl,
    household,
    household_from,
    make_plan,
    member,
)
from bangfu.rules.language.expression import Constant
from rulebooks import LAST_DAY, Data, examples
from screening import differences

_FACTS = {Level.MEMBER: ("orphan", "insured", "wants_training"), Level.HOUSEHOLD: ("registered_poor", "dwelling_only")}
_AMOUNTS = st.integers(1, 4).map(lambda hundreds: hundreds * 100)


@define
class _Stage:
    """Benefits that are settled together: a group, or one by itself; what they give way to comes in earlier stages."""

    group: Group | None
    benefits: list[Benefit]


@st.composite
def _stages(draw: st.DrawFn) -> list[_Stage]:
    """Draw some benefits of both levels, in groups of every rule or by themselves, that build on earlier ones."""
    stages: list[_Stage] = []
    for place in range(draw(st.integers(1, 4))):
        level = draw(st.sampled_from(Level))
        group = None
        if draw(st.booleans()):
            limit = draw(_AMOUNTS)
            rule, per = draw(st.sampled_from(GroupRule)), draw(st.sampled_from(Level))
            group = Group(f"g{place}", "", rule, per, limit if rule is GroupRule.CAP else None)
        earlier = [benefit.code for stage in stages for benefit in stage.benefits]
        ways = st.lists(st.sampled_from(earlier), unique=True, max_size=2) if earlier else st.just([])
        number = draw(st.integers(1, 3)) if group else 1
        benefits = [_benefit(draw, f"x.b{place}{i}", level, group, draw(ways), draw(ways)) for i in range(number)]
        stages.append(_Stage(group, benefits))
    return stages


def _benefit(
    draw: st.DrawFn, code: str, level: Level, group: Group | None, ways: Sequence[str], needs: Sequence[str]
) -> Benefit:
    when = draw(st.lists(st.sampled_from(_FACTS[level]), max_size=1))
    periods = [Per.YEAR, Per.ONCE] if group and group.rule is GroupRule.CAP else [Per.YEAR, Per.ONCE, Per.MONTH]
    return Benefit(
        code,
        code,
        level,
        [(member if level is Level.MEMBER else household)[fact] for fact in when],
        draw(_AMOUNTS),
        per=draw(st.sampled_from(periods)),
        group=group.code if group else "",
        gives_way_to=tuple(ways),
        needs=tuple(needs[:1]),
        members_only=False,
    )


@st.composite
def _households(draw: st.DrawFn) -> list[Data]:
    """Draw households of one to three people of whom only what the benefits ask for is told."""

    def told(level: Level) -> st.SearchStrategy[Data]:
        return st.fixed_dictionaries({}, optional={fact: st.booleans() for fact in _FACTS[level]})

    members = st.lists(told(Level.MEMBER), min_size=1, max_size=3)
    return [
        {**of_household, "region": "220102", "on": LAST_DAY, "members": [{**m, "relation": "sibling"} for m in people]}
        for of_household, people in draw(st.lists(st.tuples(told(Level.HOUSEHOLD), members), min_size=1, max_size=3))
    ]


def _rulebook(stages: Sequence[_Stage], order: Sequence[int]) -> Rulebook:
    """Return the rulebook of one programme with these benefits, its stages declared in the given order."""
    benefits = [benefit for place in order for benefit in stages[place].benefits]
    groups = [stage.group for stage in stages if stage.group]

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return [Programme("x", "x", "", benefits, (), groups)]

    plugin = ModuleType("x")
    plugin.__dict__["programmes"] = hookimpl(programmes)
    return Rulebook.load(plugins={"x": plugin})


@define
class _Clerk:
    """Combines the supports of one plan by hand: who is due is taken from it, what stays is worked out anew."""

    plan: Plan
    replaced_by: dict[tuple[str, Any], str] = field(factory=dict)
    amounts: dict[tuple[str, Any], Decimal] = field(factory=dict)

    def due(self, benefit: Benefit) -> Iterator[Any]:
        """Yield who is due a benefit."""
        for support in self.plan.supports:
            if support.benefit.code == benefit.code and support.status is Status.ELIGIBLE:
                yield support.recipient

    def counts(self, code: str, recipient: Any) -> bool:
        """Return whether a benefit counts, seen by a recipient: one's own, the household's, or any member's."""
        receiving = {who for (of, who) in self.amounts if of == code and (of, who) not in self.replaced_by}
        return bool(receiving) if recipient == "household" else bool(receiving & {recipient, "household"})

    def total(self) -> Decimal:
        """Return what counts in a year, with what is paid once."""
        times = {s.benefit.code: 1 if s.benefit.per is Per.ONCE else s.benefit.times_a_year for s in self.plan.supports}
        counting = self.amounts.keys() - self.replaced_by.keys()
        return sum((self.amounts[code, who] * times[code] for code, who in counting), Decimal(0))

    def settle(self, stage: _Stage) -> None:
        """Settle a stage after all earlier ones."""
        entered = []
        for benefit in stage.benefits:
            for who in self.due(benefit):
                way = next((code for code in benefit.gives_way_to if self.counts(code, who)), None)
                if way:
                    self.replaced_by[benefit.code, who] = way
                else:
                    entered.append((benefit, who))
        together: dict[Any, list[tuple[Benefit, Any]]] = {}
        for benefit, who in entered:
            by_person = stage.group is None or stage.group.per is Level.MEMBER
            together.setdefault(who if by_person else "all", []).append((benefit, who))
        for benefit in stage.benefits:
            for who in self.due(benefit):
                self.amounts[benefit.code, who] = _amount(benefit)
        for candidates in together.values() if stage.group else ():
            assert stage.group
            self._group(stage.group, candidates)

    def _group(self, group: Group, candidates: list[tuple[Benefit, Any]]) -> None:
        in_order = sorted(candidates, key=lambda candidate: str(candidate[1]))
        if group.rule is GroupRule.CAP:
            assert group.limit is not None
            assert isinstance(group.limit, Constant)
            left = Decimal(str(group.limit.as_written))
            for benefit, who in in_order:
                self.amounts[benefit.code, who] = min(_amount(benefit), left)
                left -= self.amounts[benefit.code, who]
            return
        if group.rule is GroupRule.FIRST:
            chosen = min(in_order, key=lambda candidate: candidate[0].code)
        else:
            chosen = max(in_order, key=lambda candidate: _amount(candidate[0]) * candidate[0].times_a_year)
        for benefit, who in candidates:
            if (benefit, who) != chosen:
                self.replaced_by[benefit.code, who] = chosen[0].code


def _amount(benefit: Benefit) -> Decimal:
    assert benefit.fixed_amount is not None
    return benefit.fixed_amount


@examples(40)
@given(_stages(), _households(), st.randoms(use_true_random=False))
def test_combination_as_retold(stages: list[_Stage], data: list[Data], random: Any) -> None:
    """What replaces what, and what a cap leaves, is as the rules say, in single plans and in screening."""
    order = [*range(len(stages))]
    random.shuffle(order)
    rulebook = _rulebook(stages, order)
    households = [household_from(each, catalog=rulebook.catalog) for each in data]
    for each in households:
        plan = make_plan(each, rulebook)
        assert plan.left_out == ()
        clerk = _Clerk(plan)
        for stage in stages:
            clerk.settle(stage)
        for support in plan.supports:
            if all(reason.status for reason in support.reasons[: len(support.benefit.when)]):
                had = all(clerk.counts(code, support.recipient) for code in support.benefit.needs)
                assert (support.status is Status.ELIGIBLE) is had
        due = [s for s in plan.supports if s.status is Status.ELIGIBLE]
        assert {(s.benefit.code, s.recipient): s.replaced_by for s in due if s.replaced_by} == clerk.replaced_by
        counting = {(s.benefit.code, s.recipient): s.amount for s in due if not s.replaced_by}
        assert counting == {key: clerk.amounts[key] for key in counting}
        assert plan.totals.year + plan.totals.once == clerk.total()
    assert differences(households, rulebook) == []
