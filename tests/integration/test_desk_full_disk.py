"""A desk that can write nothing: who reads goes on, who writes is told why, and with room again all is well."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from attrs import frozen
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Connection, event, text

from bangfu import Rulebook, clock
from bangfu_office.accounts import tokens
from bangfu_office.registry import DatabaseUnusableError, Registry
from bangfu_office.registry.database import Database
from bangfu_office.registry.users import Role
from bangfu_office.sessions.store import SessionStore
from bangfu_web import Settings, create_app
from machines import Machine
from posted_forms import Forms
from web_desk import PASSWORD, SINGLE, Visitor, signed_in_at

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
USER = "caseworker"
OTHER = "another password made up"
FULL, LOCKED, BROKEN = "database or disk is full", "database is locked", "disk I/O error"
STAYS = "出错以前写入的内容已经保存"
WRITES = ("INSERT", "UPDATE", "DELETE")
OF_HOUSEHOLD = ("", "/plan", "/edit", "/history", "/assessments")
PAGES = ("/households", "/policy", "/account", "/account/tokens", *(f"/households/{SINGLE}{at}" for at in OF_HOUSEHOLD))


@contextmanager
def failing(store: Database, what: str, *statements: str) -> Iterator[None]:
    """Let statements that begin so fail as SQLite's do; none given: a commit."""

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(statements):
            raise sqlite3.OperationalError(what)

    def fail_at_commit(connection: Connection) -> None:
        if "bangfu_writes" in connection.get_execution_options():
            raise sqlite3.OperationalError(what)

    event_, listener = ("before_cursor_execute", fail) if statements else ("commit", fail_at_commit)
    event.listen(store.engine, event_, listener)
    try:
        yield
    finally:
        event.remove(store.engine, event_, listener)


@frozen
class Stores:
    """The databases of a desk: the registry's, and that of the desk's own tables."""

    registry: Database
    own: Database

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let neither take more."""
        with failing(self.registry, FULL, *WRITES), failing(self.own, FULL, *WRITES):
            yield


@pytest.fixture
def stores(desk_app: Litestar) -> Stores:
    """Return the databases of the desk."""
    desk = desk_app.state["desk"]
    return Stores(desk.office.registry.database, desk.office.sessions.database)


@pytest.fixture
def visitor(client_as: ClientAs) -> Visitor:
    """Return a caseworker who is signed in."""
    return client_as(Role.CASEWORKER)


@pytest.fixture
def machine(desk_app: Litestar, client_as: ClientAs) -> Machine:
    """Return a program with a caseworker's token."""
    client_as(Role.CASEWORKER)
    last = str(clock.today() + timedelta(days=30))
    return Machine(desk_app, tokens.issue(desk_app.state["desk"].office, USER, "测试", last))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that lets sessions and tokens be looked at so many minutes from now."""
    began = datetime.now(UTC)

    def at(minutes: int) -> None:
        monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=minutes))

    return at


def noted(stores: Stores, column: str, table: str) -> set[str | None]:
    """Return a column of one of the desk's own tables."""
    with stores.own.reading() as connection:
        return set(connection.execute(text(f"SELECT {column} FROM {table}")).scalars())  # noqa: S608 - ours


# --- reading --------------------------------------------------------------------------------------


def test_who_reads_goes_on(visitor: Visitor, machine: Machine, stores: Stores, later: Callable[[int], None]) -> None:
    """Pages and API answer though it cannot be noted who was seen; it is noted again when there is room."""
    seen = noted(stores, "seen_at", "web_sessions")
    later(5)
    with stores.full():
        assert {path: visitor.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)
        assert machine.get(f"/households/{SINGLE}").status_code == 200
        assert (noted(stores, "seen_at", "web_sessions"), noted(stores, "used_at", "web_tokens")) == (seen, {None})
    assert visitor.get("/households").status_code == 200
    assert machine.get(f"/households/{SINGLE}").status_code == 200
    assert noted(stores, "seen_at", "web_sessions") != seen
    assert noted(stores, "used_at", "web_tokens") != {None}


def test_nobody_waits_to_note_who_was_seen(visitor: Visitor, stores: Stores, later: Callable[[int], None]) -> None:
    """While somebody else writes, for as long as that may take, pages are shown."""
    later(5)
    with stores.own.writing():
        assert visitor.get("/households").status_code == 200


