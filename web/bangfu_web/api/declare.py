"""How operations of the API are declared: path, who may, how they are refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec

from bangfu_office.access import Action
from bangfu_web.api.answers import Conflict, RefusalJson
from bangfu_web.api.errors import PHRASES
from bangfu_web.routing import Declared, in_thread

_READING = (400, 401, 403, 404, 422, 429, 503, 507)
_DOING = (*_READING, 409, 413, 415)


def _declared(
    method: Callable[..., Any], refusals: tuple[int, ...], path: str, may: Action, status: int = 200
) -> Declared:
    """Declare an operation: its path, who may, its status where it is done."""
    responses = {
        code: ResponseSpec(Conflict if code == 409 else RefusalJson, description=PHRASES[code], generate_examples=False)  # noqa: PLR2004
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


get = partial(_declared, litestar.get, _READING)
post = partial(_declared, litestar.post, _DOING)
patch = partial(_declared, litestar.patch, _DOING)
