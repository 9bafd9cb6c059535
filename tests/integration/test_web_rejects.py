"""Rejected rows that wait to be fetched: sealed for one session, for an hour, a few at a time; what a kill leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from bangfu import Rulebook, clock
from bangfu_office.access import Office
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user
from bangfu_office.sheets import kept_rejects
from bangfu_web import Settings, create_app
from bangfu_web.app import clean_up as cleaned_up
from web_desk import PASSWORD, Visitor
from workbooks import REGION, Book, right_book

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
ROWS = "石大山 522723198003150011".encode()
KEY = "a key made up for tests"


@pytest.fixture
def desk_at(database_url: str, web_rulebook: Rulebook) -> Iterator[Office]:
    """Yield a desk on an empty registry, on either database."""
    with Registry.open(database_url, catalog=web_rulebook.catalog, key="") as registry:
        yield create_app(registry, web_rulebook, Settings()).state["desk"].office


def stored(desk: Office) -> list[bytes]:
    """Return what is stored, as whoever reads the database sees it."""
    with desk.sessions.database.engine.connect() as connection:
        return [bytes(row) for row in connection.execute(text("select content from web_rejects")).scalars()]


def later(monkeypatch: pytest.MonkeyPatch, **more: float) -> None:
    """Set the clock forward."""
    moment = clock.now() + timedelta(**more)
    monkeypatch.setattr("bangfu.clock.now", lambda: moment)


def test_for_one_session_of_one_user_and_an_hour(desk_at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id alone opens nothing; nor does the database."""
    name = kept_rejects.keep(desk_at, "石办事员", "session one", ROWS)
    assert [ROWS in content for content in stored(desk_at)] == [False]
    assert kept_rejects.fetch(desk_at, "别人", "session one", name) is None
    assert kept_rejects.fetch(desk_at, "石办事员", "session two", name) is None
    assert kept_rejects.fetch(desk_at, "石办事员", "session one", name[:-1]) is None
    assert kept_rejects.fetch(desk_at, "石办事员", "session one", name) == ROWS
    later(monkeypatch, minutes=59)
    assert kept_rejects.fetch(desk_at, "石办事员", "session one", name) == ROWS
    later(monkeypatch, minutes=1, seconds=1)
    assert kept_rejects.fetch(desk_at, "石办事员", "session one", name) is None


