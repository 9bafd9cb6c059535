"""Plugins: a broken one is named and left out; the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import bangfu_education
import bangfu_living
from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Expression,
    Fact,
    Level,
    Money,
    Parameter,
    Policy,
    Programme,
    Rulebook,
    Status,
    YesNo,
    choose,
    hookimpl,
    household,
    household_from,
    make_plan,
    parameter,
    yuan,
)
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.rules.language import Candidates, KnownRows, Name
from bangfu.rules.language.kinds import choice

GOOD = {"education": bangfu_education, "living": bangfu_living}
ON = date(2022, 9, 1)
FAMILY = {
    "region": "610625101201",
    "residence": "rural",
    "assets_within_limits": True,
    "members": [{"relation": "head", "birth_date": "1980-01-01", "incomes": []}],
}


def plugin(**hooks: Callable[..., Any]) -> ModuleType:
    """Return a plugin with these hooks."""
    module = ModuleType("stranger")
    module.__dict__.update({name: hookimpl(hook) for name, hook in hooks.items()})
    return module


def giving(*benefits: Benefit, columns: Iterable[Derived] = ()) -> ModuleType:
    """Return a plugin whose programme has these benefits."""

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return [Programme("trial", "试点", "试点办", benefits, tuple(columns))]

    return plugin(programmes=programmes)


def boat(*when: Criterion | Expression, amount: Any = 10, code: str = "trial.boat") -> Benefit:
    """Return a household's benefit under some criteria."""
    return Benefit(code, "渔船补助", Level.HOUSEHOLD, when, amount, source="试点办法")


def raising(**_: object) -> object:
    """Fail as a plugin's code may."""
    raise ZeroDivisionError("nobody caught this")


def test_a_new_programme_stands_beside_the_others() -> None:
    """A fact, a parameter and a benefit of a stranger's plugin reach the plan."""

    def facts() -> list[Fact]:
        return [Fact("has_boat", Level.HOUSEHOLD, YesNo(), "有渔船")]

    def parameters() -> list[Parameter]:
        return [Parameter("trial.boat", Money(), "渔船补助标准", "元")]

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return [Programme("trial", "试点", "试点办", [boat(household.has_boat, amount=parameter("trial.boat"))])]

    stranger = plugin(facts=facts, parameters=parameters, programmes=programmes)
    rulebook = Rulebook.load(plugins=GOOD | {"trial": stranger})
    assert rulebook.left_out == []
    plan = make_plan(household_from(FAMILY | {"has_boat": True}, on=ON, catalog=rulebook.catalog), rulebook)
    support = next(s for s in plan.supports if s.benefit.code == "trial.boat")
    assert support.status is Status.UNDETERMINED
    assert [u.parameter for u in plan.not_configured if "trial.boat" in u.decides] == ["trial.boat"]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (SimpleNamespace(), "unhashable"),
        (plugin(facts=raising), "ZeroDivisionError"),
        (plugin(parameters=raising), "ZeroDivisionError"),
        (plugin(packs=raising), "ZeroDivisionError"),
        (plugin(programmes=raising), "ZeroDivisionError"),
        (plugin(programs=raising), "programs"),
        (plugin(facts=lambda: [Fact("homes", Level.HOUSEHOLD, YesNo(), "x")]), "homes"),
        (plugin(parameters=lambda: [Parameter("grace.months", Money(), "x")]), "grace.months"),
        (giving(boat(household.has_bote)), "has_bote"),
        (giving(boat(household.boarding)), "boarding"),
        (giving(boat(Criterion(household.homes + 1, "套数"))), "套数"),
        (giving(boat(Criterion(household.residence > 3, "户籍"))), "trial.boat"),
        (giving(boat(amount=household.residence)), "trial.boat"),
        (giving(boat(), boat()), "trial.boat"),
        (giving(boat(code="other.boat")), "other.boat"),
        (
            giving(
                boat(household.trial.a),
                columns=[
                    Derived("trial.a", Level.HOUSEHOLD, household.trial.b),
                    Derived("trial.b", Level.HOUSEHOLD, household.trial.a),
                ],
            ),
            "circle",
        ),
        (giving(columns=[Derived("size", Level.HOUSEHOLD, yuan(1))]), "size"),
    ],
)
def test_a_broken_plugin_is_named_and_left_out(broken: ModuleType | SimpleNamespace, said: str) -> None:
    """Raising hooks, taken names, unknown columns, wrong types, cycles: the others still answer."""
    rulebook = Rulebook.load(plugins=GOOD | {"broken": broken})
    plan = make_plan(household_from(FAMILY, on=ON, catalog=rulebook.catalog), rulebook)
    assert [error.plugin for error in plan.left_out] == ["broken"]
    assert said in plan.left_out[0].reason
    assert plan.totals.by_programme["living"] == Decimal(5400)


