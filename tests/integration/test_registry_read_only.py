"""A registry on a medium where nothing can be written: read, checked, copied; and never read while somebody writes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bangfu import Rulebook
from bangfu.commands.main import main
from bangfu_office.registry import Attribution, DatabaseUnusableError, Registry
from bangfu_office.registry.opening import REVISION
from bangfu_web import Settings, create_app
from permissions import as_before, as_nobody
from registry_people import CHILD, HEAD, WIFE, added, done, family

pytest_plugins = ["permissions"]

NUMBER = "甲"


@pytest.fixture
def medium(public: Path) -> Path:
    """Return a registry's file in a folder of its own, with a household of two."""
    folder = public / "medium"
    folder.mkdir()
    file = folder / "county.db"
    with Registry.open(str(file), key="") as registry:
        done(registry, lambda work: work.add(family(HEAD, WIFE), NUMBER))
    return file


def write_protect(file: Path) -> None:
    """Make it as a medium that takes nothing."""
    file.chmod(0o444)
    file.parent.chmod(0o555)


def run(*arguments: object) -> Result:
    """Run a command here, so that it is run by whoever we are."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def reads(out: Path, file: Path) -> list[str]:
    """Run every command that reads a registry, and return what each said; files go to a folder."""
    here = ("--database", file)
    commands = (
        ("household", "list", *here),
        ("household", "show", NUMBER, *here),
        ("household", "history", NUMBER, *here),
        ("journal", "verify", *here),
        ("plan", "--household", NUMBER, "--on", "2026-03-01", *here),
        ("user", "list", *here),
        ("export", out / "all.xlsx", "--masked", *here),
        ("export", out / "roster.xlsx", "--kind", "roster", *here),
        ("backup", out / "county.backup", *here),
        ("screen", file, out / "screened", "--on", "2026-03-01"),
    )
    said = []
    for command in commands:
        done = run(*command)
        assert (done.exit_code, done.exception) == (0, None), (command, done.output)
        said.append(done.stdout.replace(str(out), "").split("用时")[0])
    return said


def test_every_command_that_reads_works(medium: Path, public: Path) -> None:
    """And says what it said while the file could be written; nothing is left beside it."""
    before, after = public / "before", public / "after"
    for folder in (before, after):
        folder.mkdir()
        folder.chmod(0o777)
    said = reads(before, medium)
    write_protect(medium)
    with as_nobody():
        assert reads(after, medium) == said
    assert list(medium.parent.iterdir()) == [medium]
    assert {path.name for path in after.iterdir()} == {"all.xlsx", "roster.xlsx", "county.backup", "screened"}
    with Registry.open(str(public / "again.db"), key="") as registry:
        assert registry.numbers() == []
    done_ = run("restore", after / "county.backup", "--database", public / "again.db")
    assert done_.exit_code == 0, done_.output


def test_what_writes_is_refused_in_words(medium: Path, public: Path) -> None:
    """By the command line; the file is as it was."""
    write_protect(medium)
    before = medium.read_bytes()
    run("template", public / "empty.xlsx")
    with as_nobody():
        for command in (
            ("household", "show", NUMBER, "--full", "--who", "王"),
            ("user", "disable", "wang", "--who", "王"),
        ):
            refused = run(*command, "--database", medium)
            assert refused.exit_code == 1
            assert "只读" in refused.stderr or "没有" in refused.stderr, refused.stderr
    assert medium.read_bytes() == before


def test_what_others_write_later_is_seen(medium: Path) -> None:
    """A registry that is read at rest notices a file that was replaced or written, and reads it anew."""
    write_protect(medium)
    with as_nobody(), Registry.open(str(medium), key="") as registry:
        assert registry.numbers() == [NUMBER]
        with as_before():
            medium.parent.chmod(0o755)
            medium.chmod(0o644)
            with Registry.open(str(medium), key="") as other:
                second = added(other, CHILD | {"relation": "head"})
            write_protect(medium)
        assert set(registry.numbers()) == {NUMBER, second}


def test_what_is_written_during_a_reading_spoils_it(medium: Path) -> None:
    """A half old and half new state is never taken for one."""
    write_protect(medium)
    with as_nobody(), Registry.open(str(medium), key="") as registry:
        reading = registry.records()
        assert next(reading).number == NUMBER
        with as_before(), closing(sqlite3.connect(medium)) as other, other:
            other.execute("pragma user_version = 8420")
        with pytest.raises(DatabaseUnusableError, match="正在被别处改写"):
            list(reading)
    with as_nobody(), Registry.open(str(medium), key="") as registry:
        assert registry.numbers() == [NUMBER]


def test_a_file_that_somebody_has_open_is_not_taken_to_be_at_rest(medium: Path, public: Path) -> None:
    """What stands in the -wal beside it is read too, on a medium to which both were copied."""
    with Registry.open(str(medium), key="") as registry:
        second = added(registry, CHILD | {"relation": "head"})
        copied = public / "copied"
        shutil.copytree(medium.parent, copied)
    assert (copied / "county.db-wal").stat().st_size
    for path in copied.iterdir():
        path.chmod(0o444)
    copied.chmod(0o555)
    with as_nobody(), Registry.open(str(copied / "county.db"), key="") as registry:
        assert set(registry.numbers()) == {NUMBER, second}


def test_an_older_registry_must_be_opened_for_writing_once(medium: Path) -> None:
    """Said with both versions."""
    with closing(sqlite3.connect(medium)) as other, other:
        other.execute("drop table requests")
        other.execute("update alembic_version set version_num = '0002'")
    write_protect(medium)
    with as_nobody():
        refused = run("household", "list", "--database", medium)
    assert refused.exit_code == 1
    for word in ("0002", REVISION, "只读", "可以写入的地方"):
        assert word in refused.stderr


def test_the_desk_does_not_start_there(medium: Path, rulebook: Rulebook) -> None:
    """It could keep nobody signed in; it says so."""
    write_protect(medium)
    with as_nobody(), Registry.open(str(medium), catalog=rulebook.catalog, key="") as registry:
        with pytest.raises(DatabaseUnusableError, match=r"工作台.*只读"):
            create_app(registry, rulebook, Settings())
        with pytest.raises(DatabaseUnusableError, match="只读"), registry.work(Attribution("王")) as work:
            work.add(family(HEAD, WIFE))
