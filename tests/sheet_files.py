"""What the tests of spreadsheets share: an empty registry, a file, importing, and looking into a workbook.

A test module asks for the fixtures by ``pytest_plugins = ["sheet_files"]``. PYTEST_DONT_REWRITE: it may import
names from here before pytest reads that line.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from bangfu_office.registry import Attribution, Registry
from bangfu_office.sheets import Report, import_workbook
from workbooks import Book

BY = Attribution("王办事员", on=date(2026, 3, 1))


@pytest.fixture
def registry(sqlite_url: str) -> Iterator[Registry]:
    """Yield an empty registry."""
    with Registry.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return where a workbook can be written."""
    return tmp_path / "households.xlsx"


def cells(path: Path, sheet: str) -> list[list[Any]]:
    """Return a sheet's cells."""
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()


def part(path: Path, name: str) -> str:
    """Return a part of a workbook as text."""
    with zipfile.ZipFile(path) as package:
        return package.read(name).decode()


def taken(registry: Registry, book: Book, path: Path, **more: Any) -> Report:
    """Import a workbook."""
    return import_workbook(registry, book.save(path), BY, **more)


def call(command: Any, *arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(command, [str(argument) for argument in arguments])
