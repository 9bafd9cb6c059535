"""The built wheel, installed without the sources at hand, prints the sample household's plan."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("static/htmx.min.js", "static/style.css", "templates/plan.html", "locale/en/bangfu.po")


def run(*command: object, cwd: Path) -> str:
    """Run a command that must succeed and return what it printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_alone_is_enough(tmp_path: Path) -> None:
    """Packs, plugins and type marks are in it; the command finds its programmes."""
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    wheel = next(tmp_path.glob("bangfu-*.whl"))
    empty = tmp_path / "empty"
    venv.create(empty, with_pip=True)
    python = empty / "bin" / "python"
    constraint = ("--constraint", ROOT / "constraints.txt")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *constraint, wheel, cwd=tmp_path)
    sample = tmp_path / "household.toml"
    sample.write_bytes((ROOT / "examples" / "household.toml").read_bytes())
    text = run(empty / "bin" / "bangfu", "plan", sample, cwd=tmp_path)
    assert "每年 5,460.00 元" in text
    assert "共 0 户" in run(empty / "bin" / "bangfu", "household", "list", "--database", "new.db", cwd=tmp_path)
    names = set(ZipFile(wheel).namelist())
    assert {f"bangfu_web/{name}" for name in SHIPPED} <= names
    where = run(
        python, "-c", "import bangfu, bangfu_living; print(bangfu.__file__, bangfu_living.__file__)", cwd=tmp_path
    )
    assert str(ROOT) not in where.replace(str(tmp_path), "")
    marks = run(
        python,
        "-c",
        "from importlib.resources import files as f; print((f('bangfu') / 'py.typed').is_file())",
        cwd=tmp_path,
    )
    assert marks.strip() == "True"
