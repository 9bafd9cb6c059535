"""Whoever is refused for asking too much hears it a moment later; nobody else waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bangfu_web import slow_refusals


@pytest.mark.parametrize(("status", "waited"), [(429, [1.5]), (200, []), (403, []), (503, [])])
def test_only_a_refusal_for_asking_too_much_waits(
    status: int, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so once, before anything of the answer is sent."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(slow_refusals, "SECONDS", 1.5)
    monkeypatch.setattr(slow_refusals.asyncio, "sleep", sleep)
    messages: list[Any] = [
        {"type": "http.response.start", "status": status, "headers": []},
        {"type": "http.response.body", "body": b""},
    ]
    for message in messages:
        asyncio.run(slow_refusals.hold_back(message, {}))  # type: ignore[arg-type, typeddict-item]
    assert slept == waited
