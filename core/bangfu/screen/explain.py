"""Full plans of some households of a population (逐户说明), with the reasons behind every line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from bangfu.errors import InputError, Problem
from bangfu.facts import Level
from bangfu.households import Household
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import make_plan
from bangfu.private import make_folder, written
from bangfu.screen.columns import NUMBER
from bangfu.screen.part import Orders, read, rules_of
from bangfu.screen.rows import checked
from bangfu.screen.sources import File, reading
from bangfu.show import plan_as_json

_KEYS = {HOUSEHOLD_KEY, MEMBER_KEY, DAY}


def explain(files: Sequence[File], orders: Orders, out: Path) -> None:
    """Write the plans of some households, as ``bangfu plan --format json`` gives them, to ``out/explained``.

    Args:
        files: the population.
        orders: the rules, the day, and the households' keys, or numbers in the registry; each gives ``NUMBER.json``.
        out: the folder of the run.

    Raises:
        InputError: the population has no such household, or its rows are not right.
    """
    options, numbers = orders.options, orders.options.explained
    if not numbers:
        return
    keys = _numbered(files, numbers)
    problems = [Problem(number, "没有这一户", "人群中的户") for number in numbers if number not in keys]
    rulebook, _ = rules_of(options.policies)
    found = read(files, pl.col(HOUSEHOLD_KEY).is_in(list(keys.values())), rulebook.catalog, orders.today)
    rows = checked(found.households, found.members, rulebook.catalog, options.on)
    wrong = {key: f"{column}：{reason}" for key, _, column, reason in rows.rejects.iter_rows()}
    problems += [Problem(number, wrong[key], "没有错误的户") for number, key in keys.items() if key in wrong]
    by_key = {row[HOUSEHOLD_KEY]: row for row in rows.households.iter_rows(named=True)}
    unread = [number for number, key in keys.items() if key not in wrong and key not in by_key]
    problems += [Problem(number, "这一户的编号不合要求", "整数编号的户") for number in unread]
    if problems:
        raise InputError("--explain", problems)
    members = rows.members.rows_by_key(HOUSEHOLD_KEY, named=True, include_key=True)
    folder = out / "explained"
    make_folder(folder)
    for number, key in keys.items():
        plan = make_plan(household_of(by_key[key], members[key]), rulebook)
        with written(folder / f"{number}.json") as path:
            path.write_text(json.dumps(plan_as_json(plan), ensure_ascii=False, indent=2), encoding="utf-8")


def household_of(row: Mapping[str, Any], members: Sequence[Mapping[str, Any]]) -> Household:
    """Return the household that rows of ``CheckedRows`` state."""
    return Household(row[DAY], _facts(row), tuple(_facts(member) for member in members))


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _stated(value) for name, value in row.items() if value is not None and name not in _KEYS}


def _stated(value: Any) -> Any:
    if isinstance(value, list):
        return tuple({name: part for name, part in entry.items() if part is not None} for entry in value)
    return value


def _numbered(files: Sequence[File], numbers: Sequence[str]) -> dict[str, int]:
    """Return the keys of those households that the registry's numbers, or else the keys themselves, name."""
    of_households = [file for file in files if file.level is Level.HOUSEHOLD]
    with reading(*of_households):
        frames = [file.scan().select(_named(file), pl.col(HOUSEHOLD_KEY)) for file in of_households]
        households = pl.concat(frames, how="vertical_relaxed")
        return dict(households.filter(pl.col(NUMBER).is_in(list(numbers))).collect().iter_rows())


def _named(file: File) -> pl.Expr:
    name = NUMBER if NUMBER in file.scan().collect_schema() else HOUSEHOLD_KEY
    return pl.col(name).cast(pl.String).alias(NUMBER)
