"""What the desk does by itself, one task of each process: what was kept for a while goes, what was counted is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from litestar import Litestar

from bangfu_office.access import Office
from bangfu_office.households import drafts
from bangfu_office.sessions import MINUTE
from bangfu_office.sheets import kept_rejects
from bangfu_web.desk import Desk

PAUSE = MINUTE
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
async def background_task(app: Litestar) -> AsyncIterator[None]:
    """Clean up and tell of refusals for as long as the desk runs; what has begun at the end is finished and told."""
    desk: Desk = app.state["desk"]
    over = asyncio.Event()
    task = asyncio.create_task(_work_until(over, desk.office))
    try:
        yield
    finally:
        over.set()
        await task
        desk.office.refusals.tell(everything=True)


async def _work_until(over: asyncio.Event, office: Office) -> None:
    while not over.is_set():
        office.refusals.tell()
        try:
            await asyncio.to_thread(clean_up, office)
        except Exception as error:  # noqa: BLE001 - whatever it was, it may be mended at the next look
            logging.getLogger("bangfu_web").error("cleanup: %s", type(error).__name__)  # noqa: TRY400 - no values
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), PAUSE)
