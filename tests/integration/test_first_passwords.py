"""First passwords: random, soon over, changed before anything else; and names of users that cannot be mistaken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import TestClient

from bangfu import clock
from bangfu.commands import main
from bangfu_office.registry import Attribution, Registry, RegistryError
from bangfu_office.registry.users import FIRST_PASSWORD, Role, User, add_user, disable_user, find_user, skeleton
from web_desk import PASSWORD, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
OWN = "another made-up password"
NAME = "新来的"


def enter(app: Litestar, password: str, name: str = NAME) -> TestClient[Litestar]:
    """Return a browser in which somebody gave a name and password."""
    client = TestClient(app)
    client.post("/login", data={"name": name, "password": password})
    return client


def entered(app: Litestar, password: str, name: str = NAME) -> bool:
    """Return whether a name and password are right."""
    return "bangfu_session" in enter(app, password, name).cookies


def change(client: TestClient[Litestar], old: str, new: str = OWN) -> httpx.Response:
    """Choose a password of one's own, on the page that is open."""
    token = re.search(r'name="_csrf" value="([^"]+)"', client.get("/account/password").text)
    form = {"_csrf": token[1] if token else "", "_once": new, "old": old, "password": new, "again": new}
    return client.post("/account/password", data=form, follow_redirects=False)


@pytest.fixture
def first(client_as: ClientAs) -> str:
    """Return the first password of a caseworker whom an administrator added."""
    answer = client_as(Role.ADMINISTRATOR).send("/users", {"name": NAME, "role": "caseworker", "region": ""})
    found = re.search(r'id="first" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def command(registry: Registry, *call: str, said: str | None = None) -> Result:
    """Run a command about users."""
    here = ["--database", str(registry.database.engine.url.database)]
    return CliRunner().invoke(main, ["user", *call, *here], input=said)


def test_it_is_random(first: str, client_as: ClientAs) -> None:
    """Some 79 bits, without letters that are mistaken for others; another one each time."""
    assert re.fullmatch(r"[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){3}", first)
    answer = client_as(Role.ADMINISTRATOR).send("/users/password", {"name": NAME})
    assert first not in answer.text


def test_nothing_opens_before_it_is_changed(first: str, desk_app: Litestar, web_registry: Registry) -> None:
    """Neither page nor answer to a program; then everything does, and the journal says both."""
    client = enter(desk_app, first)
    for path in ("/", "/account", "/account/tokens", "/households", "/policy"):
        assert client.get(path).url.path == "/account/password", path
    assert client.get("/api/facts").status_code == 403
    assert "<nav" not in client.get("/account/password").text
    assert change(client, first, first).status_code == 422
    assert change(client, first).status_code == 303
    assert client.get("/policy").url.path == "/policy"
    assert not entered(desk_app, first)
    with web_registry.database.reading() as connection:
        known = find_user(connection, NAME)
    assert known is not None
    assert not known.must_change
    noted = [json.loads(str(entry.new)) for entry in web_registry.history(newest=2)]
    assert [bool(entry["first_until"]) for entry in noted] == [True, False]


def test_it_is_over_after_a_week(first: str, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """And answered as a wrong one is; one's own never is over."""
    now = clock.now()
    assert timedelta(days=7) == FIRST_PASSWORD
    assert entered(desk_app, first)
    monkeypatch.setattr("bangfu.clock.now", lambda: now + timedelta(days=7, minutes=1))
    assert not entered(desk_app, first)
    monkeypatch.setattr("bangfu.clock.now", lambda: now + timedelta(days=3650))
    assert entered(desk_app, PASSWORD, "caseworker")


def test_the_command_makes_one_too(web_registry: Registry, desk_app: Litestar) -> None:
    """And prints it, once; what a user types there in person is the user's own."""
    added = command(web_registry, "add", "wang", "--role", "caseworker")
    assert added.exit_code == 0
    assert "7 天" in added.output
    made = added.output.split("：")[-1].strip()
    assert enter(desk_app, made, "wang").get("/").url.path == "/account/password"
    typed = ["--role", "caseworker", "--password-stdin"]
    assert command(web_registry, "add", "li", *typed, said=f"{OWN}\n").exit_code == 0
    assert enter(desk_app, OWN, "li").get("/").url.path == "/households"
    reset = command(web_registry, "password", "li")
    assert not entered(desk_app, OWN, "li")
    assert enter(desk_app, reset.output.split("：")[-1].strip(), "li").get("/").url.path == "/account/password"
    assert command(web_registry, "password", "li", "--password-stdin", said=f"{OWN}\n").exit_code == 0
    assert enter(desk_app, OWN, "li").get("/").url.path == "/households"
    assert command(web_registry, "add", "zhao", *typed, said="\n").exit_code == 1


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("wang", "Wang"), ("wang", "ｗａｎｇ"), ("wang", "wаng"), ("Wang", "WАNG"), ("wang1", "wangl"),
        ("wangI", "wangl"), ("O2", "02"), ("wang", "wa\u0301ng"), ("王小明", "王 小明"), ("王小明", "王小明\u3164"),
        ("王小明", "王小明\ufe00"), ("陈己", "陈巳"), ("王未", "王末"), ("rnao", "mao"), ("日月", "⽇月"),
        ("a-b", "a—b"),
    ],
)  # fmt: skip
def test_names_that_look_alike(known: str, other: str, web_registry: Registry) -> None:
    """Case, width, letters of other scripts, digits, accents, blanks, what cannot be seen."""
    assert known != other
    with web_registry.work(Attribution("test")) as work:
        add_user(work, User(known, Role.AUDITOR, ""), PASSWORD)
    with pytest.raises(RegistryError, match="难以分辨") as caught, web_registry.work(Attribution("test")) as work:
        add_user(work, User(other, Role.AUDITOR, ""), PASSWORD)
    assert known not in str(caught.value), "whose name it is, is not for everybody"


@pytest.mark.parametrize(
    ("one", "other"),
    [("wang", "wang2"), ("王小明", "王晓明"), ("张三", "张四"), ("li-522723", "li-522722"), ("zhao", "zhou")],
)
def test_names_that_differ(one: str, other: str) -> None:
    """As people's do."""
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("name", ["", " ", "\u3164", "\ufe00", "a\u200bb", "a\nb"])
def test_no_name_that_cannot_be_seen(name: str, web_registry: Registry) -> None:
    """Nothing of it, or parts."""
    with pytest.raises(RegistryError, match="可见字符"), web_registry.work(Attribution("test")) as work:
        add_user(work, User(name, Role.AUDITOR, ""), PASSWORD)


def test_users_from_before_stay(web_registry: Registry, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that an older version let pass go on; each signs in by the name as it is written, and is changed as ever."""
    with monkeypatch.context() as older, web_registry.work(Attribution("test")) as work:
        older.setattr("bangfu_office.registry.users.skeleton", str)
        for name in ("Wang", "wang"):
            add_user(work, User(name, Role.AUDITOR, ""), PASSWORD)
    assert [entered(desk_app, PASSWORD, name) for name in ("Wang", "wang", "WANG")] == [True, True, False]
    with web_registry.work(Attribution("test")) as work:
        disable_user(work, "Wang")
    assert [entered(desk_app, PASSWORD, name) for name in ("Wang", "wang")] == [False, True]
