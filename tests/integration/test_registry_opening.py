"""What is no registry, or none that can be read: told apart in words, and left as it was found."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import Engine, create_engine, event, inspect, make_url
from sqlalchemy.pool import NullPool

from bangfu_office.registry import DatabaseUnusableError, Registry, RegistryError
from bangfu_office.registry.opening import REVISION
from registry_people import HEAD, WIFE, added, done, family, names


def refused(url: str, reason: str) -> None:
    """Expect that a registry cannot be opened, for a reason that is said in one line."""
    with pytest.raises(DatabaseUnusableError, match=reason) as caught:
        Registry.open(url, key="").close()
    assert "\n" not in str(caught.value)


def opens(url: str) -> None:
    """Check that a registry opens and works."""
    with Registry.open(url, key="") as registry:
        number = added(registry, HEAD)
        assert names(registry.household(number)) == {"石大山": "head"}
        registry.verify()


def run(url: str, *statements: str) -> None:
    """Run statements as another program would."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def tables(url: str) -> set[str]:
    """Return the tables that are in a database."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(inspect(connection).get_table_names())


NOT_DATABASES = {
    "a text": "户主,石大山\n".encode() * 200,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "a spreadsheet": b"PK\x03\x04" + bytes(4000),
    "a beginning alone": b"SQLite format 3\x00",
    "a beginning and rubbish": b"SQLite format 3\x00" + b"rubbish " * 1000,
    "a short note": "石大山，三口人".encode(),
}


@pytest.mark.parametrize("what", NOT_DATABASES)
def test_a_file_that_is_no_database(tmp_path: Path, what: str) -> None:
    """Refused, and not a byte of it changed."""
    file = tmp_path / "registry.db"
    file.write_bytes(NOT_DATABASES[what])
    refused(str(file), "不是登记库|损坏")
    assert file.read_bytes() == NOT_DATABASES[what]
    assert list(tmp_path.iterdir()) == [file]


def test_places_where_no_file_can_be(tmp_path: Path) -> None:
    """A folder that is not there, a folder instead of a file, a file instead of a folder."""
    refused(str(tmp_path / "nowhere" / "registry.db"), "没有文件夹 .*nowhere")
    refused(str(tmp_path), "打不开")
    (tmp_path / "file").write_text("")
    refused(str(tmp_path / "file" / "registry.db"), "没有文件夹|打不开")
    opens(str(tmp_path / "file"))


ADDRESSES = {
    "mysql://root@localhost/bangfu": "mysql",
    "postgresql+asyncpg://localhost/bangfu": "asyncpg|驱动|地址",
    "://": "地址",
    "postgresql://localhost:port/bangfu": "地址",
    "postgresql://nobody@127.0.0.1:1/bangfu": "连不上数据库",
    "postgresql:///bangfu?host=/nowhere": "连不上数据库",
    "sqlite+pysqlcipher:///x.db": "pysqlcipher|驱动|地址",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_lead_nowhere(address: str) -> None:
    """Each is answered in words, never by a traceback."""
    refused(address, ADDRESSES[address])


def test_a_password_is_never_shown() -> None:
    """Neither one that is refused nor one in an address that cannot be read."""
    for address in ("postgresql://a:geheim77@127.0.0.1:1/b", "mysql://a:geheim77@h/b", "postgresql://a:geheim77@h:p/b"):
        with pytest.raises(DatabaseUnusableError) as caught:
            Registry.open(address, key="").close()
        assert "geheim77" not in f"{caught.value!r}{caught.value}"


def test_a_server_without_the_database(postgresql_url: str) -> None:
    """Somebody who mistypes its name is told to look at the address."""
    refused(make_url(postgresql_url).set(database="no_such_database").render_as_string(), "连不上数据库.*地址")


def test_a_server_that_grants_nothing(postgresql_url: str) -> None:
    """A user who may sign in and make no tables is told that it is a matter of permissions."""
    role = f"{make_url(postgresql_url).database}_guest"
    run(postgresql_url, f"create role {role} login", "revoke create on schema public from public")
    try:
        refused(make_url(postgresql_url).set(username=role).render_as_string(), "权限")
        run(postgresql_url, f"grant create on schema public to {role}")
        opens(make_url(postgresql_url).set(username=role).render_as_string())
    finally:
        run(postgresql_url, f"drop owned by {role}", f"drop role {role}")


PAYROLL = ("create table payroll (id integer primary key, amount integer)", "insert into payroll values (1, 100)")
VERSIONS = "create table alembic_version (version_num varchar(32) not null)"
OTHERS = {
    "without migrations": PAYROLL,
    "with none run yet": (*PAYROLL, VERSIONS),
    "with an early revision": (*PAYROLL, VERSIONS, "insert into alembic_version values ('00002f1b3c4d')"),
    "with a late revision": (*PAYROLL, VERSIONS, "insert into alembic_version values ('ae1027a6acf3')"),
    "with the same revision": (*PAYROLL, VERSIONS, "insert into alembic_version values ('0002')"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_the_database_of_another_program(database_url: str, what: str) -> None:
    """Told to take another one; what the other program has there is as it was, to the byte."""
    run(database_url, *OTHERS[what])
    before = tables(database_url)
    file = Path(make_url(database_url).database or "")
    content = file.read_bytes() if file.exists() else b""
    refused(database_url, "不是 bangfu 登记库")
    assert tables(database_url) == before
    assert not content or file.read_bytes() == content


def test_a_newer_registry(database_url: str) -> None:
    """One that a later version has migrated is not touched; the version that knows it opens it."""
    with Registry.open(database_url, key="") as registry:
        added(registry, WIFE)
        entries = registry.verify().seq
    run(database_url, "update alembic_version set version_num = '9999'")
    refused(database_url, "请升级")
    run(database_url, f"update alembic_version set version_num = '{REVISION}'")  # noqa: S608 - no input
    with Registry.open(database_url, key="") as registry:
        assert registry.verify().seq == entries
    opens(database_url)


@pytest.mark.parametrize(
    ("statement", "at"), [("CREATE INDEX", 4), ("CREATE TABLE", 5), ("INSERT INTO journal_head", 1)]
)
def test_half_a_migration(database_url: str, statement: str, at: int) -> None:
    """Whatever ends it halfway leaves no table behind, and the next start makes them all."""
    seen = []

    def fail(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if sql.lstrip().startswith(statement):
            seen.append(sql)
            if len(seen) == at:
                raise KeyboardInterrupt

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(KeyboardInterrupt):
            Registry.open(database_url, key="")
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    assert tables(database_url) == set()
    opens(database_url)


def test_a_disk_that_is_full_before_the_tables_are_made(sqlite_url: str) -> None:
    """Said so; with room, the tables are made."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 8")

    event.listen(Engine, "connect", limit)
    try:
        refused(sqlite_url, "磁盘已满")
    finally:
        event.remove(Engine, "connect", limit)
    assert tables(sqlite_url) == set()
    opens(sqlite_url)


