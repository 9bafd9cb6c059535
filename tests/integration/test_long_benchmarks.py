"""The benchmarks of long loads and of kills run, and would tell of what they look for; no speed is asserted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bangfu_office.registry import Attribution, FactChange, Registry

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def table(text: str) -> list[dict[str, str]]:
    """Return the rows of the first table in a text, by column."""
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[2:]]


def printed(benchmark: str, *arguments: str) -> str:
    """Run a benchmark, and return what it prints."""
    command = [sys.executable, FOLDER / benchmark, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_an_office_works_for_some_seconds() -> None:
    """Every kind of request is answered rightly, and the server is watched meanwhile."""
    short = ("--households=60", "--families=3", "--connections=4", "--seconds=12")
    loaded, faults, course, size = printed("mixed_load.py", *short).split("\n\n")[:4]
    rows = table(loaded)
    assert {row["errors"] for row in rows} == {"0"}
    assert len(rows) > 5
    assert faults.count(": none") == 3
    watched = {row["SQLite"]: row for row in table(course)}
    assert watched.keys() == {"threads", "memory, MB", "peak memory, MB", "open files"}
    assert int(watched["threads"]["most, 1st half"]) > 1
    assert int(watched["peak memory, MB"]["end"]) >= int(watched["memory, MB"]["start"])
    assert size.startswith("SQLite: from 63 households and 0 assessments to ")


def test_attacks_are_let_loose_and_pages_come() -> None:
    """The caseworker's pages are timed while attackers are answered."""
    short = ("--seconds=5", "--households=20", "--only=30 MB to the sign-in, four at once")
    (row,) = table(printed("attacks.py", *short))
    assert int(row["pages"]) > 2
    assert row["what the attackers heard"].startswith("413 (")


def test_two_rounds_of_kills() -> None:
    """Nothing acknowledged is lost, nothing is half, and each round's import goes on to its end."""
    short = ("--rounds=2", "--connections=2", "--workbook=200")
    (row,) = table(printed("kill_rounds.py", *short))
    assert row["rounds"] == "2 (desk and import)"
    assert (row["lost"], row["half"], row["refused"]) == ("0", "0", "0")
    assert int(row["writes acknowledged"]) > 0


@pytest.fixture
def desk_load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the package of the benchmarks at the desk, with the modules that are tested here."""
    monkeypatch.syspath_prepend(FOLDER)
    import desk_load.load  # noqa: PLC0415 - the line before makes it importable
    import desk_load.report  # noqa: PLC0415 - as above
    import desk_load.survived  # noqa: PLC0415 - as above
    import desk_load.watch  # noqa: PLC0415 - as above

    return desk_load


def test_what_is_lost_and_what_is_half_is_found(desk_load: Any, sqlite_url: str) -> None:
    """Of writes at the desk by the entries under their token, of imports by their households."""
    survived, day = desk_load.survived, desk_load.workbooks.DAY
    before, after = (desk_load.workbooks.in_workbook(4, 0, turn) for turn in (0, 1))
    first, second, third, fourth = before
    with Registry.open(sqlite_url, key="") as registry:
        with registry.work(Attribution("test", on=day, evidence="half")) as work:
            for number in (first, second, third):
                work.add(before[number], number)
            work.change(first, [FactChange("homes", 1)])
            work.change(second, [FactChange("homes", 1), FactChange("vehicles", 1)])
        with registry.work(Attribution("test", on=day, evidence="whole")) as work:
            work.change(third, [FactChange("financial_assets", 1), FactChange("large_machinery", 1)])
    writes = [desk_load.writers.Write("save", token, 0, acknowledged=True) for token in ("half", "whole", "lost")]
    unknown = [desk_load.writers.Write("save", "never there", 0, acknowledged=False)]
    begun = survived.survey(sqlite_url, [*writes, *unknown], [survived.Import(after, before, acknowledged=False)], 0)
    assert begun.lost == ["save lost", f"import {fourth}"]
    assert begun.half == ["save half", f"import {first}", f"import {third}"]
    assert begun.imported == [1]
    new = survived.Import({fourth: after[fourth]}, {}, acknowledged=True)
    assert survived.survey(sqlite_url, [], [new], 0).lost == [f"import {fourth}"]


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