def test_few_at_a_time_and_none_too_large(desk_at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of the same user goes; those of others stay."""
    theirs = kept_rejects.keep(desk_at, "别人", "their session", ROWS)
    names = [kept_rejects.keep(desk_at, "石办事员", "session", ROWS + bytes([n])) for n in range(kept_rejects.MOST + 1)]
    kept = [kept_rejects.fetch(desk_at, "石办事员", "session", name) for name in names]
    assert kept == [None, *(ROWS + bytes([n]) for n in range(1, kept_rejects.MOST + 1))]
    assert kept_rejects.fetch(desk_at, "别人", "their session", theirs) == ROWS
    monkeypatch.setattr(kept_rejects, "MOST_BYTES", len(ROWS) - 1)
    with pytest.raises(kept_rejects.TooManyRejectsError, match=f"{len(ROWS)} 字节"):
        kept_rejects.keep(desk_at, "石办事员", "session", ROWS)


def test_gone_after_the_hour_though_nobody_comes(
    desk_at: Office, web_rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The running desk removes them by itself, and goes on after a look that failed."""
    kept_rejects.keep(desk_at, "石办事员", "session", ROWS)
    app = create_app(desk_at.registry, web_rulebook, Settings())
    looks: list[str] = []

    def clean_up(desk: Office) -> None:
        looks.append("")
        if len(looks) == 1:
            raise OSError
        cleaned_up(desk)

    monkeypatch.setattr("bangfu_web.app.PAUSE", 0.02)
    monkeypatch.setattr("bangfu_web.app.clean_up", clean_up)
    with TestClient(app):
        _until(lambda: len(looks) > 3)
        assert len(stored(desk_at)) == 1
        later(monkeypatch, hours=1, seconds=1)
        _until(lambda: not stored(desk_at))


def _until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    pytest.fail("it never came to that")


def test_the_link_is_worth_nothing_without_the_session(client_as: ClientAs, tmp_path: Path) -> None:
    """Not after signing out and in again, not in another browser of the same user; and it holds no key."""
    visitor, elsewhere = client_as(Role.CASEWORKER), client_as(Role.CASEWORKER)
    path = right_book().put("成员", 3, "birth_date", "1981-02-30").save(tmp_path / "households.xlsx")
    files = {"file": ("三月.xlsx", path.read_bytes())}
    data = {"_csrf": visitor.csrf, "_once": "1", "partial": "1"}
    page = visitor.client.post("/sheets/import", data=data, files=files).text
    (link,) = re.findall(r'href="(/sheets/rejects/[^"]+)"', page)
    assert re.fullmatch(r"/sheets/rejects/[0-9a-f]{32}", link)
    assert visitor.get(link).status_code == 200
    assert elsewhere.get(link).status_code == 404
    visitor.send("/logout")
    assert visitor.get(link).headers["location"] == "/login"
    again = client_as(Role.CASEWORKER)
    assert again.get(link).status_code == 404


def test_another_worker_gives_it_too(postgresql_url: str, web_rulebook: Rulebook, tmp_path: Path) -> None:
    """Two desks on one database, as two workers or hosts are: what one keeps the other gives."""
    path = right_book().put("成员", 3, "birth_date", "1981-02-30").save(tmp_path / "households.xlsx")
    with (
        Registry.open(postgresql_url, catalog=web_rulebook.catalog, key="") as one,
        Registry.open(postgresql_url, catalog=web_rulebook.catalog, key="") as other,
    ):
        with one.work(Attribution("管理员")) as work:
            add_user(work, User("wang", Role.CASEWORKER, ""), PASSWORD)
        first, second = (TestClient(create_app(registry, web_rulebook, Settings())) for registry in (one, other))
        _signed_in(first)
        page = _imported(first, path)
        (link,) = re.findall(r'href="(/sheets/rejects/[^"]+)"', page)
        second.cookies = first.cookies
        assert second.get(link).status_code == 200


def _signed_in(client: TestClient[Litestar] | httpx.Client) -> None:
    client.post("/login", data={"name": "wang", "password": PASSWORD})


def _csrf(client: TestClient[Litestar] | httpx.Client) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', client.get("/households").text)
    assert found
    return found[1]


def _imported(client: TestClient[Litestar] | httpx.Client, path: Path) -> str:
    data, files = {"_csrf": _csrf(client), "_once": "1", "partial": "1"}, {"file": ("三月.xlsx", path.read_bytes())}
    return client.post("/sheets/import", data=data, files=files).text


def many(households: int) -> Book:
    """Return a workbook of so many households of one person, each second one wrong; more than is kept in memory."""
    numbers = [f"{n:05}" for n in range(households)]
    wrong = ["农村" if n % 2 else "乡下" for n in range(households)]
    rows = ([n, REGION, residence] for n, residence in zip(numbers, wrong, strict=True))
    people = ([n, 1, "户主", f"甲{n}", os.urandom(200).hex()] for n in numbers)
    return Book(
        {
            "家庭": [["户编号", "region", "residence"], *rows],
            "成员": [["户编号", "成员序号", "relation", "name", "别的"], *people],
        }
    )


class Seen:
    """The names of files with something in them that were ever seen in a folder.

    Python itself writes four bytes into one, to see whether it can.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.names, self._over = folder, set[str](), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.is_set():
            for path in self._folder.rglob("*"):
                try:
                    if path.is_file() and path.stat().st_size > 4:
                        self.names.add(str(path))
                except OSError:
                    continue
            time.sleep(0.001)

    def close(self) -> None:
        """Look no more."""
        self._over.set()
        self._thread.join()


@pytest.mark.parametrize("moment", ["import", "export"])
def test_a_desk_that_is_killed_leaves_nothing_in_clear(tmp_path: Path, moment: str) -> None:
    """In the middle of an import, or after an export: no upload, no rejected rows, no workbook was ever a file."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    path = many(4000).save(tmp_path / "many.xlsx")
    assert path.stat().st_size > 1_100_000, "small uploads are kept in memory"
    database = tmp_path / "county.db"
    with Registry.open(str(database), key=KEY) as registry, registry.work(Attribution("管理员")) as work:
        add_user(work, User("wang", Role.CASEWORKER, ""), PASSWORD)
    environment = os.environ | {"BANGFU_KEY": KEY, "TMPDIR": str(temporary)}
    command = [sys.executable, "-m", "bangfu", "serve", "--port", "0", "--database", str(database)]
    seen = Seen(temporary)
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found
            with (
                httpx.Client(base_url=found[0], timeout=120) as client,
                Registry.open(str(database), key=KEY) as registry,
            ):
                _signed_in(client)
                if moment == "export":
                    assert "新增 2000 户" in _imported(client, path)
                    form = {"_csrf": _csrf(client), "kind": "full", "region": ""}
                    assert client.post("/sheets/export", data=form).content.startswith(b"PK")
                else:
                    before = registry.verify().seq
                    asked = _asked(lambda: _imported(client, path))
                    _until(lambda: registry.history(newest=1)[0].seq > before)
                process.send_signal(signal.SIGKILL)
                if moment == "import":
                    asked.join()
        finally:
            process.kill()
    seen.close()
    assert seen.names == set()
    assert [name for name in temporary.rglob("*") if name.is_file()] == []
    assert {name.name.removeprefix("county.db") for name in tmp_path.glob("county.db*")} <= {
        "", "-wal", "-shm", ".sessions", ".sessions-wal", ".sessions-shm",
    }  # fmt: skip
    for file in tmp_path.glob("county.db*"):
        assert "甲00001".encode() not in file.read_bytes()


def _asked(ask: Callable[[], object]) -> threading.Thread:
    """Ask something of a desk that is killed before it answers."""

    def run() -> None:
        try:
            ask()
        except httpx.TransportError:
            return

    thread = threading.Thread(target=run)
    thread.start()
    return thread
