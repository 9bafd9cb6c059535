"""Combination: what stays when supports cannot all be had; every one that gives way keeps its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from bangfu import (
    Benefit,
    Group,
    GroupRule,
    Level,
    Money,
    Parameter,
    Per,
    Plan,
    Policy,
    Programme,
    Rulebook,
    Status,
    SupportKind,
    frames_of,
    hookimpl,
    household_from,
    make_plan,
    member,
    parameter,
)
from bangfu.show import plan_as_json, plan_as_text

ON = date(2022, 9, 1)


def programme(code: str, benefits: Iterable[Benefit], groups: Iterable[Group] = ()) -> ModuleType:
    """Return a plugin with one programme."""

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return [Programme(code, code, "试点办", tuple(benefits), (), tuple(groups))]

    module = ModuleType(code)
    module.__dict__["programmes"] = hookimpl(programmes)
    return module


def benefit(code: str, amount: Any = 100, for_: Level = Level.MEMBER, **more: Any) -> Benefit:
    """Return a benefit for everybody unless criteria are given."""
    return Benefit(code, code, for_, more.pop("when", ()), amount, source="试点办法", **more)


def plan_of(*plugins: ModuleType, members: int = 1, **facts: Any) -> Plan:
    """Return the plan of some grown people under these plugins, who must all load."""
    rulebook = Rulebook.load(plugins={plugin.__name__: plugin for plugin in plugins})
    relations = ["head", "spouse", "sibling"][:members]
    people = [{"relation": r, "birth_date": "1980-01-01", **facts.get(r, {})} for r in relations]
    data = {"region": "610625", "on": ON, "members": people, **{k: v for k, v in facts.items() if k not in relations}}
    household = household_from(data, catalog=rulebook.catalog)
    plan = make_plan(household, rulebook)
    assert plan.left_out == ()
    same_by_frames(rulebook, plan)
    return plan


def same_by_frames(rulebook: Rulebook, plan: Plan) -> None:
    """Hold that a population run of two such households replaces and caps alike."""
    ruleset = rulebook.rules(plan.household.region, plan.household.on)
    frames = frames_of([plan.household, plan.household], rulebook.catalog)
    households, members = ruleset.assess(frames.households, frames.members)
    for bound in ruleset.benefits:
        supports = [s for s in plan.supports if s.benefit.code == bound.benefit.code]
        frame = members if bound.benefit.for_ is Level.MEMBER else households
        of_status = {True: Status.ELIGIBLE, False: Status.INELIGIBLE, None: Status.UNDETERMINED}
        screened = [of_status[status] for status in frame[f"status:{bound.benefit.code}"]]
        assert screened == [s.status for s in supports] * 2
        if bound.replaced_by:
            eligible = frame[f"status:{bound.benefit.code}"].to_list()
            replaced = [r if e else None for r, e in zip(frame[bound.replaced_by], eligible, strict=True)]
            assert replaced == [s.replaced_by for s in supports] * 2
        if bound.allowed:
            expected = [s.amount if s.status is Status.ELIGIBLE else Decimal(0) for s in supports]
            assert frame[bound.allowed].to_list() == expected * 2


def counted(plan: Plan) -> dict[tuple[str, int | str], Decimal | None]:
    """Return the amounts that count, by code and recipient."""
    return {
        (s.benefit.code, s.recipient): s.amount
        for s in plan.supports
        if s.status is Status.ELIGIBLE and s.replaced_by is None
    }


def replaced(plan: Plan) -> dict[str, str | None]:
    """Return what replaced each support that gave way."""
    return {s.benefit.code: s.replaced_by for s in plan.supports if s.replaced_by}


def test_a_grant_gives_way_to_the_waiver_of_the_same_fee() -> None:
    """Both are due; the grant stays in the plan with what replaced it and is not counted."""
    plan = plan_of(programme("a", [benefit("a.grant", 500, gives_way_to=("a.waiver",)), benefit("a.waiver", 760)]))
    assert replaced(plan) == {"a.grant": "a.waiver"}
    assert (plan.totals.year, counted(plan)) == (760, {("a.waiver", 0): 760})


def test_nothing_gives_way_to_what_is_undetermined_or_not_due() -> None:
    """Only a support that is surely due displaces another."""
    for fact, status in (({}, Status.UNDETERMINED), ({"boarding": False}, Status.INELIGIBLE)):
        facts = {"head": {"school_stage": "undergraduate", **fact}}
        waiver = benefit("a.waiver", when=[member.boarding])
        plan = plan_of(programme("a", [benefit("a.grant", 500, gives_way_to=("a.waiver",)), waiver]), **facts)
        assert [s.status for s in plan.supports if s.benefit.code == "a.waiver"] == [status]
        assert (replaced(plan), plan.totals.year) == ({}, 500)


def test_who_is_replaced_replaces_nobody() -> None:
    """C gives way to B, B to A: with A due, B is out and C stays. 10 + 30 = 40."""
    plan = plan_of(
        programme(
            "x",
            [
                benefit("x.a", 10),
                benefit("x.b", 20, gives_way_to=("x.a",)),
                benefit("x.c", 30, gives_way_to=("x.b",)),
            ],
        )
    )
    assert (replaced(plan), plan.totals.year) == ({"x.b": "x.a"}, 40)


def test_across_the_levels_and_across_plugins() -> None:
    """A member's support gives way to the household's, and a household's to any member's."""
    house = programme(
        "h", [benefit("h.all", 50, Level.HOUSEHOLD), benefit("h.rest", 5, Level.HOUSEHOLD, gives_way_to=("m.one",))]
    )
    people = programme("m", [benefit("m.each", 7, gives_way_to=("h.all",)), benefit("m.one", 9, when=[member.orphan])])
    plan = plan_of(house, people, members=2, spouse={"orphan": True})
    assert replaced(plan) == {"m.each": "h.all", "h.rest": "m.one"}
    assert counted(plan) == {("h.all", "household"): 50, ("m.one", 1): 9}
    without = plan_of(house, people, members=2)
    assert ("h.rest", "household") in counted(without)


@pytest.mark.parametrize(("rule", "stays"), [(GroupRule.FIRST, "x.small"), (GroupRule.HIGHEST, "x.monthly")])
def test_of_a_group_the_first_or_the_highest_stays(rule: GroupRule, stays: str) -> None:
    """100 a month (1,200 a year) is worth more than 900 a year; in declared order the small one leads."""
    group = Group("g", "只享受其一", rule)
    benefits = [
        benefit("x.small", 10, group="g"),
        benefit("x.yearly", 900, group="g"),
        benefit("x.monthly", 100, group="g", per=Per.MONTH),
    ]
    plan = plan_of(programme("x", benefits, [group]))
    assert set(counted(plan)) == {(stays, 0)}
    assert set(replaced(plan).values()) == {stays}


@pytest.mark.parametrize(("rule", "who"), [(GroupRule.FIRST, 0), (GroupRule.HIGHEST, 1)])
def test_one_person_of_the_household(rule: GroupRule, who: int) -> None:
    """Per household, one member's support stays: the first person's or the one worth most."""
    group = Group("g", "每户一人", rule, per=Level.HOUSEHOLD)
    paid = member.social_insurance_paid
    benefits = [benefit("x.a", paid, group="g"), benefit("x.b", 1, group="g", when=[member.orphan])]
    plan = plan_of(
        programme("x", benefits, [group]),
        members=3,
        head={"social_insurance_paid": 100},
        spouse={"social_insurance_paid": 300},
        sibling={"social_insurance_paid": 300},
    )
    assert list(counted(plan)) == [("x.a", who)]
    assert len([s for s in plan.supports if s.replaced_by == "x.a"]) == 2


def test_what_the_person_who_is_worth_most_has_stays_whatever_others_have() -> None:
    """The sibling's 1 comes first in order, the spouse's 300 by another benefit is worth most in the household."""
    group = Group("g", "每户一人", GroupRule.HIGHEST, per=Level.HOUSEHOLD)
    benefits = [
        benefit("x.a", 1, group="g", when=[member.orphan]),
        benefit("x.b", member.social_insurance_paid, group="g"),
    ]
    plan = plan_of(
        programme("x", benefits, [group]),
        members=3,
        head={"social_insurance_paid": 100},
        spouse={"social_insurance_paid": 300},
        sibling={"social_insurance_paid": 50, "orphan": True},
    )
    assert counted(plan) == {("x.b", 1): 300}
    assert {s.replaced_by for s in plan.supports if s.replaced_by} == {"x.b"}


def test_a_cap_cuts_the_last_in_order() -> None:
    """300 + 500 + 400 under a cap of 1,000: 300, 500, 200; the third says it was 400."""
    group = Group("g", "合计上限", GroupRule.CAP, limit=1000)
    amounts = {"x.a": 300, "x.b": 500, "x.c": 400}
    plan = plan_of(programme("x", [benefit(code, a, group="g") for code, a in amounts.items()], [group]))
    assert counted(plan) == {("x.a", 0): 300, ("x.b", 0): 500, ("x.c", 0): 200}
    assert [s.before_cap for s in plan.supports] == [None, None, Decimal(400)]
    assert plan.totals.year == 1000


def test_a_cap_over_the_household() -> None:
    """Two people with 300 + 500 each, 1,000 for the household: 800 for the first, 200 for the second."""
    group = Group("g", "全户合计上限", GroupRule.CAP, per=Level.HOUSEHOLD, limit=Decimal("1000.00"))
    plan = plan_of(programme("x", [benefit("x.a", 300, group="g"), benefit("x.b", 500, group="g")], [group]), members=2)
    assert counted(plan) == {("x.a", 0): 300, ("x.b", 0): 500, ("x.a", 1): 200, ("x.b", 1): 0}
    assert plan.totals.year == 1000


def test_what_needs_another_first() -> None:
    """Without the first the second is closed, with the reason; unknown stays unknown."""
    first = benefit("x.first", when=[member.insured])
    second = benefit("x.second", needs=("x.first",))
    for insured, status in ((True, Status.ELIGIBLE), (False, Status.INELIGIBLE), (None, Status.UNDETERMINED)):
        facts = {"head": {} if insured is None else {"insured": insured}}
        plan = plan_of(programme("x", [first, second]), **facts)
        support = next(s for s in plan.supports if s.benefit.code == "x.second")
        assert support.status is status
        assert support.reasons[-1].criterion.label == "先享受：x.first"
        if insured is None:
            assert [m.fact for m in plan.missing if "x.second" in m.decides] == ["insured"]


def test_a_cap_that_nobody_has_set() -> None:
    """300 + 500 are due, up to a limit that is no figure yet: no amount, and the plan names the parameter."""
    cap = Parameter("x.cap", Money(), "合计上限")
    group = Group("g", "合计上限", GroupRule.CAP, limit=parameter("x.cap"))
    plugin = programme("x", [benefit("x.a", 300, group="g"), benefit("x.b", member.job_costs, group="g")], [group])
    plugin.__dict__["parameters"] = hookimpl(lambda: [cap])
    plan = plan_of(plugin, head={"job_costs": 500})
    assert counted(plan) == {("x.a", 0): None, ("x.b", 0): None}
    assert ([s.before_cap for s in plan.supports], plan.totals.year) == ([300, 500], 0)
    assert [(unset.parameter, unset.decides) for unset in plan.not_configured if "x.a" in unset.decides] == [
        ("x.cap", ("x.a", "x.b"))
    ]
    rulebook = Rulebook.load(plugins={"x": plugin})
    text = plan_as_text(plan, rulebook.rules("610625", ON))
    assert "x.a　金额未知" in text
    assert "按合计上限计，上限未知；不计上限为 300.00 元" in text
    assert {s["amount"] for s in plan_as_json(plan)["supports"]} == {None}


def test_what_is_capped_shows_the_sum_before_the_cap() -> None:
    """300 + (250 × 2 = 500) under 600: the second is cut to 300, and its sum still comes to 500."""
    group = Group("g", "合计上限", GroupRule.CAP, limit=600)
    twice = member.job_costs * 2
    plugin = programme("x", [benefit("x.a", 300, group="g"), benefit("x.b", twice, group="g")], [group])
    plan = plan_of(plugin, head={"job_costs": 250})
    text = plan_as_text(plan, Rulebook.load(plugins={"x": plugin}).rules("610625", ON))
    assert "× 2 = 500.00" in text
    assert "按合计上限由 500.00 元减为 300.00 元" in text


def test_what_another_replaced_is_nothing_to_build_on() -> None:
    """B needs A, and C takes A's place: B is closed, whether C replaces A outright or is chosen of their group."""
    ways = benefit("x.a", gives_way_to=("x.c",)), benefit("x.b", needs=("x.a",)), benefit("x.c", when=[member.orphan])
    one = Group("g", "只享受其一", GroupRule.HIGHEST)
    chosen = (
        benefit("x.a", 100, group="g"), benefit("x.b", needs=("x.a",)),
        benefit("x.c", 200, group="g", when=[member.orphan]),
    )  # fmt: skip
    for benefits in (ways, chosen):
        plugin = programme("x", benefits, [one])
        for orphan, status in ((True, Status.INELIGIBLE), (False, Status.ELIGIBLE)):
            plan = plan_of(plugin, head={"orphan": orphan})
            assert [s.status for s in plan.supports if s.benefit.code == "x.b"] == [status]
            assert replaced(plan) == ({"x.a": "x.c"} if orphan else {})