def test_a_session_that_cannot_be_noted_ends_when_idle(
    visitor: Visitor, stores: Stores, later: Callable[[int], None]
) -> None:
    """Used every 25 minutes it goes on; after 31 without use it is over."""
    with stores.full():
        for minutes in (25, 50, 75):
            later(minutes)
            assert visitor.get("/households").status_code == 200
        later(75 + 31)
        assert visitor.get("/households").status_code == 302


def test_a_session_that_cannot_be_noted_ends_when_old(
    visitor: Visitor, stores: Stores, desk_app: Litestar, later: Callable[[int], None]
) -> None:
    """After ten hours, however often it was used."""
    sessions: SessionStore = desk_app.state["desk"].office.sessions
    with stores.full():
        for minutes in range(25, 600, 25):
            later(minutes)
            assert sessions.find(visitor.client.cookies["bangfu_session"]) is not None
        later(601)
        assert visitor.get("/policy").status_code == 302


def test_what_was_seen_and_not_noted_is_forgotten(
    visitor: Visitor, stores: Stores, desk_app: Litestar, later: Callable[[int], None]
) -> None:
    """Once it is noted, or the session has ended: nothing grows with the days."""
    sessions: SessionStore = desk_app.state["desk"].office.sessions
    with stores.full():
        later(5)
        visitor.get("/policy")
        assert len(sessions.unnoted) == 1
    visitor.get("/policy")
    assert sessions.unnoted == {}


# --- writing --------------------------------------------------------------------------------------

FORMS: Mapping[str, Mapping[str, str]] = {
    f"/households/{SINGLE}/assess": {},
    f"/drafts/{SINGLE}": {"h.homes": "1"},
    "/logout": {},
    "/account/password": {"old": PASSWORD, "password": OTHER, "again": OTHER},
    "/account/sessions/end": {"which": "others", "old": PASSWORD},
    "/account/tokens": {"name": "统计程序", "ends_on": str(clock.today()), "old": PASSWORD},
}


ASSESS = f"/households/{SINGLE}/assess"


def assess_form(visitor: Visitor) -> dict[str, str]:
    """Return the form that keeps an assessment, as the plan's page draws it."""
    return visitor.fields(f"/households/{SINGLE}/plan", ASSESS)


@pytest.mark.parametrize("path", FORMS)
def test_who_writes_is_told(visitor: Visitor, stores: Stores, web_registry: Registry, path: str) -> None:
    """507, why, and that nothing of it was written; the next time, with room, it is done."""
    before = web_registry.verify()
    form = {**FORMS[path], **(assess_form(visitor) if path == ASSESS else {})}
    with stores.full():
        answer = visitor.send(path, form)
        assert (answer.status_code, "磁盘已满，这一步没有写入；请腾出空间后再试" in answer.text) == (507, True)
        assert STAYS not in answer.text
        assert web_registry.verify() == before
    assert visitor.send(path, form).status_code < 400


def test_who_signs_in_is_told(visitor: Visitor, desk_app: Litestar, stores: Stores) -> None:
    """The password was right; with room, the same sign-in works."""
    form = {"name": USER, "password": PASSWORD}
    with stores.full():
        answer = TestClient(desk_app).post("/login", data=form)
        assert (answer.status_code, "磁盘已满" in answer.text) == (507, True)
        assert visitor.get("/households").status_code == 200
    assert signed_in_at(desk_app, USER).get("/households").status_code == 200


def test_a_program_is_told(machine: Machine, stores: Stores) -> None:
    """In words and by a key that says that nothing was written."""
    with stores.full():
        answer = machine.post(f"/households/{SINGLE}/assessments")
    assert (answer.status_code, answer.json()["written"]) == (507, "no")
    assert "磁盘已满" in answer.json()["error"]
    assert machine.post(f"/households/{SINGLE}/assessments").status_code == 201


def test_a_form_stays_where_its_draft_cannot_be_kept(visitor: Visitor, stores: Stores) -> None:
    """What somebody types is not taken away; what was asked for is told in the place of the page."""
    with stores.full():
        draft = visitor.send(f"/drafts/{SINGLE}", {"h.homes": "1"}, **{"hx-request": "true"})
        asked = visitor.send(ASSESS, assess_form(visitor), **{"hx-request": "true"})
    assert draft.headers["hx-reswap"] == "none"
    assert asked.headers["hx-retarget"] == "#main"
    assert "408|413|429|500|503|507" in visitor.get("/policy").text, "what htmx shows of parts that failed"


# --- what was written before it failed --------------------------------------------------------------


