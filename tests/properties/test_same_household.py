"""The same household told in another way gets the same plan."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu import make_plan, read_household
from bangfu.show import plan_as_json
from households import households
from rulebooks import CATALOG, RULEBOOK, Data, examples, plan_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for household files."""
    return tmp_path_factory.mktemp("files")


@st.composite
def _reordered(draw: st.DrawFn) -> tuple[Data, list[int]]:
    """Draw a household and another order of its members, as their positions."""
    data = draw(households())
    return data, draw(st.permutations(range(len(data["members"]))))


def _in_order(plan: Any, positions: list[int]) -> Any:
    """Return a plan as JSON told by the members' given positions, lists over members in a fixed order."""
    told = _renumbered(plan, positions)
    told["household"]["members"].sort(key=lambda member: member["index"])
    for key in ("supports", "missing", "not_configured", "near_misses", "presumed"):
        told[key].sort(key=lambda entry: json.dumps(entry, sort_keys=True))
    return told


def _renumbered(data: Any, positions: list[int]) -> Any:
    match data:
        case dict():
            return {
                key: positions[part]
                if key in {"index", "recipient", "member"} and isinstance(part, int)
                else _renumbered(part, positions)
                for key, part in data.items()
            }
        case list():
            return [_renumbered(part, positions) for part in data]
        case _:
            return data


@examples(50)
@given(_reordered())
def test_order_of_members_does_not_matter(case: tuple[Data, list[int]]) -> None:
    """Members in another order get the same plan, each what was his or hers."""
    data, positions = case
    other = {**data, "members": [data["members"][position] for position in positions]}
    plans = [plan_as_json(plan_of(told)) for told in (data, other)]
    assert _in_order(plans[1], positions) == _in_order(plans[0], sorted(positions))


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            return f"{{ {', '.join(f'{key} = {_toml(part)}' for key, part in value.items())} }}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _toml_file(data: Data) -> str:
    tables = [("", {key: value for key, value in data.items() if key != "members"})]
    tables += [("[[members]]\n", member) for member in data["members"]]
    return "\n".join(
        header + "".join(f"{key} = {_toml(value)}\n" for key, value in table.items()) for header, table in tables
    )


def _json_value(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value.isoformat()


@examples(40)
@given(households())
def test_toml_and_json_files_say_the_same(folder: Path, data: Data) -> None:
    """A household's TOML file, its JSON file and its plain data give the same plan."""
    toml, as_json = folder / "household.toml", folder / "household.json"
    toml.write_text(_toml_file(data), encoding="utf-8")
    as_json.write_text(json.dumps(data, default=_json_value, ensure_ascii=False), encoding="utf-8")
    plan = plan_as_json(plan_of(data))
    for path in (toml, as_json):
        read = read_household(path, catalog=CATALOG)
        assert plan_as_json(make_plan(read, RULEBOOK)) == plan
