"""The name by which a program's request is told from its repetition (``bangfu_office.access.actor``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import HeaderParameter

from bangfu.errors import Problem
from bangfu_web.desk import Req

HEADER = "Idempotency-Key"
_LONGEST_NAME = 200
_ABOUT = HeaderParameter(
    name=HEADER,
    description="这次请求的名称，自拟、不重复；同一请求一天之内再送一次，只办一次，回答相同",
    schema_extra={"minLength": 1, "maxLength": _LONGEST_NAME},
)
Once: TypeAlias = NamedDependency[Mapping[str, str]]
"""The name of a request, with what it asks for; empty for one without a name."""


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
