"""The engine: folded and unfolded schedules agree, the same policy compiles once."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from bangfu import Level, Rulebook, frames_of
from bangfu.engine import folding
from bangfu.engine.schedule import schedule
from bangfu.facts import CORE_FACTS
from conftest import Desk

ON = date(2022, 9, 1)
REGION = "522723102201"


def test_folding_changes_no_column(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedule for one household gives what the one without folding gives."""
    ruleset = desk.rulebook.rules(REGION, ON)
    household = desk.household(
        {"relation": "head", "birth_date": "1950-01-01", "incomes": []},
        {"relation": "child", "birth_date": "2006-01-01", "school_stage": "senior_secondary"},
        {"relation": "parent", "disability_kind": "limb"},
        region=REGION,
        on=ON,
        registered_poor=True,
    )
    frames = frames_of([household], desk.rulebook.catalog)
    wanted = [(node.level, node.name) for node in ruleset.graph.nodes.values()]
    results = []
    for largest in (0, 2, 6):
        monkeypatch.setattr(folding, "LARGEST", largest)
        plan = schedule(ruleset.graph, wanted, ruleset.policy.literals(), fold=largest > 0)
        h, m = plan.run(frames.households, frames.members)
        names = [name for _, name in wanted]
        results.append([frame.select(sorted(set(names) & set(frame.columns))).rows() for frame in (h, m)])
    assert results[0] == results[1] == results[2]


def test_folding_takes_fewer_passes(rulebook: Rulebook) -> None:
    """That is what it is for."""
    ruleset = rulebook.rules(REGION, ON)
    wanted = [(node.level, node.name) for node in ruleset.graph.nodes.values()]
    literals = ruleset.policy.literals()
    passes = [len(schedule(ruleset.graph, wanted, literals, fold=fold).steps) for fold in (False, True)]
    assert passes[1] < passes[0]


def test_an_expression_written_as_a_tree_is_the_same_expression() -> None:
    """Columns are replaced, constants and functions kept."""
    inner = folding.tree_of(pl.col("a") + 1)
    folded = folding.expression_of(
        folding.written_in(folding.tree_of(pl.col("x").is_in(["p"]) & (pl.col("b") > 2)), {"b": inner})
    )
    assert folded.meta.eq(pl.col("x").is_in(["p"]) & ((pl.col("a") + 1) > 2))


def test_the_same_policy_gives_the_same_ruleset(rulebook: Rulebook) -> None:
    """Two days or towns under one policy share one compiled ruleset; another policy has its own."""
    assert rulebook.rules(REGION, ON) is rulebook.rules("522723102202", date(2022, 9, 2))
    assert rulebook.rules(REGION, ON) is not rulebook.rules("610625", ON)


def test_personal_facts_never_enter_a_frame() -> None:
    """Names and ID numbers are not there to be leaked."""
    columns = {column for fact in CORE_FACTS.facts if fact.personal for column in fact.columns}
    assert columns == set()
    assert [fact.name for fact in CORE_FACTS.at(Level.MEMBER) if fact.personal] == ["name", "id_number"]
