"""Whoever is refused for asking too much hears it a moment later; nobody else waits."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from bangfu_office.sessions.security_log import Refusals
from bangfu_web import Settings, middleware


@pytest.mark.parametrize(("status", "waited"), [(429, [1.5]), (200, []), (403, []), (503, [])])
def test_only_a_refusal_for_asking_too_much_waits(
    status: int, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so once, before anything of the answer is sent."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(middleware, "HELD_BACK", 1.5)
    monkeypatch.setattr(middleware.asyncio, "sleep", sleep)
    messages: list[Any] = [
        {"type": "http.response.start", "status": status, "headers": []},
        {"type": "http.response.body", "body": b""},
    ]
    desk = SimpleNamespace(settings=Settings(), office=SimpleNamespace(refusals=Refusals()))
    scope: Any = {"litestar_app": SimpleNamespace(state={"desk": desk}), "path": "/"}
    for message in messages:
        asyncio.run(middleware.before_answer(message, scope))
    assert slept == waited
