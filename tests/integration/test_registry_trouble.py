"""When the database fails at work: a reason a clerk can act on, nothing half written, and all is well afterwards."""

from __future__ import annotations

import resource
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from bangfu_office.registry import (
    DatabaseFullError,
    DatabaseUnusableError,
    FactChange,
    Registry,
    RegistryError,
    Work,
    opening,
)
from bangfu_office.registry.database import counting_commits
from permissions import as_before, as_nobody
from postgresql_server import GivenServer
from registry_people import CHILD, HEAD, SINGLE, WIFE, done, family

pytest_plugins = ["permissions"]

Step = Callable[[Work], Any]
EARLIER = 3
"""Entries that were there before the trouble."""


@contextmanager
def opened(url: str) -> Iterator[Registry]:
    """Yield a registry with a household, 甲."""
    with Registry.open(url, key="") as registry:
        done(registry, lambda work: work.add(family(HEAD, WIFE), "甲"))
        yield registry


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a registry with a household, 甲; after the test it is as it was, and works."""
    with opened(database_url) as registry:
        yield registry
        works(registry)


def much(registry: Registry) -> None:
    """Do a piece of work of some size: change 甲 and add a hundred households of two."""
    add: list[Step] = [lambda work: work.add(family(SINGLE, CHILD))] * 100
    done(registry, lambda work: work.change("甲", [FactChange("homes", 2)]), *add)


def works(registry: Registry) -> None:
    """Check that a registry has what it had before the trouble, and takes more."""
    assert registry.verify().seq == EARLIER
    assert registry.numbers() == ["甲"]
    much(registry)
    assert registry.verify().seq == EARLIER + 301
    assert registry.household("甲").facts["homes"] == 2


def refused(run: Callable[[], object], reason: str) -> DatabaseUnusableError:
    """Expect that something cannot be done, for a reason that is said in one line; return the error."""
    with counting_commits() as commits, pytest.raises(DatabaseUnusableError, match=reason) as caught:
        run()
    assert "\n" not in str(caught.value)
    assert (commits.number, commits.unknown) == (0, caught.value.unknown)
    assert ("不能确定这一步是否已写入" in str(caught.value)) is caught.value.unknown
    return caught.value


@contextmanager
def behind_its_back(url: str) -> Iterator[Connection]:
    """Yield a connection of another program, in a transaction."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        yield connection


@contextmanager
def no_more_pages(registry: Registry) -> Iterator[None]:
    """Let a SQLite file grow no more, as on a full disk."""

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        used = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {used if full else 2**30}")

    full = True
    event.listen(registry.database.engine, "checkout", limit)
    yield
    full = False


def test_a_full_disk_with_sqlite(sqlite_url: str) -> None:
    """The file cannot grow: said so, undone, and done again when there is room."""
    with opened(sqlite_url) as registry:
        with no_more_pages(registry):
            told = refused(lambda: much(registry), "磁盘已满，这一步没有写入")
            assert isinstance(told, DatabaseFullError)
            assert registry.household("甲").version == 1
        works(registry)


def test_a_disk_that_takes_no_more_bytes_with_sqlite(sqlite_url: str) -> None:
    """The system refuses to write in the middle of a commit: the file is not harmed."""
    with opened(sqlite_url) as registry:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
            refused(lambda: much(registry), "磁盘")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        works(registry)


FAILURES = {
    "a full disk": ("53100", 'could not extend file "base/16384/2619": No space left on device', "磁盘已满"),
    "a full disk, in Chinese": ("53100", '无法扩展文件 "base/16384/2619": 设备上没有空间', "磁盘已满"),
    "no memory, in Chinese": ("53200", "内存用尽", "内存|资源"),
    "a broken disk, in Chinese": ("58030", '无法读取文件 "base/16384/2619" 的块 0: 输入/输出错误', "磁盘"),
}
"""What a server says, by SQLSTATE, in the language it was set up with."""


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failing_server(postgresql_url: str, failure: str) -> None:
    """The server fails in the middle of a piece of work: the reason is told whatever language it speaks."""
    state, message, reason = FAILURES[failure]
    body = f"begin raise exception using errcode = '{state}', message = '{message}'; end"
    with opened(postgresql_url) as registry:
        with behind_its_back(postgresql_url) as connection:
            connection.exec_driver_sql(f"create function fail() returns trigger language plpgsql as $${body}$$")
            connection.exec_driver_sql("create trigger fail before insert on members execute function fail()")
        told = refused(lambda: much(registry), reason)
        assert isinstance(told, DatabaseFullError) is (state == "53100")
        with behind_its_back(postgresql_url) as connection:
            connection.exec_driver_sql("drop trigger fail on members")
        works(registry)


def test_a_stopped_server(postgresql: GivenServer, postgresql_url: str) -> None:
    """Reading, writing and opening say that it is gone; started again, the same registry goes on."""
    with opened(postgresql_url) as registry:
        postgresql.stop()
        refused(lambda: registry.household("甲"), "连不上数据库")
        refused(lambda: much(registry), "连不上数据库")
        refused(lambda: Registry.open(postgresql_url, key=""), "连不上数据库")
        postgresql.start()
        works(registry)


