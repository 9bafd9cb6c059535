"""How operations of the API are declared: path, who may, how they are refused; the name that a request can come by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, TypeAlias

import litestar
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter

from bangfu.errors import Problem
from bangfu_office.access import Action
from bangfu_web.api.answers import PHRASES, Conflict, RefusalJson
from bangfu_web.desk import Req
from bangfu_web.routing import Declared, in_thread

HEADER = "Idempotency-Key"
_LONGEST_NAME = 200
_ABOUT = HeaderParameter(
    name=HEADER,
    description="这次请求的名称，自拟、不重复；同一请求一天之内再送一次，只办一次，回答相同",
    schema_extra={"minLength": 1, "maxLength": _LONGEST_NAME},
)
Once: TypeAlias = NamedDependency[Mapping[str, str]]
"""The name by which a request is told from its repetition, with what it asks for; empty for one without a name."""

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


def once(request: Req, named: Annotated[str, _ABOUT] = "") -> dict[str, str]:
    """Return the name of a request and what it asks for; nothing where it has no name.

    Raises:
        ClientException: the name is none.
    """
    name = named.strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        problem = Problem(HEADER.lower(), "太长，或有看不见的字符", f"至多 {_LONGEST_NAME} 个字符")
        raise ClientException("header", extra=[problem])
    return {HEADER: name, "": f"{request.method} {request.url.path}"} if name else {}
