"""The desk as one application: its routes and what stands around them, what it does by itself, what errors mean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

from litestar import Litestar, MediaType, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.status_codes import HTTP_401_UNAUTHORIZED

from bangfu import Rulebook
from bangfu.errors import BangfuError
from bangfu_office.access import Action, NotPermittedError, NotReadyError, NotThereError, Office
from bangfu_office.households import drafts
from bangfu_office.registry import ConflictError, Registry, UnknownHouseholdError, explained
from bangfu_office.sessions import MINUTE, SessionStore, TooManyRequestsError
from bangfu_office.sheets import kept_rejects
from bangfu_web import api
from bangfu_web.api.answers import answer
from bangfu_web.desk import Desk, Req, Settings, desk_of, values_of
from bangfu_web.failures import Failure, failure_of, written
from bangfu_web.guards import guard, on_api, own_change
from bangfu_web.middleware import around, before_answer
from bangfu_web.pages import routes
from bangfu_web.render import render
from bangfu_web.request_bodies import FORM, read_form

PAUSE = MINUTE
"""Seconds between two looks at what is over."""
_ASIDE = "/drafts/"
"""What a page sends by itself, while somebody goes on filling it in: that it fails must not take the page away."""


def create_app(registry: Registry, rulebook: Rulebook, settings: Settings | None = None) -> Litestar:
    """Return the desk over an open registry, as an ASGI application.

    Raises:
        DatabaseUnusableError: the desk's own tables cannot be made.
    """
    settings = settings or Settings()
    with explained():
        office = Office(registry, rulebook, SessionStore.beside(registry, settings), settings)
    static = create_static_files_router(
        path="/static", directories=[Path(str(files("bangfu_web") / "static"))], opt={"may": Action.ANYBODY}
    )
    return Litestar(
        [*routes(), api.router(), static],
        state=State({"desk": Desk(office, settings)}),
        middleware=[around],
        guards=[guard],
        before_request=own_change,
        before_send=[before_answer],
        dependencies={"form": Provide(read_form), "values": Provide(values_of, sync_to_thread=False)},
        lifespan=[background_task],
        exception_handlers={Exception: _refused},
        request_max_body_size=FORM.bytes,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


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


def _refused(request: Req, error: Exception) -> Response[Any]:
    """Say what is wrong in what was asked, or that the server failed; no message of either holds personal data."""
    failure = failure_of(error)
    if failure or not isinstance(error, HTTPException | BangfuError):
        # A line for whoever runs the desk: where it failed and the kind of error, no message and no values.
        logging.getLogger("bangfu_web").error("%s %s: %s", request.method, request.route_handler, type(error).__name__)
    if on_api(request.url.path):
        return answer(error, desk_of(request).office.registry, written(request))
    if isinstance(error, HTTPException) and error.status_code == HTTP_401_UNAUTHORIZED:
        return _first(request, "/login")
    if isinstance(error, NotReadyError):
        return _first(request, f"/account/{error.owed}")
    return _page(request, failure or _on_page(error))


def _on_page(error: Exception) -> Failure:
    """Return what a page says of an error that is none of the server's; of one that nobody foresaw, no more than that.

    What went wrong there may hold personal data.
    """
    match error:
        case HTTPException():
            return Failure(error.status_code, [], error.headers or {})
        case TooManyRequestsError():
            return Failure(429, error.lines, {"retry-after": str(error.wait)})
        case ConflictError():
            return Failure(409, error.lines)
        case drafts.DraftTooLargeError():
            return Failure(413, [])
        case NotPermittedError():
            return Failure(403, [])
        case NotThereError() | UnknownHouseholdError():
            return Failure(404, [])
        case BangfuError():
            return Failure(400, error.lines)
        case _:
            return Failure(500, [])


def _first(request: Req, path: str) -> Response[Any]:
    """Lead to what comes before anything else; a part of a page that goes on there would show it inside of itself."""
    return Response("", headers={"hx-redirect": path}) if _of_a_part(request) else Redirect(path)


def _page(request: Req, failure: Failure) -> Response[Any]:
    status = failure.status
    try:
        made = render(request, "error.html", status=status, code=status, lines=failure.lines, written=written(request))
    except Exception:  # noqa: BLE001 - even the page that says so can fail
        return Response(str(status), media_type=MediaType.TEXT, status_code=status, headers=dict(failure.headers))
    if _of_a_part(request):
        # What went wrong stands in the place of the whole page, never in that of the part alone.
        whole = {"hx-retarget": "#main", "hx-reselect": "#main", "hx-reswap": "outerHTML show:top"}
        made.headers.update({"hx-reswap": "none"} if request.url.path.startswith(_ASIDE) else whole)
    made.headers.update(failure.headers)
    return made


def _of_a_part(request: Req) -> bool:
    """Return whether a page that is shown asks for a part of itself."""
    return "hx-request" in request.headers
