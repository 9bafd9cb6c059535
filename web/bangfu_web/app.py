"""The desk as one application: its routes, and what stands around them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from litestar import Litestar, MediaType, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.status_codes import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
    HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    HTTP_429_TOO_MANY_REQUESTS,
    HTTP_500_INTERNAL_SERVER_ERROR,
)

from bangfu import Rulebook
from bangfu.errors import BangfuError
from bangfu_office.access import Action, NotPermittedError, NotReadyError, NotThereError, Office, TooManyRequestsError
from bangfu_office.households import drafts
from bangfu_office.registry import ConflictError, Registry, UnknownHouseholdError, explained
from bangfu_office.sessions import SessionStore
from bangfu_web import api
from bangfu_web.api.errors import answer
from bangfu_web.cleanup import cleanup_task
from bangfu_web.desk import Desk
from bangfu_web.failures import Failure, counted, failure_of, written
from bangfu_web.guards import guard, on_api, own_change
from bangfu_web.pages import routes
from bangfu_web.proxies import with_a_known_proxy
from bangfu_web.refusals import note_refused, telling
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.request_bodies import FORM, read_form
from bangfu_web.security_headers import set_headers, with_a_host
from bangfu_web.settings import Settings
from bangfu_web.slow_refusals import hold_back

_STATUSES: Mapping[type[BangfuError], int] = {
    ConflictError: HTTP_409_CONFLICT,
    drafts.DraftTooLargeError: HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    NotPermittedError: HTTP_403_FORBIDDEN,
    NotThereError: HTTP_404_NOT_FOUND,
    UnknownHouseholdError: HTTP_404_NOT_FOUND,
}
_TOLD = {HTTP_400_BAD_REQUEST, HTTP_409_CONFLICT}
"""Where a page tells more than its status does."""
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
        desk = Desk(office, settings)
    static = create_static_files_router(
        path="/static", directories=[Path(str(files("bangfu_web") / "static"))], opt={"may": Action.ANYBODY}
    )
    return Litestar(
        [*routes(), *api.routes(), static],
        state=State({"desk": desk}),
        middleware=[with_a_host, with_a_known_proxy, counted],
        guards=[guard],
        before_request=own_change,
        before_send=[set_headers, note_refused, hold_back],
        dependencies={"form": Provide(read_form)},
        lifespan=[cleanup_task, telling],
        exception_handlers={HTTPException: _refused, BangfuError: _wrong, Exception: _failed},
        request_max_body_size=FORM.bytes,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _refused(request: Req, error: HTTPException) -> Response[Any]:
    if on_api(request.url.path):
        return _on_api(request, error)
    if error.status_code == HTTP_401_UNAUTHORIZED:
        return _first(request, "/login")
    made = _page(request, error.status_code, [])
    made.headers.update(error.headers or {})
    return made


def _wrong(request: Req, error: BangfuError) -> Response[Any]:
    """Show what is wrong in the input or with the registry; these messages hold no personal data."""
    if failure := failure_of(error):
        return _failure(request, error, failure)
    if on_api(request.url.path):
        return _on_api(request, error)
    if isinstance(error, NotReadyError):
        return _first(request, f"/account/{error.owed}")
    if isinstance(error, TooManyRequestsError):
        made = _page(request, HTTP_429_TOO_MANY_REQUESTS, error.lines)
        made.headers["retry-after"] = str(error.wait)
        return made
    status = next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), HTTP_400_BAD_REQUEST)
    return _page(request, status, error.lines if status in _TOLD else [])


def _first(request: Req, path: str) -> Response[Any]:
    """Lead to what comes before anything else; a part of a page that goes on there would show it inside of itself."""
    return Response("", headers={"hx-redirect": path}) if _of_a_part(request) else Redirect(path)


def _failed(request: Req, error: Exception) -> Response[Any]:
    """Say that it is our fault, and nothing of what went wrong, which may hold personal data."""
    failure = failure_of(error) or Failure(HTTP_500_INTERNAL_SERVER_ERROR, [])
    return _failure(request, error, failure)


def _failure(request: Req, error: Exception, failure: Failure) -> Response[Any]:
    _note(request, error)
    if on_api(request.url.path):
        return _on_api(request, error)
    made = _page(request, failure.status, failure.lines)
    made.headers.update(failure.headers)
    return made


def _note(request: Req, error: Exception) -> None:
    """Write a line for whoever runs the desk: where it failed and the kind of error, no message and no values."""
    logging.getLogger("bangfu_web").error("%s %s: %s", request.method, request.route_handler, type(error).__name__)


def _on_api(request: Req, error: Exception) -> Response[Any]:
    desk: Desk = request.app.state["desk"]
    return answer(error, desk.office.registry, written(request))


def _page(request: Req, status: int, lines: list[str]) -> Response[Any]:
    try:
        made = render(request, "error.html", status=status, code=status, lines=lines, written=written(request))
    except Exception:  # noqa: BLE001 - even the page that says so can fail
        return Response(str(status), media_type=MediaType.TEXT, status_code=status)
    if _of_a_part(request):
        # What went wrong stands in the place of the whole page, never in that of the part alone.
        whole = {"hx-retarget": "#main", "hx-reselect": "#main", "hx-reswap": "outerHTML show:top"}
        made.headers.update({"hx-reswap": "none"} if request.url.path.startswith(_ASIDE) else whole)
    return made


def _of_a_part(request: Req) -> bool:
    """Return whether a page that is shown asks for a part of itself."""
    return "hx-request" in request.headers
