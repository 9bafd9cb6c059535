"""The security log: what is noted, by whom it can be put together, and what never stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from bangfu_office.registry import DatabaseUnusableError
from bangfu_office.registry.users import Role, reference
from bangfu_office.sessions import security_log
from machines import Machine
from security_lines import events, logged
from web_desk import FAMILY, GUIDING, OTHERS, PASSWORD, Visitor

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
LINE_END = "\n"


def test_who_signs_in_and_who_cannot(client_as: ClientAs, desk_app: Litestar) -> None:
    """Right, wrong, too often, out again, changes of password."""
    with logged() as text:
        visitor = client_as(Role.CASEWORKER)
        client = TestClient(desk_app)
        for _ in range(6):
            client.post("/login", data={"name": "auditor", "password": "wrong"})
        visitor.send("/account/password", {"old": "wrong"})
        visitor.send("/logout")
    said = [(event["event"], event["user"]) for event in events(text) if not event["event"].startswith("refused")]
    mine, theirs = reference("caseworker"), reference("auditor")
    assert said == [("sign-in: right", mine), *[("sign-in: wrong", theirs)] * 5, ("sign-in: has to wait", theirs),
                    ("change of password: wrong", mine), ("sign-out", mine)]  # fmt: skip
    assert len({event["from"] for event in events(text)}) == 1


def test_who_is_refused(client_as: ClientAs, desk_app: Litestar) -> None:
    """By role, by region, without the session's token, with a wrong token; no household is named."""
    visitor = client_as(Role.CASEWORKER, GUIDING[:6])
    with logged() as text:
        visitor.get("/journal")
        visitor.get(f"/households/{OTHERS}")
        visitor.client.post(f"/households/{FAMILY}/reveal")
        Machine(desk_app, "wrong").get("/facts")
    user = reference(f"caseworker-{GUIDING[:6]}")
    said = [(event["event"], event.get("user"), event.get("route")) for event in events(text)]
    assert said == [
        ("refused: role", user, "/journal"),
        ("refused: region", user, None),
        ("refused: not from our page", user, "/households/{number:str}/reveal"),
        ("token: wrong", None, None),
    ]


def test_no_names_no_addresses_no_lines_of_ones_own(
    client_as: ClientAs, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither users nor households, neither passwords nor tokens; what is typed cannot forge a line."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("石大山")

    with logged() as text:
        visitor = client_as(Role.AUDITOR)
        forged = f'x{LINE_END}2026-01-01T00:00:00Z INFO bangfu_office.security {{"event": "sign-in: right"}}'
        TestClient(desk_app).post("/login", data={"name": forged, "password": "secret word"})
        Machine(desk_app, forged.replace(LINE_END, " ")).get("/facts")
        visitor.send("/households/find", {"text": "石大山"})
        visitor.get(f"/households/{OTHERS}")
        monkeypatch.setattr(type(desk_app.state["desk"].office.registry), "household", broken)
        visitor.get(f"/households/{FAMILY}")
    written = text.getvalue()
    for word in ("auditor", "secret word", PASSWORD, "石大山", FAMILY, OTHERS, "2026-01-01", "testclient", "127.0.0.1",
                 visitor.csrf, visitor.client.cookies["bangfu_session"]):  # fmt: skip
        assert word not in written, word
    assert "bangfu_web GET" in written
    assert "RuntimeError" in written
    assert [event["event"] for event in events(text)] == ["sign-in: right", "sign-in: wrong", "token: wrong"]


@pytest.mark.parametrize("error", [RuntimeError("石大山"), DatabaseUnusableError("连不上数据库")])
def test_failures_are_logged(
    error: Exception, client_as: ClientAs, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own, and those of the database; on pages and on the API."""

    def broken(*_: Any, **__: Any) -> None:
        raise error

    visitor = client_as(Role.AUDITOR)
    monkeypatch.setattr(type(desk_app.state["desk"].office.registry), "household", broken)
    with logged() as text:
        visitor.get(f"/households/{FAMILY}")
        visitor.get(f"/api/households/{FAMILY}")
    lines = text.getvalue().splitlines()
    assert [line.rsplit(" ", 1)[1] for line in lines] == [type(error).__name__] * 2
    assert all(" ERROR bangfu_web GET " in line for line in lines)


def test_every_line_has_its_moment() -> None:
    """In UTC, and says so."""
    with logged() as text:
        security_log.note("sign-in: right", user="caseworker")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO bangfu_office\.security \{", text.getvalue())
