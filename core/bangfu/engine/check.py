"""The check at load: every rule is run on a household of unknowns before it meets a real one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from attrs import evolve

from bangfu.engine.bound import BoundCriterion
from bangfu.engine.graph import Node
from bangfu.engine.misspelt import misspelt
from bangfu.engine.ruleset import Ruleset
from bangfu.engine.schedule import Compute, Gather, Share, Step
from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.catalog import nearest
from bangfu.frames import HOUSEHOLD_KEY, schema


def check_ruleset(ruleset: Ruleset) -> None:
    """Run the whole schedule on one household with one member of whom nothing is known.

    Polars skips rules on frames without rows, so there is one.

    Raises:
        RuleError: an expression does not fit its columns, a choice is compared with what it can never be, or a
            test is not a boolean; it names the programme, the benefit and the criterion.
    """
    catalog = ruleset.graph.catalog
    households = pl.DataFrame(schema=schema(catalog, Level.HOUSEHOLD)).clear(1)
    members = pl.DataFrame(schema=schema(catalog, Level.MEMBER)).clear(1)
    try:
        h, m = ruleset.assess(households, members, explain=True)
    except pl.exceptions.PolarsError as error:
        _blame(ruleset, households, members)
        raise RuleError(str(error).splitlines()[0]) from error
    frames = {Level.HOUSEHOLD: h.schema, Level.MEMBER: m.schema}
    for node in ruleset.explained.all_nodes():
        _check_choices(node, frames[node.reads])
    for bound in ruleset.benefits:
        for criterion in bound.criteria:
            _check_boolean(criterion, frames[criterion.level], f"{bound.programme} / {bound.benefit.code}")


def _check_choices(node: Node, types: pl.Schema) -> None:
    for column, text, choices in misspelt(node.value, types):
        known = f"nearest known: {nearest(text, choices)}; its choices are {', '.join(choices)}"
        raise RuleError(f"{column} is never {text!r}; {known}", owner=node.owner)


def _check_boolean(criterion: BoundCriterion, schema: pl.Schema, owner: str) -> None:
    if schema[criterion.status] != pl.Boolean:
        raise RuleError(
            f"a criterion's test is true, false or null; this one gives {schema[criterion.status]}",
            owner=owner,
            criterion=criterion.label,
        )


def _blame(ruleset: Ruleset, households: pl.DataFrame, members: pl.DataFrame) -> None:
    """Find the one expression that fails and raise an error that names its owner."""
    schedule = ruleset.explained
    done: list[Step] = []
    for step in schedule.steps:
        for part, columns, nodes in _parts(step):
            h, m = evolve(schedule, steps=tuple(done)).run(households, members)
            for column, node in zip(columns, nodes, strict=True):
                try:
                    _evaluate(part, column, h, m)
                except pl.exceptions.PolarsError as error:
                    raise RuleError(str(error).splitlines()[0], owner=node.owner) from error
            done.append(part)
        if isinstance(step, Share):
            done.append(step)


def _parts(step: Step) -> Iterator[tuple[Compute | Gather, tuple[pl.Expr, ...], tuple[Node, ...]]]:
    """Yield a step piece by piece, so that everything a piece reads is there before it."""
    match step:
        case Compute(level=level, layers=layers):
            for layer in layers:
                yield Compute(level, (layer,)), layer.columns, layer.nodes
        case Gather(columns=columns, nodes=nodes):
            yield step, columns, nodes


def _evaluate(step: Compute | Gather, value: pl.Expr, h: pl.DataFrame, m: pl.DataFrame) -> None:
    if isinstance(step, Gather):
        m.group_by(HOUSEHOLD_KEY).agg(value)
    elif step.level is Level.HOUSEHOLD:
        h.select(value)
    else:
        m.select(value)
