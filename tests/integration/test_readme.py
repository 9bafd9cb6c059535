"""What the READMEs show is what really happens."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import click
import pytest

from bangfu import Rulebook, Status, make_plan, read_household
from bangfu.commands import main

ROOT = Path(__file__).resolve().parents[2]
FILLER = runpy.run_path(str(ROOT / "docs" / "fill_readme.py"))


@pytest.mark.parametrize("name", FILLER["READMES"])
def test_examples_and_the_printed_plan_are_up_to_date(name: str) -> None:
    """``python docs/fill_readme.py`` would change nothing."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert FILLER["filled"](text, FILLER["blocks"]()) == text


@pytest.mark.parametrize("name", FILLER["READMES"])
def test_every_command_in_the_table_is_there(name: str) -> None:
    """Each answers to ``--help``; the two make targets stand in the Makefile."""
    text = (ROOT / name).read_text(encoding="utf-8")
    commands = set(re.findall(r"\| `bangfu ([\w-]+)", text))
    assert commands == set(main.list_commands(click.Context(main))) - {"serve"}  # which has its own page
    for command in commands:
        subprocess.run([sys.executable, "-m", "bangfu", command, "--help"], check=True, capture_output=True)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{target}:" in makefile for target in set(re.findall(r"^make (\w+)", text, re.MULTILINE)))


def test_the_first_plugin_works(tmp_path: Path) -> None:
    """With an amount set by a pack the pupil of the sample household is owed it."""
    pack = tmp_path / "pack.toml"
    pack.write_text(
        '[pack]\nregion = "522723"\nsource = "试点办法"\n[parameters]\n"transport.school" = { value = 360 }\n',
        encoding="utf-8",
    )
    module = ModuleType("first_plugin")
    module.__dict__.update(runpy.run_path(str(ROOT / "examples" / "first_plugin.py")))
    rulebook = Rulebook.load([pack], plugins={"transport": module})
    assert rulebook.left_out == []
    plan = make_plan(read_household(ROOT / "examples" / "household.toml", catalog=rulebook.catalog), rulebook)
    assert [(s.recipient, s.amount) for s in plan.supports if s.status is Status.ELIGIBLE] == [(3, 360)]


def test_the_rows_work() -> None:
    """The pack of the README is a programme."""
    ruleset = Rulebook.load([ROOT / "examples" / "pack.toml"]).rules("522723102201", date(2020, 9, 1))
    assert "heating" in {programme.code for programme in ruleset.programmes}


def test_the_library_example_prints_amounts() -> None:
    """Run as written, from the project's folder."""
    script = [sys.executable, "examples/library.py"]
    done = subprocess.run(script, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8")
    assert "普通高中国家助学金 2000.00 S1 普通高中" in done.stdout


def test_the_example_that_asks() -> None:
    """One value, one support, one difference (500 for lodging is lost), one list, run as written."""
    script = [sys.executable, "examples/asking.py"]
    done = subprocess.run(script, cwd=ROOT, check=True, capture_output=True, text=True, encoding="utf-8")
    of_income, grant, moved, nothing = done.stdout.splitlines()
    assert of_income == "Value('income_year', 'household', Decimal('13400.00'))"
    assert grant == "Support('education.senior_secondary.national_grant', 2, eligible, 2000.00 year)"
    assert moved.startswith("PlanDifference(-500.00 a year, +0.00 once: lost education.senior_secondary.lodging, ")
    assert nothing == "()"
