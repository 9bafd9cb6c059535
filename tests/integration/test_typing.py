"""A user's script against the library's types, as strictly as a type checker can; and the script runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "typing" / "user_script.py"


def test_a_users_script_has_no_wrong_type(tmp_path: Path) -> None:
    """mypy, strict, from a folder without any settings."""
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(SCRIPT)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stdout == "Success: no issues found in 1 source file\n", done.stdout


def test_a_users_script_runs() -> None:
    """Its rules are taken; what it prints fits a line."""
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.startswith("[] () (Plan(on=2024-01-01, region=610625"), done.stdout