def test_a_household_builds_on_what_stands_for_any_member() -> None:
    """The first member's A is replaced and the second's is not due: nothing to build on, until it is."""
    benefits = [
        benefit("x.a", when=[member.insured], gives_way_to=("x.c",)),
        benefit("x.c", when=[member.orphan]),
        benefit("x.all", for_=Level.HOUSEHOLD, needs=("x.a",)),
    ]
    head = {"insured": True, "orphan": True}
    for insured, status in ((False, Status.INELIGIBLE), (None, Status.UNDETERMINED), (True, Status.ELIGIBLE)):
        spouse = {} if insured is None else {"insured": insured}
        plan = plan_of(programme("x", benefits), members=2, head=head, spouse=spouse)
        assert [s.status for s in plan.supports if s.benefit.code == "x.all"] == [status]
        asked = [(m.fact, m.member) for m in plan.missing if "x.all" in m.decides]
        assert asked == ([("insured", 1)] if insured is None else [])


@pytest.mark.parametrize(
    ("one", "two", "said"),
    [
        (
            benefit("one.a", gives_way_to=("two.a",)),
            benefit("two.a", gives_way_to=("one.a",)),
            ["circle", "one", "two"],
        ),
        (benefit("one.a", needs=("two.a",)), benefit("two.a", needs=("one.a",)), ["circle", "one", "two"]),
        (benefit("one.a", gives_way_to=("two.b",)), benefit("two.a"), ["one.a", "two.b"]),
        (benefit("one.a", needs=("two.b",)), benefit("two.a"), ["one.a", "two.b"]),
        (benefit("one.a", group="g"), benefit("two.a"), ["one.a", "'g'"]),
    ],
)
def test_circles_and_unknown_codes_are_refused_at_load(one: Benefit, two: Benefit, said: list[str]) -> None:
    """The plugins that cannot be combined are left out, named."""
    plugins = {"one": programme("one", [one]), "two": programme("two", [two])}
    rulebook = Rulebook.load(plugins=plugins)
    left_out = rulebook.rules("610625", ON).left_out
    reasons = " ".join(error.reason for error in left_out)
    assert left_out
    assert all(word in reasons for word in said)


@pytest.mark.parametrize(
    ("group", "members", "said"),
    [
        (Group("g", "x", GroupRule.CAP), [benefit("x.a", group="g")], "limit"),
        (
            Group("g", "x", GroupRule.FIRST),
            [benefit("x.a", group="g"), benefit("x.b", group="g", needs=("x.a",))],
            "circle",
        ),
        (Group("g", "x", GroupRule.HIGHEST), [benefit("x.a", None, group="g", kind=SupportKind.SERVICE)], "amount"),
        (
            Group("g", "x", GroupRule.FIRST),
            [benefit("x.a", group="g"), benefit("x.b", 1, Level.HOUSEHOLD, group="g")],
            "mixes",
        ),
        (
            Group("g", "x", GroupRule.CAP, limit=1),
            [benefit("x.a", group="g", per=Per.MONTH)],
            "by the year",
        ),
    ],
)
def test_a_group_that_cannot_work_is_refused(group: Group, members: list[Benefit], said: str) -> None:
    """A cap without limit, a choice without amounts, mixed levels, monthly amounts under a yearly cap."""
    rulebook = Rulebook.load(plugins={"x": programme("x", members, [group])})
    assert said in rulebook.rules("610625", ON).left_out[0].reason
