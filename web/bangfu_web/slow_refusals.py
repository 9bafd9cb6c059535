"""Whoever is refused for asking too much (429) hears it a moment later.

To refuse takes little, but a program that asks again at once takes a thousand times that each second, and everybody
who has a page to come waits behind it. To wait costs us nothing, and nobody else.
"""

from __future__ import annotations

import asyncio

from litestar.status_codes import HTTP_429_TOO_MANY_REQUESTS
from litestar.types import Message, Scope

SECONDS = 1.0


async def hold_back(message: Message, _scope: Scope) -> None:
    """Let an answer that refuses too many requests wait."""
    if message["type"] == "http.response.start" and message["status"] == HTTP_429_TOO_MANY_REQUESTS:
        await asyncio.sleep(SECONDS)
