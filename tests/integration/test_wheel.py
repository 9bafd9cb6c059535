"""The built wheel, installed without the sources at hand: the library alone, then the office."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("static/htmx.min.js", "static/style.css", "templates/plan.html")


def run(*command: object, cwd: Path) -> str:
    """Run a command that must succeed and return what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel, and an environment in which nothing but it and what it asks for is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    venv.create(folder / "environment", with_pip=True)
    _install(folder, wheel_in(folder))
    return folder


def wheel_in(folder: Path) -> Path:
    """Return the wheel that was built into a folder."""
    return next(folder.glob("bangfu-*.whl"))


def _install(folder: Path, what: object) -> None:
    constraint = ("--constraint", ROOT / "constraints.txt")
    pip = (folder / "environment" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, *constraint, what, cwd=folder)


def test_the_library_alone_plans_and_screens(empty: Path) -> None:
    """It brings no database, no spreadsheets and no web server, and says what a command would need besides."""
    command = empty / "environment" / "bin" / "bangfu"
    sample = empty / "household.toml"
    sample.write_bytes((ROOT / "examples" / "household.toml").read_bytes())
    assert "每年 5,460.00 元" in run(command, "plan", sample, cwd=empty)
    run(command, "generate", "people", "--region", "522723", "--households", "20", "--seed", "1", cwd=empty)
    assert "共 20 户" in run(command, "screen", "people", "found", cwd=empty)
    installed = run(empty / "environment" / "bin" / "python", "-m", "pip", "list", cwd=empty).lower()
    there = {line.split()[0] for line in installed.splitlines() if line}
    assert not there & {"sqlalchemy", "alembic", "litestar", "jinja2", "xlsxwriter", "python-calamine", "babel"}
    (empty / "county.db").touch()
    calls = (
        ["household", "list", "--database", "new.db"],
        ["handbook", "--region", "610625"],
        ["screen", "county.db", "out"],
    )
    for call in calls:
        refused = subprocess.run([str(command), *call], cwd=empty, capture_output=True, check=False)
        assert refused.returncode == 1
        assert "pip install 'bangfu[office]'" in refused.stderr.decode()


def test_the_wheel_has_all_houses(empty: Path) -> None:
    """Packs, plugins, pages and type marks are in it; with the office's extra the registry's commands work."""
    python = empty / "environment" / "bin" / "python"
    _install(empty, f"{wheel_in(empty)}[office]")
    listed = run(empty / "environment" / "bin" / "bangfu", "household", "list", "--database", "new.db", cwd=empty)
    assert "共 0 户" in listed
    made = run(empty / "environment" / "bin" / "bangfu", "handbook", "--region", "610625", cwd=empty)
    assert made.startswith("<!DOCTYPE html>")
    names = set(ZipFile(wheel_in(empty)).namelist())
    assert {f"bangfu_web/{name}" for name in SHIPPED} <= names
    assert {f"bangfu/locale/{language}/LC_MESSAGES/bangfu.mo" for language in ("en", "zh")} <= names
    assert {f"{house}/py.typed" for house in ("bangfu", "bangfu_office")} <= names
    where = run(python, "-c", "import bangfu, bangfu_living; print(bangfu.__file__, bangfu_living.__file__)", cwd=empty)
    assert str(ROOT) not in where.replace(str(empty), "")
