"""A desk whose machine's clock jumps by thirty years: it says so, loses nothing, and goes on with the right time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar

from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role
from set_clock import YEARS, SetClock
from web_desk import SINGLE, Visitor, signed_in_at

pytest_plugins = ["web_desk", "set_clock"]

EDIT = f"/households/{SINGLE}/edit"
WORDS = "相差太远，什么也没有写入"


def changed(visitor: Visitor, homes: int) -> tuple[int, str]:
    """Change a fact in the form; return the answer's status and text."""
    answer = visitor.send(EDIT, {**visitor.fields(EDIT, EDIT), "h.homes": str(homes)})
    return answer.status_code, answer.text


@pytest.mark.parametrize("wrong", [YEARS, -YEARS], ids=["30 years ahead", "30 years back"])
def test_pages_and_answers_say_it(
    wrong: timedelta, desk_app: Litestar, web_registry: Registry, at: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is signed in has to sign in anew, reads, and is told why nothing is written; no restart is needed after."""
    true = datetime.now(UTC)
    before = signed_in_at(desk_app, Role.CASEWORKER)
    entries = web_registry.history()
    at(true + wrong)
    assert before.get(EDIT).status_code == 302, "a session does not last thirty years, nor begin in time to come"
    during = signed_in_at(desk_app, Role.CASEWORKER)
    for path in ("/households", f"/households/{SINGLE}", f"/households/{SINGLE}/history"):
        assert during.get(path).status_code == 200
    told = during.send(f"/households/{SINGLE}/reveal")
    assert (told.status_code, WORDS in told.text, "bangfu journal clock" in told.text) == (503, True, True)
    recheck = {"due": "2026-12-01", "reason": "年度复核"}
    headers = {"x-csrf-token": during.csrf}
    said = during.client.post(f"/api/households/{SINGLE}/rechecks", json=recheck, headers=headers)
    assert (said.status_code, WORDS in said.json()["error"], said.json()["written"]) == (503, True, "no")
    assert web_registry.history() == entries
    monkeypatch.undo()
    assert during.get(EDIT).status_code == 302
    after = signed_in_at(desk_app, Role.CASEWORKER)
    assert changed(after, 3)[0] == 303
    assert web_registry.household(SINGLE).facts["homes"] == 3
    assert len(web_registry.history()) > len(entries)


def test_a_journal_that_is_ahead_is_told(desk_app: Litestar, at: SetClock) -> None:
    """All of it is sound, and its last entry bears a moment that has not come: the auditor's page says both."""
    now = datetime.now(UTC)
    ahead = "最后一条的时刻比现在还晚"
    auditor = signed_in_at(desk_app, Role.AUDITOR)
    assert ahead not in auditor.send("/journal/verify").text
    at(now - timedelta(minutes=20))
    told = signed_in_at(desk_app, Role.AUDITOR).send("/journal/verify").text
    assert ("全部无误" in told, ahead in told, "bangfu journal clock" in told) == (True, True, True)
