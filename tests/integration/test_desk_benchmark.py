"""The desk's benchmark runs, finds no error in a short load, and would tell of one; speeds are not asserted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = ROOT / "benchmarks" / "desk.py"
WITH_OPENFISCA = all(find_spec(name) for name in ("openfisca_core", "flask", "gunicorn"))


def rows(table: str) -> dict[str, list[str]]:
    """Return the cells of every row of the tables in a text by the first of them."""
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return {row[0].strip("*"): row[1:] for row in cells}


def test_a_short_load_has_no_error(tmp_path: Path) -> None:
    """Eight at once for three seconds, a list, a plan or a save each time: every answer is right."""
    page = tmp_path / "page.md"
    page.write_text("# Page\n\n<!-- desk -->\nold\n<!-- /desk -->\n\nThe end.\n", encoding="utf-8")
    short = ("--households=60", "--families=3", "--runs=5", "--connections=8", "--seconds=3", "--write", str(page))
    done = subprocess.run([sys.executable, COMMAND, *short], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    alone, together = re.findall(r"(?:^\|.*\n)+", done.stdout, re.MULTILINE)
    assert {name: row[-1] for name, row in rows(alone).items() if name.startswith("desk")} == {
        "desk, SQLite: list": "0",
        "desk, SQLite: plan": "0",
        "desk, SQLite: plan as JSON": "0",
        "desk, SQLite: save": "0",
    }
    loaded = {name: row for name, row in rows(together).items() if name.startswith("desk, SQLite")}
    assert set(loaded) == {f"desk, SQLite: {kind}" for kind in ("list", "plan", "save", "all")}
    assert {row[5] for row in loaded.values()} == {"0"}
    assert ("OpenFisca's web API: calculate" in done.stdout) is WITH_OPENFISCA
    assert ("agree in every category" in done.stdout) is WITH_OPENFISCA
    assert page.read_text(encoding="utf-8") == (
        f"# Page\n\n<!-- desk -->\n{done.stdout.strip()}\n<!-- /desk -->\n\nThe end.\n"
    )


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the module that takes the times."""
    monkeypatch.syspath_prepend(COMMAND.parent)
    from desk_load import load  # noqa: PLC0415 - the line before makes it importable

    return load


def test_errors_and_silences_are_told(load: Any) -> None:
    """A wrong answer counts as an error; the silence is the longest time between two answers, of whomever."""
    answers = [load.Answer("plan", 0.0, 0.1), load.Answer("list", 0.0, 2.1, load.Fault.WRONG)]
    told = load.Load([*answers, load.Answer("plan", 0.1, 2.2)], 2.2, 0.5)
    assert (told.errors, told.kinds, told.times("plan")) == (1, ("list", "plan"), pytest.approx([100, 2100]))
    assert told.silence == pytest.approx(2.0)


def test_a_connection_that_breaks_is_an_error(load: Any) -> None:
    """Whoever gets no answer goes on, and it is counted."""

    def broken() -> bool:
        raise ConnectionResetError

    told = load.at_once(os.getpid(), [{"list": (1, broken)}], 0.5)
    assert told.errors == len(told.answers) > 0


@pytest.mark.skipif(not WITH_OPENFISCA, reason="OpenFisca's web API is not installed")
def test_a_difference_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """One yuan in one support of the desk's plan is found, and nothing else is."""
    monkeypatch.syspath_prepend(COMMAND.parent)
    from desk_load.agreement import asked, differences  # noqa: PLC0415 - as above
    from desk_load.families import families  # noqa: PLC0415 - as above
    from openfisca_web_api.handlers import calculate  # noqa: PLC0415 - as above
    from peer.openfisca_rules import system  # noqa: PLC0415 - as above
    from peer.population import rulebook  # noqa: PLC0415 - as above

    from bangfu import make_plan  # noqa: PLC0415 - beside what it is held against
    from bangfu.show import plan_as_json  # noqa: PLC0415 - as above

    (family,) = families(1)
    plan = plan_as_json(make_plan(family.household, rulebook()))
    answer = calculate(system(), asked(family))
    assert not list(differences(plan, answer))
    support = next(s for s in plan["supports"] if s["status"] == "eligible" and s["amount"] and not s["replaced_by"])
    support["amount"] = str(float(support["amount"]) + 1)
    assert list(differences(plan, answer)) == [f"{support['benefit']} of {support['recipient']}"]
