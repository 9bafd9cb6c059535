"""The engine: it computes what is wanted, and compiles the same policy once."""

from __future__ import annotations

from datetime import date

from bangfu import Level, Rulebook
from bangfu.engine.schedule import Compute, Schedule
from bangfu.facts import CORE_FACTS

ON = date(2022, 9, 1)
REGION = "522723102201"


def computed(plan: Schedule) -> set[str]:
    """Return the names of all columns that a schedule computes."""
    layers = [layer for step in plan.steps if isinstance(step, Compute) for layer in step.layers]
    return {node.name for layer in layers for node in layer.nodes}


def test_only_what_is_wanted_is_computed(rulebook: Rulebook) -> None:
    """Beside its results, screening takes fewer columns than explaining."""
    ruleset = rulebook.rules(REGION, ON)
    screened = {name for name in computed(ruleset.screening) if not name.startswith(("amount:", "status:"))}
    assert screened < computed(ruleset.explained)


def test_the_same_policy_gives_the_same_ruleset(rulebook: Rulebook) -> None:
    """Two days or towns under one policy share one compiled ruleset; another policy has its own."""
    assert rulebook.rules(REGION, ON) is rulebook.rules("522723102202", date(2022, 9, 2))
    assert rulebook.rules(REGION, ON) is not rulebook.rules("610625", ON)


def test_personal_facts_never_enter_a_frame() -> None:
    """Names and ID numbers are not there to be leaked."""
    columns = {column for fact in CORE_FACTS.facts if fact.personal for column in fact.columns}
    assert columns == set()
    assert [fact.name for fact in CORE_FACTS.at(Level.MEMBER) if fact.personal] == ["name", "id_number"]
