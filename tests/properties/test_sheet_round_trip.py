"""Random households out of a registry into a workbook, and back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu import InputError
from bangfu_office.registry import Attribution, Registry, Source
from bangfu_office.sheets import Report, export_workbook, import_workbook
from households import households, neighbours
from rulebooks import CATALOG, LAST_DAY, Data, examples, household_of

BY = Attribution("王办事员", Source.DECLARED, LAST_DAY)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty registry to be copied: its tables are made once."""
    path = tmp_path_factory.mktemp("registry") / "empty.db"
    Registry.open(str(path), catalog=CATALOG).close()
    return path


def registry(empty: Path, folder: str, name: str, data: Sequence[Data] = ()) -> Registry:
    """Return a registry of these households, numbered from 1."""
    opened = Registry.open(str(shutil.copy(empty, Path(folder) / name)), catalog=CATALOG)
    if data:
        with opened.work(BY) as work:
            for number, each in enumerate(data, start=1):
                work.add(household_of(each), str(number))
    return opened


def held(opened: Registry) -> dict[str, Any]:
    """Return what a registry holds, as household files would."""
    return {record.number: record.data() for record in opened.records()}


def moved(source: Registry, target: Registry, folder: str) -> Report:
    """Export one registry and import the workbook into another."""
    path = Path(folder) / "households.xlsx"
    export_workbook(source, path)
    return import_workbook(target, path, BY)


@examples(20)
@given(neighbours(most=3))
def test_export_and_import_give_the_same_registry(empty: Path, data: list[Data]) -> None:
    """An empty registry holds the same households afterwards; the one they came from does not change."""
    with (
        TemporaryDirectory() as folder,
        registry(empty, folder, "one.db", data) as one,
        registry(empty, folder, "other.db") as other,
    ):
        assert moved(one, other, folder).added == len(data)
        assert held(other) == held(one)
        before = one.verify()
        assert moved(one, one, folder).unchanged == len(data)
        assert one.verify() == before


@examples(20)
@given(st.tuples(households(), households()))
def test_an_update_says_what_the_file_says_and_a_second_one_nothing(empty: Path, pair: tuple[Data, Data]) -> None:
    """Over another household of the same number: refused as a whole, or taken once and for all."""
    before, after = pair
    with (
        TemporaryDirectory() as folder,
        registry(empty, folder, "one.db", [after]) as one,
        registry(empty, folder, "other.db", [before]) as other,
    ):
        head = other.verify()
        try:
            moved(one, other, folder)
        except InputError:
            assert other.verify() == head
            return
        record, stated = other.household("1"), one.household("1")
        assert len(record.members) >= len(stated.members)
        for fact, value in stated.facts.items():
            said = record.statements[fact].get(Source.IMPORTED) or record.statements[fact][Source.DECLARED]
            assert said.value == value or isinstance(value, list)
        head = other.verify()
        assert moved(one, other, folder).unchanged == 1
        assert other.verify() == head
