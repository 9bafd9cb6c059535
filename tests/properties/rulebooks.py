"""The rulebook the properties are tried with, and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import polars.selectors as cs
from hypothesis import HealthCheck, settings

from bangfu import (
    Catalog,
    Choice,
    Choices,
    Household,
    Integer,
    Money,
    Parameter,
    Plan,
    Ratio,
    Rulebook,
    YesNo,
    frames_of,
    household_from,
    make_plan,
)
from property_profiles import TIMES

Data = dict[str, Any]
"""A household as a file holds it: what ``bangfu.household_from`` takes."""

FIRST_DAY, LAST_DAY = date(2008, 1, 1), date(2026, 12, 31)
CONFIGURED = {"210102": False, "210202": True}
"""Regions for which a pack made here sets every parameter, each with its first or its last possible value."""

_INSTALLED = Rulebook.load()


def _setting(parameter: Parameter, *, last: bool) -> str:
    match parameter.type:
        case Money():
            value, per = ('"450.00"', "month") if last else ("5400", "year")
            written = f'{value}, per = "{per}"' if parameter.periodic else "20000"
        case Ratio():
            written = "0.35" if last else "0.6"
        case Integer():
            written = "2" if last else "1"
        case YesNo():
            written = "false" if last else "true"
        case Choice(labels):
            written = f'"{list(labels)[-1 if last else 0]}"'
        case Choices(labels):
            written = str([*labels][:-1] if last else [*labels][1:])
    return f'"{parameter.name}" = {{ value = {written} }}'


def _pack_of_everything(region: str, *, last: bool) -> str:
    """Return a pack (TOML) that sets every declared parameter which the nation leaves open.

    Args:
        region: the pack's region.
        last: set the last of the possible choices instead of the first.
    """
    nation = _INSTALLED.policy(region, FIRST_DAY).entries
    lines = [f'[pack]\nregion = "{region}"\nname = "Everything"\nsource = "test"\n[parameters]']
    lines += [_setting(p, last=last) for name, p in _INSTALLED.parameters.items() if name not in nation]
    return "\n".join(lines) + "\n"


def _with_everything_set() -> Rulebook:
    """Return the rulebook of the installed programmes with packs that set every parameter for ``CONFIGURED``."""
    with TemporaryDirectory() as folder:
        for region, last in CONFIGURED.items():
            Path(folder, f"{region}.toml").write_text(_pack_of_everything(region, last=last), encoding="utf-8")
        return Rulebook.load([folder])


RULEBOOK = _with_everything_set()
CATALOG: Catalog = RULEBOOK.catalog


def examples(number: int) -> settings:
    """Return the settings of a test that tries so many examples."""
    return settings(max_examples=number * TIMES, suppress_health_check=[HealthCheck.too_slow])


def household_of(data: Data) -> Household:
    """Return the household of plain data."""
    return household_from(data, catalog=CATALOG)


def plan_of(data: Data) -> Plan:
    """Return the plan of a household of plain data."""
    return make_plan(household_of(data), RULEBOOK)


def explained(households: Sequence[Household]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the frames of households of one region and day and of their members, with all that plans rest on."""
    frames = frames_of(households, CATALOG)
    ruleset = RULEBOOK.rules(households[0].region, households[0].on)
    every = ruleset.columns(node.key for node in ruleset.explained.nodes)
    h, m = every.run(frames.households, frames.members)
    # Bounds stand in the frames of those alone of whom something is known in part.
    return h.drop(cs.starts_with("at_least:")), m.drop(cs.starts_with("at_least:"))
