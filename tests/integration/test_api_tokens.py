"""Tokens for machines: taken once, used on the API alone, over on their day, revoked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from sqlalchemy import text

from bangfu import clock
from bangfu_office.accounts import tokens
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, disable_user
from machines import Machine, MachineAs
from web_desk import GUIDING, OTHERS, PASSWORD, Visitor

pytest_plugins = ["web_desk", "machines"]

USER = "caseworker"


def status(app: Litestar, word: str, path: str = "/api/facts") -> int:
    """Return what somebody with a token and no cookie is answered."""
    return Machine(app, word).request("GET", path).status_code


def taken(visitor: Visitor, name: str, days: int = 30) -> str:
    """Return the token that somebody takes on the page of tokens."""
    last = str(clock.today() + timedelta(days=days))
    answer = visitor.send("/account/tokens", {"name": name, "ends_on": last, "old": PASSWORD})
    assert answer.status_code == 201, answer.text
    found = re.search(r'id="word" value="([^"]+)"', answer.text)
    assert found
    return found[1]


@pytest.fixture
def visitor(client_as: Callable[..., Visitor]) -> Visitor:
    """Return the browser of a caseworker."""
    return client_as(Role.CASEWORKER)


def revoke_path(visitor: Visitor) -> str:
    """Return where the only token on the page is revoked."""
    page = visitor.get("/account/tokens").text
    return page.split('action="/account/tokens/')[1].split('"', maxsplit=1)[0]


def test_a_token_lives_until_it_is_revoked(visitor: Visitor, desk_app: Litestar, web_registry: Registry) -> None:
    """It is shown once; of it a hash is stored; the journal says who made it and who took it back."""
    word = taken(visitor, "统计程序")
    assert status(desk_app, word) == 200
    lower = Machine(desk_app).request("GET", "/api/facts", headers={"authorization": f"bearer {word}"})
    assert lower.status_code == 200
    page = visitor.get("/account/tokens")
    assert "统计程序" in page.text
    assert word not in page.text
    assert visitor.send(f"/account/tokens/{revoke_path(visitor)}").status_code == 303
    assert status(desk_app, word) == 401
    assert "统计程序" not in visitor.get("/account/tokens").text
    noted = [entry for entry in web_registry.history() if entry.operation == "token"]
    assert [(entry.who, "made" in str(entry.new)) for entry in noted] == [(USER, True), (USER, False)]
    assert word not in str(noted)


def test_only_a_hash_is_stored(visitor: Visitor, desk_app: Litestar) -> None:
    """Whoever reads the database has no token."""
    word = taken(visitor, "统计程序")
    with desk_app.state["desk"].office.sessions.database.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM web_tokens")).all()
    assert "统计程序" in str(rows)
    assert word not in str(rows)
    assert word.removeprefix("bangfu_") not in str(rows)


def test_a_token_opens_no_page(visitor: Visitor, desk_app: Litestar) -> None:
    """Nor makes it further tokens; and beside a session it alone decides who is asking."""
    word = taken(visitor, "统计程序")
    assert status(desk_app, word, "/households") == 302
    assert Machine(desk_app, word).request("POST", "/account/tokens").status_code == 302
    assert visitor.client.get("/api/facts", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert visitor.client.get("/api/facts", headers={"authorization": "Basic eA=="}).status_code == 200


def test_a_token_reaches_as_far_as_its_user(machine_as: MachineAs) -> None:
    """In region and role."""
    machine = machine_as(Role.CASEWORKER, GUIDING[:6])
    assert machine.get("/households").json()["total"] == 2
    assert machine.get(f"/households/{OTHERS}").status_code == 404
    assert machine_as(Role.ADMINISTRATOR).get("/households").status_code == 403


def test_a_disabled_users_token_is_none(visitor: Visitor, desk_app: Litestar, web_registry: Registry) -> None:
    """At once."""
    word = taken(visitor, "统计程序")
    with web_registry.work(Attribution("管理员")) as work:
        disable_user(work, USER)
    assert status(desk_app, word) == 401


def test_a_token_is_over_after_its_last_day(
    visitor: Visitor, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is good on that day, and stands in the list until it is revoked."""
    word, day = taken(visitor, "统计程序", days=7), clock.today()
    monkeypatch.setattr(clock, "today", lambda: day + timedelta(days=7))
    assert status(desk_app, word) == 200
    monkeypatch.setattr(clock, "today", lambda: day + timedelta(days=8))
    assert status(desk_app, word) == 401
    assert "已到期" in visitor.get("/account/tokens").text


@pytest.mark.parametrize(
    ("name", "days", "wrong"),
    [
        ("", 1, "token-name"),
        ("x" * 101, 1, "token-name"),
        ("统计程序", 1, "token-name"),
        ("另一个", -1, "token-ends"),
        ("另一个", 366, "token-ends"),
        ("另一个", None, "token-ends"),
    ],
)
def test_a_token_needs_a_name_of_its_own_and_a_day(name: str, days: int | None, wrong: str, visitor: Visitor) -> None:
    """At most a year away; the page says at the field what is wrong."""
    taken(visitor, "统计程序")
    day = "" if days is None else str(clock.today() + timedelta(days=days))
    answer = visitor.send("/account/tokens", {"name": name, "ends_on": day, "old": PASSWORD})
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert 'id="word"' not in answer.text


def test_a_user_has_so_many_tokens_and_no_more(visitor: Visitor, desk_app: Litestar) -> None:
    """So that the list stays one that somebody looks through."""
    for n in range(tokens.MOST):
        tokens.issue(desk_app.state["desk"].office, USER, f"程序 {n}", str(clock.today()))
    form = {"name": "再一个", "ends_on": str(clock.today()), "old": PASSWORD}
    assert visitor.send("/account/tokens", form).status_code == 422


def test_nobody_revokes_anothers_token(visitor: Visitor, desk_app: Litestar) -> None:
    """Not found, and it goes on working."""
    desk = desk_app.state["desk"]
    word = tokens.issue(desk.office, "reviewer", "统计程序", str(clock.today()))
    key = tokens.of_user(desk.office, "reviewer")[0].id
    assert visitor.send(f"/account/tokens/{key}/revoke").status_code == 404
    assert status(desk_app, word) == 200


def test_tokens_are_made_and_revoked_on_our_own_page(visitor: Visitor, desk_app: Litestar) -> None:
    """A form of another site has not the session's token."""
    word = taken(visitor, "统计程序")
    revoke = f"/account/tokens/{revoke_path(visitor)}"
    assert visitor.client.post(revoke).status_code == 403
    assert visitor.client.post("/account/tokens", data={"name": "a", "ends_on": str(clock.today())}).status_code == 403
    assert status(desk_app, word) == 200


def test_whoever_guesses_has_to_wait_and_stops_nobody_else(visitor: Visitor, desk_app: Litestar) -> None:
    """Told 429 after some wrong tokens; a right one is answered, and people still sign in from there."""
    word = taken(visitor, "统计程序")
    answers = [Machine(desk_app, f"wrong-{n}").get("/facts") for n in range(7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert status(desk_app, word) == 200
    again = Machine(desk_app).request("POST", "/login", data={"name": USER, "password": PASSWORD})
    assert again.status_code == 303