def left_halfway(file: Path, table: str, *, before: bool) -> None:
    """Leave a file as a program does that is killed while it writes the table, made before or just now."""
    writing = file.with_name("writing.db")
    with closing(sqlite3.connect(writing, isolation_level=None)) as connection:
        create = f"create table {table} (page blob)"
        connection.execute("PRAGMA cache_size = 2")
        if before:
            connection.execute(create)
        connection.execute("BEGIN IMMEDIATE")
        if not before:
            connection.execute(create)
        connection.executemany(f"insert into {table} values (?)", [(bytes(3000),)] * 100)  # noqa: S608 - no input
        for ending in ("", "-journal"):
            file.with_name(f"{file.name}{ending}").write_bytes(Path(f"{writing}{ending}").read_bytes())
        connection.execute("ROLLBACK")


def test_a_start_that_was_killed_while_sqlite_wrote(tmp_path: Path) -> None:
    """What was half written is taken back, and the tables are made."""
    file = tmp_path / "registry.db"
    left_halfway(file, "journal", before=False)
    opens(str(file))


def test_another_program_that_was_killed_while_it_wrote(tmp_path: Path) -> None:
    """Its file is no more taken for a registry than at any other time, and what it had written stays its own."""
    file = tmp_path / "theirs.db"
    left_halfway(file, "invoices", before=True)
    refused(str(file), "不是 bangfu 登记库（其中有表 invoices）")
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("select count(*) from invoices").fetchall() == [(0,)]


def test_another_that_starts_just_before(tmp_path: Path) -> None:
    """Who comes second waits until the first has written, also where SQLite itself would not wait."""
    file = tmp_path / "registry.db"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as first:
        first.execute("BEGIN IMMEDIATE")
        Timer(0.3, first.execute, ["COMMIT"]).start()
        opens(str(file))


def read_all(url: str) -> list[str]:
    """Read everything in a registry, in every way."""
    with Registry.open(url, key="") as registry:
        registry.verify()
        return [name for number in registry.numbers() for name in names(registry.household(number))]


def test_a_damaged_file(tmp_path: Path) -> None:
    """Wherever a piece of it is overwritten: it reads as before, or it is said to be damaged; nothing else."""
    file, whole = tmp_path / "registry.db", 0
    with Registry.open(str(file), key="") as registry:
        done(registry, *[lambda work: work.add(family(HEAD, WIFE))] * 40)
    content, people = file.read_bytes(), read_all(str(file))
    assert len(people) == 80
    rng = random.Random(7)  # noqa: S311 - repeatable
    for _ in range(60):
        start, length = rng.randrange(100, len(content)), rng.choice((1, 16, 512, 4096))
        file.write_bytes((content[:start] + rng.randbytes(length) + content[start + length :])[: len(content)])
        try:
            assert read_all(str(file)) == people
            whole += 1
        except RegistryError:
            pass
    assert whole < 40


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
def test_a_file_that_was_cut_off(tmp_path: Path, part: float) -> None:
    """A copy that was broken off is damaged, and is said to be."""
    file = tmp_path / "registry.db"
    with Registry.open(str(file), key="") as registry:
        done(registry, *[lambda work: work.add(family(HEAD, WIFE))] * 40)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])
    with pytest.raises(DatabaseUnusableError, match="损坏"):
        read_all(str(file))


def test_a_backup_can_be_laid_over(tmp_path: Path) -> None:
    """After damage, what helps is what the message says: the backup is opened as if nothing had been."""
    file, backup = tmp_path / "registry.db", tmp_path / "backup.db"
    opens(str(file))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as copy:
        source.backup(copy)
    file.write_bytes(b"rubbish" * 1000)
    refused(str(file), "从备份恢复")
    backup.replace(file)
    assert read_all(str(file)) == ["石大山"]
