"""The checks of ``bangfu check-plugin``: what a plugin must hold before a department relies on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from inspect import isfunction
from itertools import combinations
from pathlib import Path

from attrs import frozen

from bangfu.engine import BoundCriterion
from bangfu.engine.labels import leaves
from bangfu.errors import BangfuError
from bangfu.hooks import HOOKS
from bangfu.kit import trial
from bangfu.kit.plugin import Plugin, RulesInForce, own_criteria
from bangfu.kit.run import Runner, ScenarioOutcome
from bangfu.kit.scenario import SUFFIX
from bangfu.plan import Reason

_ALIKE = 0.8


@frozen
class Check:
    """One line of the report: what was checked, whether it holds, and the details below it."""

    text: str
    passed: bool
    details: tuple[str, ...] = ()


def check_plugin(name: str, runner: Runner, folder: Path) -> Iterator[Check]:
    """Yield the outcome of every check of a plugin; only the first one where it cannot be used at all.

    Args:
        name: the entry-point name of the plugin.
        runner: runs the scenarios.
        folder: where the plugin's scenario files are.
    """
    outcomes, wrong = _run(runner, sorted(folder.rglob(f"*{SUFFIX}")))
    visited = [RulesInForce(o.plan.household.region, o.plan.household.on, o.ruleset) for o in outcomes]
    plugin = Plugin(name, runner.rulebook(), visited)
    used = _check("it is loaded, and its rules run on empty frames", (error.reason for error in plugin.left_out()))
    yield used
    if not used.passed:
        return
    yield _check(f"its hooks are known and documented: {', '.join(plugin.hooks())}", _hooks(plugin))
    yield _check("every parameter has a label, every value and row of its packs a source", _sources(plugin))
    yield _check("every benefit has a name and a source, every criterion and number a label", _labels(plugin))
    yield _check("codes are unique", _twins(plugin))
    many = f"{trial.HOUSEHOLDS:,} random households"
    yield _check(f"{many} run without an error, no amount below zero", trial.trial(plugin))
    none = [] if outcomes or wrong else [f"there is no *{SUFFIX} file"]
    yield _check(f"the scenarios under {folder} hold: {len(outcomes)} read", [*none, *wrong])
    yield from _covered(plugin, outcomes)


def _run(runner: Runner, files: Iterable[Path]) -> tuple[list[ScenarioOutcome], list[str]]:
    """Return the outcomes of scenario files, and what differs or cannot be read."""
    outcomes, wrong = [], []
    for file in files:
        try:
            outcome = runner.run(file)
        except (BangfuError, OSError) as error:
            wrong.append(str(error))
            continue
        outcomes.append(outcome)
        if outcome.differences:
            wrong.append(str(outcome))
    return outcomes, wrong


def _check(text: str, wrong: Iterable[str]) -> Check:
    lines = tuple(dict.fromkeys(wrong))
    return Check(text, not lines, lines)


def _hooks(plugin: Plugin) -> Iterator[str]:
    hooks, module = plugin.hooks(), plugin.module
    yield from (f"{name} has no docstring" for name, hook in hooks.items() if not (hook.__doc__ or "").strip())
    own = (name for name, f in vars(module).items() if isfunction(f) and f.__module__ == module.__name__)
    for name in (name for name in own if name not in hooks):
        for close in get_close_matches(name, HOOKS, n=1, cutoff=_ALIKE):
            if close not in hooks:
                yield f"{name} is not marked with @hookimpl; is it meant to be the hook {close}?"


def _sources(plugin: Plugin) -> Iterator[str]:
    for parameter in plugin.parameters():
        if not parameter.label:
            yield f"the parameter {parameter.name} has no label"
    for pack in plugin.packs:
        yield from (f"{pack.file}: {entry.parameter.name} has no source" for entry in pack.entries if not entry.source)
        for row in pack.rows:
            if not (row.data.get("source") or pack.source):
                yield f"{row.at} has no source"
        yield from (f"{pack.file}: no plugin declares the parameter {name}" for name in pack.unused)


def _labels(plugin: Plugin) -> Iterator[str]:
    for place, bound in plugin.benefits():
        benefit = bound.benefit
        if not benefit.name or benefit.name == benefit.code:
            yield f"{benefit.code} has no name"
        if not benefit.source:
            yield f"{benefit.code} has no source"
        own = bound.criteria[own_criteria(bound)]
        numbers = (leaf.column for leaf in leaves(place.ruleset.sum_of(bound)))
        columns = [*numbers, *benefit.shows, *(column for criterion in own for column in _shown(criterion))]
        for column in columns:
            if place.ruleset.labels.of_column(benefit.for_, column) == column:
                yield f"{benefit.code}: the column {column} has no label"
        yield from (f"{benefit.code}: {criterion.status} has no label" for criterion in own if not criterion.label)


def _shown(criterion: BoundCriterion) -> Iterator[str]:
    """Yield the columns whose labels a criterion shows, with those of its parts."""
    if criterion.value is not None:
        yield criterion.value
    for part in criterion.parts:
        yield from _shown(part)


def _twins(plugin: Plugin) -> Iterator[str]:
    """Yield rows with one code that are in force at once; other twins are refused when rules are put together."""
    rows = [row for pack in plugin.packs for row in pack.rows]
    for one, other in combinations(rows, 2):
        if one.code == other.code and one.pack.prefix == other.pack.prefix and one.overlaps(other):
            yield f"{one.code} is declared by {one.at} and by {other.at}"


_Key = tuple[str, ...]
"""The benefit's code and the labels from the criterion down to its part."""


def _covered(plugin: Plugin, outcomes: Iterable[ScenarioOutcome]) -> Iterator[Check]:
    """Yield a check for each benefit that lists its criteria with how often they came out how."""
    counts: Counter[tuple[_Key, bool | None]] = Counter()
    for outcome in outcomes:
        own = {bound.benefit.code: own_criteria(bound) for bound in plugin.benefits_of(outcome.ruleset)}
        for support in outcome.plan.supports:
            code = support.benefit.code
            if code in own:
                counts.update(_outcomes(support.reasons[own[code]], (code,)))
    by_benefit: dict[str, dict[_Key, None]] = {}
    for _, bound in plugin.benefits():
        for key in _keys(bound.criteria[own_criteria(bound)], (bound.benefit.code,)):
            by_benefit.setdefault(bound.benefit.code, {})[key] = None
    for code, keys in by_benefit.items():
        covered = all(counts[key, True] and counts[key, False] for key in keys)
        lines = tuple(_counted(key, counts) for key in keys)
        yield Check(f"every criterion of {code} was seen true and false", covered, lines)


def _counted(key: _Key, counts: Mapping[tuple[_Key, bool | None], int]) -> str:
    true, false, unknown = (counts[key, status] for status in (True, False, None))
    never = [word for word, times in (("true", true), ("false", false)) if not times]
    note = f"  (never {' or '.join(never)})" if never else ""
    return f"true {true:>3}  false {false:>3}  unknown {unknown:>3}  {'  ' * (len(key) - 2)}{key[-1]}{note}"


def _keys(criteria: Iterable[BoundCriterion], above: _Key) -> Iterator[_Key]:
    for criterion in criteria:
        key = (*above, criterion.label)
        yield key
        yield from _keys(criterion.parts, key)


def _outcomes(reasons: Iterable[Reason], above: _Key) -> Iterator[tuple[_Key, bool | None]]:
    for reason in reasons:
        key = (*above, reason.criterion.label)
        yield key, reason.status
        yield from _outcomes(reason.parts, key)
