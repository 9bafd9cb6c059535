"""Who gets in and for how long: sessions and tokens begin anew, end at once, and never outlive what they rest on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve
from click.testing import CliRunner
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from bangfu import Rulebook, clock
from bangfu.commands import main
from bangfu_office.accounts import tokens
from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role, find_user, reference
from bangfu_office.sessions.rate_limits import keys_of
from bangfu_office.sessions.store import SessionStore
from bangfu_web import Settings, create_app
from machines import Machine
from web_desk import GUIDING, LANZHOU, PASSWORD, Visitor

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
ANOTHER = "another made-up password"
USER = Role.CASEWORKER.value
COUNTY = GUIDING[:6]


def token_of(app: Litestar, user: str = USER) -> str:
    """Return a new token of a user."""
    return tokens.issue(app.state["desk"].office, user, "统计程序", str(clock.today() + timedelta(days=30)))


def answers(app: Litestar, word: str) -> int:
    """Return what a machine with a token is answered."""
    return Machine(app, word).get("/facts").status_code


def sign_in(app: Litestar, password: str = PASSWORD, *, name: str = USER, address: str = "10.0.0.1") -> httpx.Response:
    """Sign in from an address."""

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            return await client.post("/login", data={"name": name, "password": password})

    return asyncio.run(answered())


def noted(registry: Registry, newest: int = 5) -> list[tuple[str, str]]:
    """Return who did what, the newest first, in the entries of the journal that are about no household."""
    return [(entry.who, entry.operation) for entry in registry.history(newest=newest)[::-1] if entry.household is None]


# --- what ends sessions and tokens ----------------------------------------------------------------


def test_a_new_password_of_ones_own_ends_everything_else(
    client_as: ClientAs, desk_app: Litestar, web_registry: Registry
) -> None:
    """Other sessions and all tokens; where it was changed a new session begins."""
    here, elsewhere, word = client_as(Role.CASEWORKER), client_as(Role.CASEWORKER), token_of(desk_app)
    before = here.client.cookies["bangfu_session"]
    form = {"old": PASSWORD, "password": ANOTHER, "again": ANOTHER}
    assert here.send("/account/password", form).status_code == 303
    assert here.client.cookies["bangfu_session"] != before
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 302)
    assert answers(desk_app, word) == 401
    assert tokens.of_user(desk_app.state["desk"].office, USER) == []
    assert noted(web_registry)[:2] == [(USER, "token"), (USER, "password")]
    here.client.cookies.set("bangfu_session", before, domain="testserver.local", path="/")
    assert here.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("path", "form", "done"),
    [
        ("/users/password", {}, 201),
        ("/users/change", {"role": "assistant", "region": ""}, 303),
        ("/users/disable", {"disabled": "1"}, 303),
    ],
)
def test_an_administrators_change_ends_everything(
    path: str, form: dict[str, str], done: int, client_as: ClientAs, desk_app: Litestar
) -> None:
    """Of that user, and of nobody else."""
    theirs, other, word = client_as(Role.CASEWORKER), client_as(Role.REVIEWER), token_of(desk_app)
    others = token_of(desk_app, "reviewer")
    administrator = client_as(Role.ADMINISTRATOR)
    named = {} if path == "/users/password" else {"name": USER}
    whole = {**administrator.fields("/users", path, **named), "name": USER, **form}
    assert administrator.send(path, whole).status_code == done
    assert (theirs.get("/account").status_code, other.get("/account").status_code) == (302, 200)
    assert (answers(desk_app, word), answers(desk_app, others)) == (401, 200)


@pytest.mark.parametrize(
    "command", [["password", USER, "--password-stdin"], ["change", USER, "--role", "assistant"], ["disable", USER]]
)
def test_a_command_ends_everything(command: list[str], client_as: ClientAs, desk_app: Litestar, tmp_path: Path) -> None:
    """Though it knows nothing of sessions: these rest on what it changed."""
    theirs, word = client_as(Role.CASEWORKER), token_of(desk_app)
    call = ["user", *command, "--database", str(tmp_path / "registry.db")]
    done = CliRunner().invoke(main, call, input=f"{ANOTHER}\n")
    assert done.exit_code == 0, done.output
    assert theirs.get("/account").status_code == 302
    assert answers(desk_app, word) == 401
    if command[0] == "password":
        again = TestClient(desk_app)
        again.post("/login", data={"name": USER, "password": ANOTHER})
        assert "已失效" in again.get("/account/tokens").text


def test_a_session_is_new_and_ours(desk_app: Litestar) -> None:
    """An id that the browser brought is not taken up, and the one before ends with the next sign-in."""
    client, sessions = TestClient(desk_app), desk_app.state["desk"].office.sessions
    client.cookies.set("bangfu_session", "chosen-by-somebody", domain="testserver.local", path="/")
    seen = ["chosen-by-somebody"]
    for _ in range(3):
        token = re.search(r'name="_csrf" value="([^"]+)"', client.get("/login").text)
        form = {"name": USER, "password": PASSWORD, "_csrf": token[1] if token else ""}
        assert client.post("/login", data=form, follow_redirects=False).status_code == 303
        assert sessions.find(seen[-1]) is None
        seen.append(client.cookies["bangfu_session"])
    assert len(set(seen)) == 4
    assert all(len(key) >= 43 for key in seen[1:]), "256 bits in base64"


def test_of_a_session_a_hash_is_stored(client_as: ClientAs, desk_app: Litestar) -> None:
    """Whoever reads the database has no session."""
    key = client_as(Role.CASEWORKER).client.cookies["bangfu_session"]
    with desk_app.state["desk"].office.sessions.database.engine.connect() as connection:
        assert key not in str(connection.execute(text("SELECT * FROM web_sessions")).all())


def test_signing_out_ends_the_session_on_the_server(client_as: ClientAs) -> None:
    """The id is worth nothing afterwards; the browser is told to forget what it was shown."""
    visitor = client_as(Role.CASEWORKER)
    key = visitor.client.cookies["bangfu_session"]
    assert "退出" in visitor.get("/policy").text
    answer = visitor.send("/logout")
    assert "cache" in answer.headers["clear-site-data"]
    assert "bangfu_session" not in visitor.client.cookies
    visitor.client.cookies.set("bangfu_session", key, domain="testserver.local", path="/")
    assert visitor.get("/account").status_code == 302


@pytest.mark.parametrize(("limit", "minutes"), [("idle", 31), ("longest", 10 * 60 + 1)])
def test_a_session_ends_by_itself(
    limit: str, minutes: int, client_as: ClientAs, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After half an hour without use, and after ten hours in any case."""
    store: SessionStore = desk_app.state["desk"].office.sessions
    key = client_as(Role.CASEWORKER).client.cookies["bangfu_session"]
    generous = evolve(store, **{"longest" if limit == "idle" else "idle": timedelta(days=9)})
    now = datetime.now(UTC)
    monkeypatch.setattr("bangfu.clock.now", lambda: now + timedelta(minutes=minutes - 2))
    assert generous.find(key) is not None
    monkeypatch.undo()
    with store.database.engine.begin() as connection:
        connection.execute(text("UPDATE web_sessions SET seen_at = made_at"))
    monkeypatch.setattr("bangfu.clock.now", lambda: now + timedelta(minutes=minutes))
    assert generous.find(key) is None


