"""The benchmarks of long loads and of kills run, and would tell of what they look for; no speed is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of the first table in a text, by column."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[2:]]


def test_an_office_works_for_some_seconds() -> None:
    """Every kind of request is answered rightly, and the server is watched meanwhile."""
    short = ("--households=60", "--families=3", "--connections=4", "--seconds=12")
    done = subprocess.run(
        [sys.executable, FOLDER / "mixed_load.py", *short], stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
    loaded, course = done.stdout.split("\n\n")[:2]
    rows = table(loaded)
    assert {row["errors"] for row in rows} == {"0"}
    assert len(rows) > 5
    watched = {row["SQLite"]: row for row in table(course)}
    assert watched.keys() == {"threads", "memory, MB", "open files"}
    assert int(watched["threads"]["most"]) > 1


def test_two_rounds_of_kills() -> None:
    """Nothing acknowledged is lost, nothing is half."""
    short = ("--rounds=2", "--connections=2", "--workbook=200")
    done = subprocess.run(
        [sys.executable, FOLDER / "kill_rounds.py", *short], stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout
    (row,) = table(done.stdout)
    assert (row["rounds"], row["lost"], row["half"], row["refused"]) == ("2", "0", "0", "0")
    assert int(row["writes acknowledged"]) > 0


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module that watches a server."""
    monkeypatch.syspath_prepend(FOLDER)
    from desk_load import watch  # noqa: PLC0415 - the line before makes it importable

    return watch


def test_growth_is_told_by_the_hour(watch: Any) -> None:
    """A megabyte a second over the second half is 3,600 an hour, whatever was before."""
    before = [watch.Sample(float(at), 5, 100.0, 9) for at in range(10)]
    after = [watch.Sample(float(at), 5, 100.0 + at, 9) for at in range(10, 20)]
    assert watch.growth([*before, *after], "memory") == pytest.approx(3600)
    assert watch.growth([*before, *after], "threads") == 0
