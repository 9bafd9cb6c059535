"""The description of the API (OpenAPI 3.1), written from the same declarations that requests are read by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler

from bangfu import Catalog, __version__
from bangfu_office.access.permissions import Action
from bangfu_web.api import operations
from bangfu_web.api.answers import ANSWERS
from bangfu_web.api.changing import LONGEST_NAME
from bangfu_web.api.declare import Doc, get
from bangfu_web.api.errors import PHRASES
from bangfu_web.api.schemas import TEXT, WHOLE, Schema, body_of, household_schemas, ref, schema_of
from bangfu_web.cookies import SESSION
from bangfu_web.guards import CSRF_HEADER
from bangfu_web.request import Req

_PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_ABOUT = (
    "帮扶的程序接口：与网页相同的权限与地区范围。金额是两位小数的文本；未写明的事实是未知，不是零。"
    "程序用令牌（账户页签发）：Authorization: Bearer …；浏览器会话修改时须带 x-csrf-token。"
)


def description(catalog: Catalog, cookie: str = SESSION) -> dict[str, Any]:
    """Return the description, with the facts that are declared now and the name of the session's cookie."""
    paths: dict[str, dict[str, Any]] = {}
    for handler in operations():
        for path in handler.paths:
            for method in handler.http_methods:
                operation = _operation(path, str(method), handler)
                paths.setdefault("/api" + _PARAMETER.sub(r"{\1}", path), {})[str(method).lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "bangfu 帮扶", "version": __version__, "description": _ABOUT},
        "security": [{"token": []}, {"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {**household_schemas(catalog), **ANSWERS},
            "responses": {str(status): _refusal(status) for status in PHRASES},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": cookie,
                    "description": f"修改时须带 {CSRF_HEADER}",
                },
            },
        },
    }


def _operation(path: str, method: str, handler: HTTPRouteHandler) -> dict[str, Any]:
    doc: Doc = handler.opt["doc"]
    done = {"description": "完成", "content": _json(ref(doc.gives))}
    refusals = {str(status): {"$ref": f"#/components/responses/{status}"} for status in _refusals(path, method, doc)}
    made: dict[str, Any] = {
        "operationId": handler.handler_name.rsplit(".", maxsplit=1)[-1],
        "summary": (handler.fn.__doc__ or "").strip().splitlines()[0],
        "parameters": [*_path_parameters(path), *_query_parameters(doc), *_header_parameters(handler)],
        "responses": {str(doc.status): done, **refusals},
    }
    if doc.takes is not None:
        schema = ref(doc.takes) if isinstance(doc.takes, str) else body_of(doc.takes)
        made["requestBody"] = {"required": True, "content": _json(schema)}
    return made


def _refusals(path: str, method: str, doc: Doc) -> Iterator[int]:
    """Yield how a request can be refused."""
    yield from (400, 401, 403, 422, 429, 503, 507)
    if "{" in path or "region" in doc.query or path.endswith("/search"):
        yield 404
    if doc.takes is not None:
        yield from (413, 415)
    if method != "GET":
        yield 409


def _refusal(status: int) -> dict[str, Any]:
    return {"description": PHRASES[status], "content": _json(ref("Conflict" if status == 409 else "Error"))}  # noqa: PLR2004


def _path_parameters(path: str) -> Iterator[dict[str, Any]]:
    for name, kind in _PARAMETER.findall(path):
        # No empty part, nor one that a client would take for the folder above.
        schema: Schema = {**WHOLE, "minimum": 1} if kind == "int" else {**TEXT, "pattern": "^[0-9A-Za-z_-]{1,64}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(doc: Doc) -> Iterator[dict[str, Any]]:
    for name, key in doc.query.items():
        schema = schema_of(key)
        given = schema["anyOf"][0] if "anyOf" in schema else schema
        yield {"name": name, "in": "query", "required": key.required, "schema": given, "description": key.text}


def _header_parameters(handler: HTTPRouteHandler) -> Iterator[dict[str, Any]]:
    """Yield the header by which a change names itself."""
    if handler.opt["doc"].repeatable:
        text = "这次请求的名称，自拟、不重复；同一请求一天之内再送一次，只办一次，回答相同"
        schema: Schema = {**TEXT, "minLength": 1, "maxLength": LONGEST_NAME}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema, "description": text}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


@get("/openapi.json", may=Action.SIGNED_IN, doc=Doc("Description"))
def openapi(request: Req) -> dict[str, Any]:
    """Read this description."""
    desk = request.app.state["desk"]
    return description(desk.office.rulebook.catalog, desk.settings.cookie(SESSION))


ROUTES = (openapi,)
