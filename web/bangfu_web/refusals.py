"""Answers that refuse input, noted for the security log; the rest is told at the desk's end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.types import Message, Scope

from bangfu_office.sessions import INPUT, MINUTE, MISTAKES

if TYPE_CHECKING:
    from bangfu_web.desk import Desk

_MISTYPED = 422
_CONFLICT = 409
STATUSES = frozenset({400, 405, 408, 409, 413, 415, 422})
"""How input is refused. Who may not, and forged forms, have lines of their own."""


async def note_refused(message: Message, scope: Scope) -> None:
    """Note an answer that refuses what came; a page that says why it shows nothing refuses no input."""
    if message["type"] != "http.response.start" or (status := message["status"]) not in STATUSES:
        return
    if status == _CONFLICT and scope.get("method") == "GET":
        return
    desk: Desk = scope["litestar_app"].state["desk"]
    user, client, handler = scope.get("user"), scope.get("client"), scope.get("route_handler")
    desk.office.refusals.note(
        MISTAKES if status == _MISTYPED else INPUT,
        user=user.name if user else "",
        address=client[0] if client else "",
        route=min(handler.paths, default="") if handler else "",
        status=status,
    )


@asynccontextmanager
async def telling(app: Litestar) -> AsyncIterator[None]:
    """Tell what was counted for as long as the desk runs, and the rest at its end."""
    refusals = app.state["desk"].office.refusals

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(MINUTE)
            refusals.tell()

    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()
        refusals.tell(everything=True)