def test_two_plugins_that_claim_one_code_are_both_named() -> None:
    """Neither is chosen in silence."""
    rulebook = Rulebook.load(plugins={"one": giving(boat()), "two": giving(boat())})
    plan = make_plan(household_from(FAMILY, on=ON, catalog=rulebook.catalog), rulebook)
    assert {error.plugin for error in plan.left_out} == {"one", "two"}
    assert all("trial.boat" in error.reason for error in plan.left_out)


def test_the_order_of_programmes_does_not_depend_on_the_order_of_loading() -> None:
    """Programmes stand in the order of their plugins' names."""
    backwards = dict(reversed(GOOD.items()))
    orders = [
        [p.code for p in Rulebook.load(plugins=plugins).rules("610625", ON).programmes] for plugins in (GOOD, backwards)
    ]
    assert orders[0] == orders[1] == ["education", "living"]


def test_a_plugin_that_fails_under_one_policy_serves_the_others() -> None:
    """What fails in Feixi is left out there, whichever place was asked first."""

    def programmes(policy: Policy) -> list[Programme]:
        if policy.value("dibao.amount") == "classes":
            raise ZeroDivisionError("not made for classes")
        return [Programme("trial", "试点", "试点办", [boat()])]

    for places in (("340123", "610625"), ("610625", "340123")):
        rulebook = Rulebook.load(plugins=GOOD | {"picky": plugin(programmes=programmes)})
        left_out = {region: [e.plugin for e in rulebook.rules(region, ON).left_out] for region in places}
        assert left_out == {"340123": ["picky"], "610625": []}


@pytest.mark.parametrize("more", [{"shows": ("boats",)}, {"until": "boat_day"}, {"amount": household.boats}])
def test_a_name_that_is_only_shown_is_looked_up_too(more: dict[str, Any]) -> None:
    """What an amount shows beside itself is named by its benefit when it is misspelt."""
    benefit = Benefit("trial.boat", "渔船补助", Level.HOUSEHOLD, (), **({"amount": 1} | more), source="试点办法")
    left_out = Rulebook.load(plugins=GOOD | {"trial": giving(benefit)}).rules("610625", ON).left_out
    assert [error.plugin for error in left_out] == ["trial"]
    assert "trial.boat" in left_out[0].reason


@pytest.mark.parametrize(
    ("test", "found"),
    [
        (household.residence == "urbn", "residence is never 'urbn'; nearest known: urban"),
        (household.category != "dibo", "category is never 'dibo'; nearest known: dibao"),
        (household.recognised_as.one_of("dibao", "marign"), "recognised_as is never 'marign'; nearest known: margin"),
        (choose((household.size > 1, household.dwelling_grade == "E")), "dwelling_grade is never 'E'"),
    ],
)
def test_a_misspelt_choice_is_no_rule(test: Expression, found: str) -> None:
    """It would be false for every household, and nobody would ever get the benefit."""
    benefit = Benefit("trial.boat", "渔船补助", Level.HOUSEHOLD, [Criterion(test, "条件")], 1, source="试点办法")
    left_out = Rulebook.load(plugins=GOOD | {"trial": giving(benefit)}).rules("610625", ON).left_out
    assert [error.plugin for error in left_out] == ["trial"]
    assert found in left_out[0].reason
    assert "trial.boat" in left_out[0].reason


def test_whichever_of_two_categories_it_is_suffices() -> None:
    """On dibao alone or margin, not known which: a criterion that asks for either is decided."""
    category = Name("category", Level.HOUSEHOLD, kind=choice(CATEGORY_LABELS))
    rows = KnownRows({"category": Candidates(frozenset({"dibao_single", "margin"}))}, ())
    for asked, status in ((("dibao_single", "margin"), True), (("margin",), None), (("dibao", "tekun"), False)):
        assert category.one_of(*asked).function()(rows) is status