@pytest.mark.parametrize("when", ["before anything is written", "before the commit"])
def test_a_server_that_stops_at_work(postgresql: GivenServer, postgresql_url: str, when: str) -> None:
    """Gone in the middle of a piece of work, it has kept nothing of it; of a commit it did not answer nobody knows."""

    def stop(work: Work) -> None:
        if when == "before the commit":
            work.flush()
        postgresql.stop()

    with opened(postgresql_url) as registry:
        change: Step = lambda work: work.change("甲", [FactChange("homes", 2)])  # noqa: E731 - as the other steps
        told = refused(lambda: done(registry, change, stop), "连不上数据库")
        assert told.unknown is (when == "before the commit")
        postgresql.start()
        works(registry)


@contextmanager
def moved_away(url: str) -> Iterator[None]:
    """Take a SQLite file, with those beside it, to another place and bring it back."""
    file = Path(make_url(url).database or "")
    elsewhere = file.parent / "elsewhere"
    elsewhere.mkdir()
    for path in file.parent.glob(f"{file.name}*"):
        path.rename(elsewhere / path.name)
    yield
    for path in elsewhere.iterdir():
        path.replace(file.parent / path.name)


def test_a_file_that_is_gone(sqlite_url: str) -> None:
    """Renamed, deleted, on a stick that was pulled out: nothing goes where nobody will find it again."""
    with opened(sqlite_url) as registry:
        with moved_away(sqlite_url):
            refused(lambda: much(registry), "文件")
            refused(lambda: registry.household("甲"), "文件")
            assert not Path(make_url(sqlite_url).database or "").exists()
        works(registry)


def test_a_file_that_was_replaced(sqlite_url: str, tmp_path: Path) -> None:
    """A backup laid over the open file is what is read from then on, not the file that is gone."""
    with opened(sqlite_url) as registry:
        file = Path(make_url(sqlite_url).database or "")
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(tmp_path / "copy")) as copy:
            source.backup(copy)
        much(registry)
        for path in file.parent.glob(f"{file.name}*"):
            path.unlink()
        (tmp_path / "copy").rename(file)
        works(registry)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_file_that_is_read_only(public: Path, kind: str) -> None:
    """Said so to whoever writes; when it may be written again, the same registry writes."""
    file = public / "registry.db"
    with opened(str(file)):
        pass
    file.chmod(0o666 if kind == "folder" else 0o444)
    public.chmod(0o777 if kind == "file" else 0o555)
    with as_nobody(), Registry.open(str(file), key="") as registry:
        assert registry.numbers() == ["甲"]
        refused(lambda: much(registry), "只读")
        with as_before():
            file.chmod(0o666)
            public.chmod(0o777)
        works(registry)


def test_a_read_only_server(postgresql_url: str) -> None:
    """A standby, or a server that was made read-only: can be read; written again when it may be."""
    name = make_url(postgresql_url).database
    with opened(postgresql_url) as registry:
        with behind_its_back(postgresql_url) as connection:
            connection.exec_driver_sql(f'alter database "{name}" set default_transaction_read_only = on')
        registry.close()
        assert registry.household("甲").version == 1
        refused(lambda: much(registry), "只读")
        with behind_its_back(postgresql_url) as connection:
            connection.exec_driver_sql("set transaction read write")
            connection.exec_driver_sql(f'alter database "{name}" reset default_transaction_read_only')
        registry.close()
        works(registry)


def test_another_program_holds_the_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers give up after a while, readers go on; when the other is done, so do the writers."""
    monkeypatch.setattr(opening, "PATIENCE", 1)
    with opened(database_url) as registry:
        other = create_engine(database_url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()
        other.exec_driver_sql("begin")
        other.exec_driver_sql("update journal_head set seq = seq")
        let_go = threading.Timer(10, other.close)  # in case the writer waits for ever
        let_go.start()
        refused(lambda: much(registry), "占用")
        assert registry.household("甲").version == 1
        let_go.cancel()
        other.close()
        works(registry)


def test_a_table_that_is_gone(registry: Registry, database_url: str) -> None:
    """What another program has renamed is missed by name of the trouble, and when it is back all is well."""
    with behind_its_back(database_url) as connection:
        connection.execute(text("alter table rechecks rename to away"))
    refused(lambda: registry.household("甲"), "数据库")
    refused(lambda: much(registry), "数据库")
    with behind_its_back(database_url) as connection:
        connection.execute(text("alter table away rename to rechecks"))


def test_what_is_committed_is_counted(database_url: str) -> None:
    """In threads that are begun with the context too; what is undone is not, nor what may be lost."""
    add: Step = lambda work: work.add(family(SINGLE), "乙")  # noqa: E731 - as the other steps
    with opened(database_url) as registry, counting_commits() as commits:
        registry.numbers()
        with pytest.raises(RegistryError):
            done(registry, lambda work: work.add(family(SINGLE), "甲"))
        assert commits.number == 0
        thread = threading.Thread(target=copy_context().run, args=[done, registry, add])
        thread.start()
        thread.join()
        assert (commits.number, commits.unknown) == (1, False)
        assert registry.database.note(text("delete from rechecks")) is True
        assert registry.database.note(text("delete from nothing")) is False
        assert (commits.number, commits.unknown) == (1, False)
