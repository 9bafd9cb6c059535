"""What a department's officer may see hangs on what columns are, not on what they are called."""

from __future__ import annotations

from datetime import date
from types import ModuleType

import pytest

from bangfu import (
    Benefit,
    Criterion,
    Derived,
    Fact,
    Level,
    Policy,
    Programme,
    Rulebook,
    RuleError,
    YesNo,
    hookimpl,
    known,
    member,
)
from bangfu.engine import Ruleset, facts_read
from bangfu.facts import CORE_FACTS

ON = date(2026, 3, 1)
ALWAYS = {"region", "residence", "name", "relation"}


def in_force(*columns: Derived) -> Ruleset:
    """Return the rules with a stranger's programme that tests the last of some columns."""
    test = Criterion(member[columns[-1].name], "所列条件", "试点办法")
    benefit = Benefit("trial.help", "试点帮扶", Level.MEMBER, (test,), 100, source="试点办法")

    def programmes(policy: Policy) -> list[Programme]:  # noqa: ARG001 - the hook's signature
        return [Programme("trial", "试点", "试点办", (benefit,), columns)]

    module = ModuleType("stranger")
    module.__dict__["programmes"] = hookimpl(programmes)
    return Rulebook.load(plugins={"stranger": module}).rules("522723102201", ON)


def seen_through(*columns: Derived) -> set[str]:
    """Return what an officer sees whose programme tests the last of some columns."""
    return set(facts_read(in_force(*columns), "trial"))


@pytest.mark.parametrize("name", ["trial.is_frail", "trial.counted_helps", "trial.dibao_extra", "trial.rule.frail"])
def test_a_plugins_own_column_is_looked_through_whatever_its_name(name: str) -> None:
    """Its officer needs the fact behind it; beginnings that the core's columns have too hide nothing."""
    assert seen_through(Derived(name, Level.MEMBER, member.self_care_lost > 0)) == {"self_care_lost"}


@pytest.mark.parametrize("column", ["is_dibao", "counted", "category"])
def test_what_the_office_determines_is_not_looked_through(column: str) -> None:
    """Incomes and assets decide a category; whoever sees the category does not see them."""
    assert seen_through(Derived("trial.entitled", Level.MEMBER, known(member[column]))) == set()


def test_a_plugin_can_determine_something_itself() -> None:
    """Then its officer sees that alone."""
    frail = Derived("trial.frail", Level.MEMBER, member.self_care_lost > 0, determination=True)
    assert seen_through(frail) == set()


def test_a_category_among_the_criteria(rulebook: Rulebook) -> None:
    """Education reads schooling and the poverty register, never incomes, assets or illness."""
    seen = facts_read(rulebook.rules("522723102201", ON), "education")
    assert {"school_stage", "school_year", "boarding", "registered_poor"} <= seen
    assert not {"incomes", "expenses", "financial_assets", "serious_illness", "id_number"} & seen


@pytest.mark.parametrize("name", ["trial.watched", "trial.margin", "trial.none", "trial.is_frail"])
def test_what_a_plugins_column_presumes_is_told_whatever_its_name(name: str) -> None:
    """Categories are explained by themselves; a column that is called as one is none."""
    ruleset = in_force(Derived(name, Level.MEMBER, ~member.orphan))
    assert [presumed.fact for presumed in ruleset.presumable(Level.MEMBER, name)] == ["orphan"]


@pytest.mark.parametrize("name", ["frail", "is_frail", "tria.frail", "margin"])
def test_a_column_without_its_programmes_name_is_refused(name: str) -> None:
    """A row of another department that tests a fact of this name would test the column instead."""
    ruleset = in_force(Derived(name, Level.MEMBER, member.self_care_lost > 0))
    assert "trial" not in {programme.code for programme in ruleset.programmes}
    assert any(f"the column '{name}'" in str(error) and "trial." in str(error) for error in ruleset.left_out)


@pytest.mark.parametrize("name", ["stated:birth_date", "presumed:birth_date", "policy:x", "household:x", "status:x"])
def test_names_of_the_engines_own_are_not_a_plugins(name: str) -> None:
    """A column that passed for a fact as stated would be shown, and asked for, as that fact."""
    ruleset = in_force(Derived(name, Level.MEMBER, member.self_care_lost > 0))
    assert "trial" not in {programme.code for programme in ruleset.programmes}
    assert any("colon" in str(error) and name in str(error) for error in ruleset.left_out)
    with pytest.raises(RuleError, match="colon"):
        CORE_FACTS.extended([Fact(name, Level.MEMBER, YesNo(), "试点")])
