"""The pytest plugin as a department meets it: scenario files in a folder, and ``pytest``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCENARIO = """
title = "a boarder is owed {amount}"

[household]
region = "522723102201"
on = 2020-09-01
registered_poor = true

[[household.members]]
relation = "head"

[[household.members]]
relation = "child"
school_stage = "senior_secondary"

[[expect.supports]]
benefit = "education.senior_secondary.national_grant"
recipient = 1
amount = {amount}
"""


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, warnings as errors."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def test_scenarios_pass_and_fail_by_title(tmp_path: Path) -> None:
    """A wrong expectation fails with the plan's reasons; a broken file with its errors; never a traceback."""
    (tmp_path / "right.scenario.toml").write_text(SCENARIO.format(amount=2000), encoding="utf-8")
    (tmp_path / "wrong.scenario.toml").write_text(SCENARIO.format(amount=2500), encoding="utf-8")
    (tmp_path / "broken.scenario.toml").write_text("titel = 3\n[expect]\n", encoding="utf-8")
    (tmp_path / "syntax.scenario.toml").write_text("title =", encoding="utf-8")
    (tmp_path / "pack.toml").write_text("[pack]\n", encoding="utf-8")
    policy = f'policy = ["pack.toml"]\n{SCENARIO.format(amount=1)}'
    (tmp_path / "policy.scenario.toml").write_text(policy, encoding="utf-8")
    done = pytest_in(tmp_path, "-v")
    assert done.returncode == 1
    assert "right.scenario.toml::a boarder is owed 2000 PASSED" in done.stdout
    assert "expect.supports[0].amount: expected 2500.00, found 2000.00" in done.stdout
    assert "true    建档立卡  registered_poor = true  [S1 普通高中]" in done.stdout
    assert "titel: unknown key; expected: one of title, " in done.stdout
    assert "(nearest known: title)" in done.stdout
    assert "syntax.scenario.toml: 1 error(s)" in done.stdout
    assert "pack.toml" in done.stdout
    assert "4 failed, 1 passed" in done.stdout
    assert "Traceback" not in done.stdout
    assert ".py:" not in done.stdout


def test_a_project_without_scenarios_loads_nothing_of_the_kit(tmp_path: Path) -> None:
    """Pytest loads the plugin everywhere: only its own module is imported, neither bangfu nor Polars."""
    (tmp_path / "test_kit_is_idle.py").write_text(
        "import sys\n"
        "def test_idle():\n"
        "    loaded = {name.split('.')[0] for name in sys.modules}\n"
        "    assert {'bangfu_pytest', 'bangfu', 'polars'} & loaded == {'bangfu_pytest'}\n",
        encoding="utf-8",
    )
    done = pytest_in(tmp_path)
    assert done.returncode == 0, done.stdout
