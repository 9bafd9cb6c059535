"""The example plugin under ``docs/heating``, installed as a distribution of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bangfu

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "heating"
HOUSEHOLD = EXAMPLE / "examples" / "household.toml"
COUNTY = EXAMPLE / "examples" / "county.toml"
STANDARD = '[pack]\nregion = "629999"\nname = "示例县"\nsource = "示例县文件"\n[parameters]\n"dibao.standard.urban" = '

PlanOf = Callable[..., dict[str, Any]]


@pytest.fixture
def plan_of(heating: dict[str, str]) -> PlanOf:
    """Return a function that prints the plan of a household file under some packs, read back from JSON."""

    def plan_of(household: Path, *packs: Path) -> dict[str, Any]:
        command = [sys.executable, "-m", "bangfu", "plan", str(household), "--format", "json"]
        command += [word for pack in packs for word in ("--policy", str(pack))]
        done = subprocess.run(command, env=heating, capture_output=True, text=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (0, "")
        plan: dict[str, Any] = json.loads(done.stdout)
        return plan

    return plan_of


def subsidies(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the plan says of the heating subsidy."""
    return [support for support in plan["supports"] if support["benefit"] == "heating.subsidy"]


def standard_of(folder: Path, month: int) -> Path:
    """Return a pack that sets the county's urban dibao standard a month, and nothing about heating."""
    pack = folder / "standard.toml"
    pack.write_text(f'{STANDARD}{{ value = {month}, per = "month" }}\n', encoding="utf-8")
    return pack


def test_it_is_found_by_its_entry_point_away_from_the_sources(heating: dict[str, str]) -> None:
    """The module that answers is the installed one, with its pack beside it."""
    script = "import bangfu_heating; print(bangfu_heating.__file__)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=heating, capture_output=True, text=True, encoding="utf-8", check=True)
    module = Path(done.stdout.strip())
    assert module.is_relative_to(heating["PYTHONPATH"])
    assert (module.parent / "packs" / "620000-gansu.toml").is_file()


def test_it_uses_public_names_only() -> None:
    """What a stranger may rely on, as the built-in plugins do."""
    text = (EXAMPLE / "bangfu_heating" / "__init__.py").read_text(encoding="utf-8")
    [names] = re.findall(r"^from bangfu import \(([^)]+)\)$", text, re.MULTILINE)
    assert set(re.findall(r"\w+", names)) <= set(bangfu.__all__)
    assert "bangfu." not in text


def test_without_an_amount_it_is_undetermined_and_names_the_parameter(plan_of: PlanOf, tmp_path: Path) -> None:
    """19,200 a year for two is above 2 × 8,400 and below 1.5 times that: the category holds, the amount is open."""
    plan = plan_of(HOUSEHOLD, standard_of(tmp_path, 700))
    [subsidy] = subsidies(plan)
    assert plan["household"]["category"] == "margin"
    assert (subsidy["status"], subsidy["amount"], subsidy["source"]) == ("undetermined", None, "S2")
    assert subsidy["reasons"][0]["status"] is True
    waiting = {unset["parameter"] for unset in plan["not_configured"] if "heating.subsidy" in unset["decides"]}
    assert waiting == {"heating.subsidy"}


def test_with_an_amount_it_is_due(plan_of: PlanOf) -> None:
    """The county's pack sets 800, by a clause of its own."""
    plan = plan_of(HOUSEHOLD, COUNTY)
    [subsidy] = subsidies(plan)
    assert {key: subsidy[key] for key in ("recipient", "programme", "status", "amount", "per", "kind", "verified")} == {
        "recipient": "household", "programme": "heating", "status": "eligible", "amount": "800.00", "per": "year",
        "kind": "cash", "verified": False,
    }  # fmt: skip
    assert subsidy["source"] == "示例县取暖补贴办法第三条"
    assert plan["totals"]["by_programme"]["heating"] == "800.00"
    assert "heating.subsidy" not in {unset["parameter"] for unset in plan["not_configured"]}


@pytest.mark.parametrize(
    ("month", "status"),
    [
        (801, "eligible"),  # below 2 × 12 × 801 = 19,224: dibao
        (534, "eligible"),  # below 1.5 × 2 × 12 × 534 = 19,224: margin
        (533, "ineligible"),  # not below 1.5 × 2 × 12 × 533 = 19,188
    ],
)
def test_both_sides_of_the_line(plan_of: PlanOf, tmp_path: Path, month: int, status: str) -> None:
    """19,200 a year for two people, against the county's monthly standard."""
    county = tmp_path / "county.toml"
    county.write_text(COUNTY.read_text(encoding="utf-8").replace("value = 700", f"value = {month}"), encoding="utf-8")
    [subsidy] = subsidies(plan_of(HOUSEHOLD, county))
    assert subsidy["status"] == status


def test_elsewhere_there_is_no_such_programme(plan_of: PlanOf, tmp_path: Path) -> None:
    """Only Gansu's pack says who gets it; the other programmes are there as ever."""
    elsewhere = tmp_path / "household.toml"
    elsewhere.write_text(HOUSEHOLD.read_text(encoding="utf-8").replace("629999", "522723"), encoding="utf-8")
    plan = plan_of(elsewhere)
    assert subsidies(plan) == []
    assert {"education", "employment", "housing", "living", "medical"} <= {s["programme"] for s in plan["supports"]}
