"""Input that was refused, in the security log: which route, whose, which status and how often, and no value.

Somebody who tries the forms out with odd values is seen there. Nobody can flood the log: of one user, address, route
and status there is at most one line a minute, with the number since the one before. What people mistype (422) is told
apart and seldom, once in ten minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import define, field
from litestar import Litestar
from litestar.types import Message, Scope

from bangfu_web.security_log import note

if TYPE_CHECKING:
    from bangfu_web.desk import Desk

INPUT, MISTAKES = "refused: input", "refused: values"
EVERY: Final[dict[str, float]] = {MISTAKES: 600.0}
_MINUTE = 60.0
"""Seconds between two lines of one kind, unless ``EVERY`` says otherwise."""
MOST = 200
"""Lines of different kinds in the time of one; of more it is told together how many."""
_MISTYPED = 422
_CONFLICT = 409
STATUSES = frozenset({400, 405, 408, 409, 413, 415, 422})
"""How input is refused. Who may not, and forged forms, have lines of their own."""

Kind: TypeAlias = "tuple[str, str, str, str, int]"
_OTHERS: Final[Kind] = ("refused: others", "", "", "", 0)


@define
class _Counted:
    since: float
    more: int = 0


@define
class Refusals:
    """Counts what was refused since it was told, by event, user, address, route and status."""

    _counted: dict[Kind, _Counted] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False)

    def note(self, event: str, *, user: str = "", address: str = "", route: str = "", status: int = 0) -> None:
        """Tell of a refusal, or count it where one of its kind was told a moment ago."""
        kind: Kind = (event, user, address, route, status)
        with self._lock:
            self._tell(time.monotonic())
            if kind not in self._counted and len(self._counted) >= MOST:
                kind = _OTHERS
            if kind in self._counted:
                self._counted[kind].more += 1
                return
            self._counted[kind] = _Counted(time.monotonic())
        _line(kind, 1)

    def tell(self, *, everything: bool = False) -> None:
        """Tell how many there were of each kind whose time is over; ``everything``: of all, as at the end."""
        with self._lock:
            self._tell(float("inf") if everything else time.monotonic())

    def _tell(self, now: float) -> None:
        for kind, counted in list(self._counted.items()):
            if now - counted.since >= EVERY.get(kind[0], _MINUTE):
                if counted.more:
                    _line(kind, counted.more)
                    self._counted[kind] = _Counted(time.monotonic())
                else:
                    del self._counted[kind]


def _line(kind: Kind, count: int) -> None:
    event, user, address, route, status = kind
    numbers = {name: number for name, number in (("status", status), ("count", count)) if number}
    note(event, user=user, address=address, route=route, **numbers)


async def note_refused(message: Message, scope: Scope) -> None:
    """Note an answer that refuses what came; a page that says why it shows nothing refuses no input."""
    if message["type"] != "http.response.start" or (status := message["status"]) not in STATUSES:
        return
    if status == _CONFLICT and scope.get("method") == "GET":
        return
    desk: Desk = scope["litestar_app"].state["desk"]
    user, client, handler = scope.get("user"), scope.get("client"), scope.get("route_handler")
    desk.refusals.note(
        MISTAKES if status == _MISTYPED else INPUT,
        user=user.name if user else "",
        address=client[0] if client else "",
        route=min(handler.paths, default="") if handler else "",
        status=status,
    )


@asynccontextmanager
async def telling(app: Litestar) -> AsyncIterator[None]:
    """Tell what was counted for as long as the desk runs, and the rest at its end."""
    refusals: Refusals = app.state["desk"].refusals

    async def again_and_again() -> None:
        while True:
            await asyncio.sleep(_MINUTE)
            refusals.tell()

    task = asyncio.create_task(again_and_again())
    try:
        yield
    finally:
        task.cancel()
        refusals.tell(everything=True)