def test_one_sees_where_one_is_signed_in(client_as: ClientAs) -> None:
    """On the account page, this session among them."""
    here = client_as(Role.ASSISTANT)
    client_as(Role.ASSISTANT)
    shown = here.get("/account").text.split('id="sessions"')[1].split("</section>")[0]
    assert len(re.findall(r"<li>\d{4}-\d\d-\d\d \d\d:\d\d", shown)) == 2
    assert shown.count("这里") == 1


def test_tables_of_an_older_desk_get_the_new_columns(web_registry: Registry, web_rulebook: Rulebook) -> None:
    """What they held is over: nobody knows what it rested on."""
    desk = create_app(web_registry, web_rulebook, Settings()).state["desk"]
    word = tokens.issue(desk.office, USER, "统计程序", str(clock.today()))
    with desk.office.sessions.database.engine.begin() as connection:
        for table in ("web_sessions", "web_tokens"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN stamp"))
    app = create_app(web_registry, web_rulebook, Settings())
    assert answers(app, word) == 401
    assert sign_in(app).status_code == 303


# --- proving who one is ---------------------------------------------------------------------------


@pytest.mark.parametrize("old", ["", "wrong"])
def test_a_token_is_made_with_the_password(old: str, client_as: ClientAs, desk_app: Litestar) -> None:
    """Whoever sits down at somebody's desk takes none along."""
    form = {"name": "统计程序", "ends_on": str(clock.today()), "old": old}
    answer = client_as(Role.CASEWORKER).send("/account/tokens", form)
    assert answer.status_code == 422
    assert 'id="token-old-error"' in answer.text
    assert tokens.of_user(desk_app.state["desk"].office, USER) == []


def test_guessing_a_password_anywhere_is_slowed_down(client_as: ClientAs) -> None:
    """Wrong ones at the sign-in, at a change and at a token are counted together."""
    visitor = client_as(Role.CASEWORKER)
    form = {"name": "统计程序", "ends_on": str(clock.today()), "old": "wrong"}
    for path in ("/account/password", "/account/tokens"):
        assert [visitor.send(path, form).status_code for _ in range(2)] == [422, 422]
    assert visitor.send("/login", {"name": USER, "password": "wrong"}).status_code == 403
    answer = visitor.send("/account/tokens", {**form, "old": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert visitor.send("/account/password", {"old": PASSWORD}).status_code == 429


def test_a_stranger_locks_nobody_out_for_long(desk_app: Litestar) -> None:
    """Wrong passwords from elsewhere make the guesser wait, not the user, and never more than a minute by the name."""
    for _ in range(5):
        assert sign_in(desk_app, "wrong", address="10.9.9.9").status_code == 403
    assert sign_in(desk_app, address="10.9.9.9").status_code == 429
    assert sign_in(desk_app, address="10.0.0.1").status_code == 303
    throttle = desk_app.state["desk"].office.throttle
    for n in range(40):
        throttle.failed(*keys_of(USER, f"10.1.1.{n}"))
    assert 1 <= int(sign_in(desk_app).headers["retry-after"]) <= 60


def test_what_is_kept_of_a_wrong_name_is_short() -> None:
    """A stranger who sends names of megabytes does not fill the memory with them."""
    kept = keys_of("长" * 100_000, "10.1.1.1")
    assert max(len(text) for _, text in kept) < 200
    assert kept != keys_of("长" * 100_001, "10.1.1.1")


def test_names_are_not_told_apart(desk_app: Litestar) -> None:
    """An unknown name, a wrong password and one that is far too long are answered alike."""
    texts = {
        re.sub(r'value="[^"]*"', "", sign_in(desk_app, password, name=name).text)
        for name, password in ((USER, "wrong"), ("nobody", PASSWORD), ("no\0body", PASSWORD), (USER, PASSWORD * 99))
    }
    assert len(texts) == 1


# --- what an administrator gives ------------------------------------------------------------------


def test_role_and_region_are_changed(client_as: ClientAs, desk_app: Litestar, web_registry: Registry) -> None:
    """At once for whatever comes next; the journal says by whom."""
    administrator, before = client_as(Role.ADMINISTRATOR), client_as(Role.CASEWORKER)
    assert before.get("/sheets").status_code == 200
    form = {"name": USER, "role": "officer", "region": COUNTY, "programme": "education"}
    now = administrator.fields("/users", "/users/change", name=USER)
    assert administrator.send("/users/change", {**now, **form}).headers["location"] == "/users?done=changed"
    assert noted(web_registry)[0] == ("administrator", "user")
    with web_registry.database.reading() as connection:
        known = find_user(connection, USER)
    assert known is not None
    assert (known.role, known.region, known.programme) == (Role.OFFICER, COUNTY, "education")
    client = TestClient(desk_app)
    client.post("/login", data={"name": USER, "password": PASSWORD})
    assert client.get("/sheets").status_code == 403
    now = administrator.fields("/users", "/users/change", name=USER)
    assert administrator.send("/users/change", {**now, "role": "auditor", "programme": ""}).status_code == 303
    assert "审计人员" in administrator.get("/users?done=changed").text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"role": "king"}, "role"),
        ({"region": ""}, "region"),
        ({"region": LANZHOU[:6]}, "region"),
        ({"region": f"{COUNTY}x"}, ""),
        ({"role": "officer"}, ""),
        ({"programme": "gold"}, "programme"),
    ],
)
def test_rights_that_cannot_be_given(
    form: dict[str, str], field: str, client_as: ClientAs, web_registry: Registry
) -> None:
    """The message stands at the field; nothing changes, and nobody is raised above the administrator's own region."""
    visitor, theirs = client_as(Role.ADMINISTRATOR, COUNTY), client_as(Role.ASSISTANT, COUNTY)
    whole = {"name": f"assistant-{COUNTY}", "role": "caseworker", "region": COUNTY, **form}
    answer = visitor.send("/users/change", {**visitor.fields("/users", "/users/change"), **whole})
    assert answer.status_code == 422
    assert re.search(rf'id="user\d+-{field}-error"' if field else 'class="error" role="alert"', answer.text)
    assert "<details open>" in answer.text
    assert theirs.get("/account").status_code == 200
    assert (f"administrator-{COUNTY}", "user") not in noted(web_registry)


def test_users_changed_and_listed_by_command(client_as: ClientAs, tmp_path: Path, web_registry: Registry) -> None:
    """What is not named stays; the list has what the security log calls each."""
    here = ["--database", str(tmp_path / "registry.db")]

    def bangfu(*call: str) -> Any:
        return CliRunner().invoke(main, ["user", *call, *here])

    assert client_as(Role.OFFICER).get("/households").status_code == 200
    assert bangfu("change", "officer", "--region", COUNTY).exit_code == 0
    with web_registry.database.reading() as connection:
        known = find_user(connection, "officer")
    assert known is not None
    assert (known.role, known.region, known.programme) == (Role.OFFICER, COUNTY, "education")
    assert bangfu("change", "nobody", "--region", COUNTY).exit_code == 1
    assert bangfu("change", "auditor", "--role", "officer").exit_code == 1
    assert f"officer\t{COUNTY}\teducation\t\t{reference('officer')}\n" in bangfu("list").output
