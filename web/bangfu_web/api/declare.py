"""How operations of the API are declared: path, who may, how they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from bangfu_office.access.permissions import Action
from bangfu_web.api.answers import Conflict, Refusal
from bangfu_web.api.errors import PHRASES
from bangfu_web.routing import Declared, in_thread

_READING = (400, 401, 403, 404, 422, 429, 503, 507)
_DOING = (*_READING, 409, 413, 415)


def get(path: str, may: Action) -> Declared:
    """Declare something to read."""
    return _declared(litestar.get, path, may, 200, _READING)


def post(path: str, may: Action, status: int = 200) -> Declared:
    """Declare something to do."""
    return _declared(litestar.post, path, may, status, _DOING)


def patch(path: str, may: Action) -> Declared:
    """Declare a change of what is there."""
    return _declared(litestar.patch, path, may, 200, _DOING)


def _declared(method: Callable[..., Any], path: str, may: Action, status: int, refusals: tuple[int, ...]) -> Declared:
    responses = {
        code: ResponseSpec(Conflict if code == 409 else Refusal, description=PHRASES[code], generate_examples=False)  # noqa: PLR2004
        for code in refusals
    }

    def declared(function: Callable[..., Any]) -> HTTPRouteHandler:
        summary, said = (function.__doc__ or "").splitlines()[0], "完成"
        declared_at = method(
            path, opt={"may": may}, status_code=status, responses=responses, summary=summary, response_description=said
        )
        handler: HTTPRouteHandler = declared_at(in_thread(function))
        return handler

    return declared
