"""The type of a request, short."""

from typing import Any, TypeAlias

from litestar import Request

Req: TypeAlias = Request[Any, Any, Any]
