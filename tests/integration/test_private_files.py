"""Whatever the umask: every file with personal data that a command or the desk makes is its owner's alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bangfu_office.registry import Registry
from bangfu_office.sessions.store import SessionStore
from bangfu_web import Settings
from registry_people import HEAD, added
from workbooks import right_book

POPULATION = ("--households", 60, "--region", "522723102201", "--on", "2026-03-01")
DAYS = ("--on-a", "2025-03-01", "--on-b", "2026-03-01")


def run(folder: Path, umask: int, *arguments: object) -> None:
    """Run a command, as somebody with a umask."""
    command = [sys.executable, "-m", "bangfu", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, umask=umask, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr


def modes(folder: Path) -> dict[str, int]:
    """Return the rights of everything in a folder, by its path."""
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.name != "given.xlsx"
    }


@pytest.mark.parametrize("umask", [0, 0o022])
def test_what_the_commands_write(tmp_path: Path, umask: int) -> None:
    """Registries, workbooks, backups, populations, screenings, comparisons: files 0600, folders 0700."""
    right_book().put("成员", 3, "birth_date", "1981-02-30").save(tmp_path / "given.xlsx")
    here = ("--database", "county.db")
    for command in (
        ("template", "empty.xlsx"),
        ("import", "given.xlsx", "--partial", "--rejects", "rejects.xlsx", *here),
        ("export", "all.xlsx", *here),
        ("export", "roster.xlsx", "--kind", "roster", *here),
        ("backup", "county.backup", *here),
        ("restore", "county.backup", "--database", "again.db"),
        ("generate", "people/of/nobody", *POPULATION),
        ("screen", "people/of/nobody", "screened", "--explain", "1,2", "--chunk", 20, "--workers", 2),
        ("screen", "county.db", "from-registry", "--on", "2026-03-01"),
        ("compare", "people/of/nobody", "people/of/nobody", "compared", *DAYS),
    ):
        run(tmp_path, umask, *command)
    found = modes(tmp_path)
    folders = {name for name in found if (tmp_path / name).is_dir()}
    assert {name for name in found if found[name] != (0o700 if name in folders else 0o600)} == set()
    assert {name for name in found if name not in folders} == {
        "empty.xlsx", "rejects.xlsx", "all.xlsx", "roster.xlsx", "county.db", "county.backup", "again.db",
        "people/of/nobody/households.parquet", "people/of/nobody/members.parquet",
        "compared/changes.parquet", "compared/costs.parquet", "compared/costs.svg",
        "screened/explained/1.json", "screened/explained/2.json",
        *(f"{run_}/{name}" for run_ in ("screened", "from-registry", "compared/a", "compared/b")
          for name in ("run.json", "assessments.parquet", "supports.parquet", "rejects.parquet")),
    }  # fmt: skip


def test_a_screening_that_was_killed(tmp_path: Path) -> None:
    """What lies there until it goes on cannot be reached by others."""
    run(tmp_path, 0, "generate", "people", *POPULATION)
    (tmp_path / "out").mkdir(mode=0o755)
    code = (
        "import os\nfrom pathlib import Path\nfrom bangfu.screen import run\nfrom bangfu.screen.part import Options\n"
        "run._join = lambda *_: os._exit(0)\nrun.screen('people', Path('out'), Options())"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, umask=0, check=True)
    found = modes(tmp_path / "out")
    assert found[".parts"] == 0o700
    parts = {name: mode for name, mode in found.items() if name.endswith((".parquet", ".json"))}
    assert set(parts.values()) == {0o600}


@pytest.fixture
def _no_umask() -> Iterator[None]:
    """Let everybody do everything with the files that this test makes."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_no_umask")
def test_what_stands_beside_an_open_registry(tmp_path: Path) -> None:
    """The registry, who is signed in, and what SQLite keeps beside both."""
    with Registry.open(str(tmp_path / "county.db"), key="") as registry:
        added(registry, HEAD)
        store = SessionStore.beside(registry, Settings())
        with store.database.writing():
            found = modes(tmp_path)
    assert set(found) >= {"county.db", "county.db-wal", "county.db-shm", "county.db.sessions"}
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o666, 0o600), (0o660, 0o660), (0o640, 0o640)])
def test_registries_of_earlier_versions(tmp_path: Path, before: int, after: int) -> None:
    """What the umask left open is closed at opening; what was opened for a group on purpose stays so."""
    file = tmp_path / "county.db"
    with Registry.open(str(file), key="") as registry:
        SessionStore.beside(registry, Settings())
    for path in (file, sessions := tmp_path / "county.db.sessions"):
        path.chmod(before)
    with Registry.open(str(file), key="") as registry:
        added(registry, HEAD)
        SessionStore.beside(registry, Settings())
        found = {name: mode for name, mode in modes(tmp_path).items() if not name.startswith(sessions.name)}
        assert set(found.values()) == {after}
        assert stat.S_IMODE(sessions.stat().st_mode) == after


def test_what_stood_open_beside_it(tmp_path: Path) -> None:
    """The -wal of a registry that another program has open is closed with it."""
    file = tmp_path / "county.db"
    with Registry.open(str(file), key="") as registry:
        added(registry, HEAD)
    with closing(sqlite3.connect(file)) as other:
        other.execute("select * from journal_head").fetchall()
        for path in tmp_path.iterdir():
            path.chmod(0o644)
        with Registry.open(str(file), key="") as registry:
            added(registry, HEAD)
            assert set(modes(tmp_path).values()) == {0o600}
