"""A page that stands open asks whether the session lasts, without making it last, and makes way once it does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from bangfu_office.registry.users import Role
from web_desk import FAMILY, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
PART = {"hx-request": "true"}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that lets minutes pass for sessions."""
    now = datetime.now(UTC)

    def passes(minutes: int) -> None:
        monkeypatch.setattr("bangfu.clock.now", lambda: now + timedelta(minutes=minutes))

    return passes


def test_asking_does_not_make_a_session_last(client_as: ClientAs, later: Callable[[int], None]) -> None:
    """A page that asks every minute goes the way of one that nobody looks at: half an hour after the last click."""
    visitor = client_as(Role.CASEWORKER)
    for minute in range(1, 30, 4):
        later(minute)
        assert visitor.get("/still", **PART).status_code == 204
        assert visitor.get("/login").status_code == 200
    later(31)
    answer = visitor.get("/still", **PART)
    assert answer.headers["hx-redirect"] == "/login"
    assert visitor.get("/account").status_code == 302


def test_a_page_stays_while_another_is_worked_on(client_as: ClientAs, later: Callable[[int], None]) -> None:
    """Of several pages of one session none makes way as long as it lasts, and no form is drawn anew."""
    visitor = client_as(Role.CASEWORKER)
    for minute in (20, 40, 60):
        later(minute)
        assert visitor.get("/policy").status_code == 200
        answer = visitor.get("/still", **PART)
        assert (answer.status_code, answer.text) == (204, "")


@pytest.mark.parametrize(
    "path", ["/households", f"/households/{FAMILY}", f"/households/{FAMILY}/edit", f"/households/{FAMILY}/print/plan",
             "/account", "/households/nowhere"]
)  # fmt: skip
def test_every_page_asks(path: str, client_as: ClientAs) -> None:
    """Printed sheets too; a browser without scripts is sent to the sign-in a minute after the session must be over."""
    text = client_as(Role.CASEWORKER).get(path).text
    assert len(re.findall(r'<div hx-get="/still" hx-trigger="every 60s" hx-swap="none"></div>', text)) == 1
    assert text.count('<noscript><meta http-equiv="refresh" content="1860;url=/login"></noscript>') == 1
    assert "htmx.min.js" in text


def test_the_sign_in_does_not(desk_app: Litestar) -> None:
    """There is nothing to hide."""
    text = TestClient(desk_app).get("/login").text
    assert "/still" not in text
    assert "refresh" not in text
