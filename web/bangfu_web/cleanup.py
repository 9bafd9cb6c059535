"""What the desk keeps for a while goes when its time is over, though nobody comes: one task of each process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from litestar import Litestar

from bangfu_office.access import Office
from bangfu_office.households import drafts
from bangfu_office.sheets import kept_rejects
from bangfu_web.desk import Desk

PAUSE = 60.0
"""Seconds between two looks."""


def clean_up(office: Office) -> None:
    """Remove rejected rows and drafts whose time is over, and drafts that nobody can go on with.

    Raises:
        DatabaseUnusableError: the store or the registry cannot be used now.
    """
    kept_rejects.forget_old(office)
    drafts.forget_old(office)
    drafts.forget_lost(office)


@asynccontextmanager
async def cleanup_task(app: Litestar) -> AsyncIterator[None]:
    """Clean up for as long as the desk runs; what has begun at the end is finished."""
    over = asyncio.Event()
    task = asyncio.create_task(_clean_up_until(over, app.state["desk"]))
    try:
        yield
    finally:
        over.set()
        await task


async def _clean_up_until(over: asyncio.Event, desk: Desk) -> None:
    while not over.is_set():
        try:
            await asyncio.to_thread(clean_up, desk.office)
        except Exception as error:  # noqa: BLE001 - whatever it was, it may be mended at the next look
            logging.getLogger("bangfu_web").error("cleanup: %s", type(error).__name__)  # noqa: TRY400 - no values
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), PAUSE)
