"""Whatever stands in a pack, it is taken or refused with what is wrong; nothing else ever happens."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu import PackError, household_from, make_plan
from bangfu.rulebook import check_packs

ROOT = Path(__file__).parents[2]
GOOD = tomllib.loads(
    (ROOT / "tests" / "scenarios" / "packs" / "heating.toml").read_text(encoding="utf-8"), parse_float=Decimal
)
ON = date(2025, 1, 10)
FAMILY = {
    "region": "990100",
    "on": ON,
    "residence": "rural",
    "assets_within_limits": True,
    "members": [
        {"relation": "head", "birth_date": "1950-01-01", "incomes": [{"kind": "wage", "amount": 7000, "per": "year"}]},
        {"relation": "spouse"},
    ],
}
JUNK: list[Any] = [
    None, True, False, 0, -1, 3, 10**30, Decimal("0.5"), "", "x", "age", "age >", "some(age >= 70)", "1/0",
    "heating.frail", "heating_by_stove", "not", "0", "1e400", "2025-01-01", date(2025, 1, 1), [], [[]], [{}],
    ["x"], [True], [3, "x"],
    {}, {"x": 1}, {"any": [{}]}, {"any": 3}, {"test": 3}, {"parameter": 3}, {"parameter": "x"}, {"at_least": "x"},
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to everything in some data."""
    if path:
        yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield from places(value, (*path, key))


def written(value: Any) -> str:
    """Return a value as TOML writes it in one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{" + ", ".join(f"{written(str(k))} = {written(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(written, value)) + "]"
    return str(value)


_PLACES, _JUNK = st.sampled_from(list(places(GOOD))), st.sampled_from(JUNK)


def changed(changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    """Return the good pack with something else at some places, or nothing."""
    data = deepcopy(GOOD)
    for path, value in changes:
        inside: Any = data
        try:
            for key in path[:-1]:
                inside = inside[key]
            if value is None:
                del inside[path[-1]]
            else:
                inside[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    return data


@given(st.lists(st.tuples(_PLACES, _JUNK), min_size=1, max_size=3).map(changed))
def test_a_pack_with_anything_in_it(tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]) -> None:
    """One to three values of a good pack are something else, or missing."""
    file = tmp_path_factory.mktemp("pack") / "pack.toml"
    file.write_text("\n".join(f"{key} = {written(value)}" for key, value in data.items()), encoding="utf-8")
    found: PackError | None = None
    try:
        rulebook = check_packs([file], ON)
        make_plan(household_from(FAMILY, catalog=rulebook.catalog), rulebook)
    except PackError as error:
        found = error
    if found is not None:
        assert all(problem.path and problem.found and problem.expected for problem in found.problems)
        assert "None" not in str(found)