def test_a_password_is_changed_and_sessions_are_not_ended(
    visitor: Visitor, stores: Stores, web_registry: Registry, desk_app: Litestar
) -> None:
    """The page says that what was written stays, and it does."""
    with failing(stores.own, FULL, *WRITES):
        answer = visitor.send("/account/password", FORMS["/account/password"])
    assert (answer.status_code, STAYS in answer.text) == (507, True)
    assert "没有全部办成" in answer.text
    assert web_registry.history()[-1].operation == "password"
    tried = {word: TestClient(desk_app).post("/login", data={"name": USER, "password": word}, follow_redirects=False)
             for word in (PASSWORD, OTHER)}  # fmt: skip
    assert {word: answer.status_code for word, answer in tried.items()} == {PASSWORD: 403, OTHER: 303}


def test_a_token_is_made_and_not_journalled(visitor: Visitor, stores: Stores) -> None:
    """It is there to be revoked, and the page does not say that nothing was written."""
    with failing(stores.registry, LOCKED, *WRITES):
        answer = visitor.send("/account/tokens", FORMS["/account/tokens"])
    assert (answer.status_code, STAYS in answer.text) == (503, True)
    assert "统计程序" in visitor.get("/account/tokens").text


def test_a_household_is_saved_and_its_draft_is_left(visitor: Visitor, stores: Stores, web_registry: Registry) -> None:
    """What was saved is saved."""
    path = f"/households/{SINGLE}/edit"
    form = next(fields for action, fields, _ in Forms(visitor.get(path).text).found if action == path)
    with failing(stores.own, FULL, "DELETE"):
        answer = visitor.send(path, form | {"h.homes": "2"})
    assert (answer.status_code, STAYS in answer.text) == (507, True)
    assert web_registry.household(SINGLE).facts["homes"] == 2


def test_an_error_of_ours_after_something_was_written(client_as: ClientAs, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 does not say that nothing was written; where nothing was, it does."""

    def fail(*_: object) -> None:
        raise RuntimeError

    administrator = client_as(Role.ADMINISTRATOR)
    monkeypatch.setattr("bangfu_office.accounts.users.end_access", fail)
    client_as(Role.ASSISTANT)
    form = administrator.fields("/users", "/users/disable", name="assistant")
    answer = administrator.send("/users/disable", form)
    assert (answer.status_code, STAYS in answer.text, "什么也没有写入" in answer.text) == (500, True, False)
    monkeypatch.setattr("bangfu_office.registry.users.disable_user", fail)
    answer = administrator.send("/users/disable", administrator.fields("/users", "/users/disable", name="assistant"))
    assert (answer.status_code, STAYS in answer.text, "什么也没有写入" in answer.text) == (500, False, True)


def test_a_commit_that_nobody_answered(visitor: Visitor, machine: Machine, stores: Stores) -> None:
    """It may have been written or not: that is what is said."""
    form = assess_form(visitor)
    with failing(stores.registry, BROKEN):
        page = visitor.send(ASSESS, form)
        answer = machine.post(f"/households/{SINGLE}/assessments")
    assert (page.status_code, answer.status_code) == (503, 503)
    assert "磁盘读写出错，不能确定这一步是否已写入，请先查看再重做" in page.text
    assert "这一步没有写入" not in page.text
    assert answer.json()["written"] == "unknown"


# --- where not even who asks can be read --------------------------------------------------------------


@pytest.mark.parametrize("which", ["registry", "own"])
def test_who_asks_cannot_be_read(visitor: Visitor, machine: Machine, stores: Stores, which: str) -> None:
    """503 with words, and when to come again; the page needs no database to say so."""
    with failing(getattr(stores, which), LOCKED, "SELECT"):
        page, answer = visitor.get("/households"), machine.get("/facts")
        part = visitor.get("/households", **{"hx-request": "true"})
    for one in (page, answer, part):
        assert (one.status_code, one.headers["retry-after"]) == (503, "10")
        assert "登记库正被其他程序占用；请关闭占用登记库的其他程序后再试" in one.text
    assert visitor.get("/households").status_code == 200


def test_a_desk_that_cannot_make_its_tables(
    web_registry: Registry, web_rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Does not start, and says why."""

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError(FULL)

    monkeypatch.setattr("bangfu_office.sessions.store.make_tables", fail)
    with pytest.raises(DatabaseUnusableError, match="磁盘已满；请腾出空间后再试"):
        create_app(web_registry, web_rulebook, Settings())
