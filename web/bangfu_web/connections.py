"""Connections (连接): who connects and says nothing is not waited for, and never keeps anybody else out.

The server beneath answers what is asked; it waits without end for a question that never comes whole, and knows no
number of connections but that of the system's files, beyond which nobody gets in.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    import resource
except ImportError:  # Windows counts no files
    resource = None  # type: ignore[assignment]

HEADER_TIMEOUT = 20.0
"""Seconds in which the head of a request must have come, from its connection or from its first byte on."""
MAX_CONNECTIONS = 4_000
"""Connections at once, of each worker; fewer where the system lets it open fewer files."""
_OWN_FILES = 200
"""Files that the desk opens itself: database, workbooks, its other processes."""

_silent: dict[Connection, asyncio.TimerHandle] = {}
"""Connections of which the head of a request is awaited, the oldest first, and what ends them."""


def connection_limit() -> int:
    """Return how many connections there may be, and let the system open as many files as it ever would."""
    if resource is None:
        return MAX_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, soft - _OWN_FILES)
    return MAX_CONNECTIONS


class Connection(H11Protocol):
    """A browser's connection; of those that are silent the oldest makes room for a new one."""

    limit = MAX_CONNECTIONS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > self.limit:
            next(iter(_silent), self).end()
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        if not self._in_request():
            self._start_timer()
        super().data_received(data)
        if self._in_request():
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def end(self) -> None:
        """Cut the connection off."""
        self._stop_timer()
        self.transport.abort()

    def _in_request(self) -> bool:
        """Return whether a request is being answered or taken in."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _start_timer(self) -> None:
        if self not in _silent and not self.transport.is_closing():
            _silent[self] = self.loop.call_later(HEADER_TIMEOUT, self.end)

    def _stop_timer(self) -> None:
        if timer := _silent.pop(self, None):
            timer.cancel()
