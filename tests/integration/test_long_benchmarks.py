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
    loaded, faults, course, size = done.stdout.split("\n\n")[:4]
    rows = table(loaded)
    assert {row["errors"] for row in rows} == {"0"}
    assert len(rows) > 5
    assert faults.count(": none") == 3
    watched = {row["SQLite"]: row for row in table(course)}
    assert watched.keys() == {"threads", "memory, MB", "peak memory, MB", "open files"}
    assert int(watched["threads"]["most, 1st half"]) > 1
    assert int(watched["peak memory, MB"]["end"]) >= int(watched["memory, MB"]["start"])
    assert size.startswith("SQLite: from 63 households and 0 assessments to ")


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
def desk_load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the package of the benchmarks at the desk, with the modules that are tested here."""
    monkeypatch.syspath_prepend(FOLDER)
    import desk_load.load  # noqa: PLC0415 - the line before makes it importable
    import desk_load.report  # noqa: PLC0415 - as above
    import desk_load.watch  # noqa: PLC0415 - as above

    return desk_load


def test_growth_is_told_by_the_hour(desk_load: Any) -> None:
    """A megabyte a second over the second half is 3,600 an hour, whatever was before; the halves' most stand beside."""
    watch = desk_load.watch
    before = [watch.Sample(float(at), 5, 100.0, 150.0, 9) for at in range(10)]
    after = [watch.Sample(float(at), 5, 100.0 + at, 150.0, 9) for at in range(10, 20)]
    assert watch.growth([*before, *after], lambda one: one.memory) == pytest.approx(3600)
    assert watch.growth([*before, *after], lambda one: one.threads) == 0
    assert watch.growth(after[:1], lambda one: one.memory) == 0
    [_, memory, *_] = table(desk_load.report.course("desk", [*before, *after]))
    told = [memory[column] for column in ("start", "end", "most, 1st half", "most, 2nd half")]
    assert told == ["100", "119", "100", "119"]


def test_each_fault_is_told_with_its_requests(desk_load: Any) -> None:
    """An answer of 500, a connection that breaks and a refusal are three things."""
    load = desk_load.load

    def failed() -> bool:
        raise desk_load.visitor.ServerError

    def dropped() -> bool:
        raise ConnectionResetError

    requests = {"list": failed, "plan": dropped, "save": lambda: False, "form": lambda: True}
    answers = [load.answered(kind, request) for kind, request in requests.items()]
    assert desk_load.report.faults(load.Load([*answers, answers[0]], 1, 1)) == (
        "500 or above: 2 of list; no answer, connection dropped: 1 of plan; "
        "refused, or not what was asked for: 1 of save"
    )
