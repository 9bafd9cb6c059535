"""What came with a request: its body as JSON, read strictly, and its query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from litestar.concurrency import sync_to_thread
from litestar.exceptions import ClientException, HTTPException

from bangfu.errors import InputError, Problem
from bangfu.facts import Integer
from bangfu.files.load import LARGEST, load
from bangfu_web.api.shapes import Keys, read
from bangfu_web.request import Req
from bangfu_web.request_bodies import body_of

MOST_BYTES = LARGEST
_DEEPEST = 12
_JSON = "application/json"
_WRONG_TYPE = 415


@frozen
class Sent:
    """The body of a request, an object; numbers with a point are ``Decimal``."""

    data: Mapping[str, Any] = field(repr=False)

    def read(self, keys: Keys) -> dict[str, Any]:
        """Return the values of these keys.

        Raises:
            InputError: it holds anything else.
        """
        return read(self.data, keys)


async def read_sent(request: Req) -> Sent:
    """Return the body of a request.

    Raises:
        HTTPException: it is not JSON, not well-formed, no object, or nested too deeply.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _JSON:
        raise HTTPException(status_code=_WRONG_TYPE, detail="content type")
    return Sent(await sync_to_thread(_parsed, await body_of(request)))


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        data = load(content, "request", json_format=True)
    except InputError as error:
        raise ClientException("json", extra=list(error.problems)) from None
    if _deeper(data, _DEEPEST):
        raise ClientException("json", extra=[Problem("文件", "嵌套太深", f"至多 {_DEEPEST} 层的表和列表")])
    return data


def _deeper(data: Any, most: int) -> bool:
    """Return whether tables and lists stand in each other more than so many times."""
    level: list[Any] = [data]
    for _ in range(most):
        inner = (node.values() if isinstance(node, dict) else node for node in level if isinstance(node, dict | list))
        level = [part for parts in inner for part in parts]
        if not level:
            return False
    return any(isinstance(node, dict | list) for node in level)


def asked(request: Req, keys: Keys) -> dict[str, Any]:
    """Return the values of a query; each key at most once.

    Raises:
        ClientException: it holds anything else.
    """
    given = request.query_params
    if any(len(given.getall(name)) > 1 for name in given):
        raise ClientException("query", extra=[Problem("query", "同一个键出现两次", "每个键只写一次")])
    try:
        return read({name: _typed(str(value), name, keys) for name, value in given.items()}, keys)
    except InputError as error:
        raise ClientException("query", extra=list(error.problems)) from None


def _typed(text: str, name: str, keys: Keys) -> Any:
    """Return a text as the type of its key has it; what cannot be read stays a text and is refused later."""
    kind = keys[name].type if name in keys else None
    whole = isinstance(kind, Integer) and text.isascii() and text.isdigit() and len(text) < 16  # noqa: PLR2004
    return int(text) if whole else text
