"""The token that every form carries by which it is told from its repetition (``bangfu_office.access.once``).

Each form that changes something carries a token of its own, and is refused without it. A program names its request by
a header, if it wants to be able to send it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import HeaderParameter

from bangfu.errors import BangfuError, Problem
from bangfu.messages import _
from bangfu_web.request import Req

FIELD = "_once"
HEADER = "idempotency-key"
_LONGEST_NAME = 200
Once: TypeAlias = NamedDependency[Mapping[str, str]]
"""The name of a program's request, with what it asks for; empty for one without a name."""


class NotOurFormError(BangfuError):
    """A form that changes something came without its token, so that nobody could tell it from its repetition."""

    def __init__(self) -> None:
        super().__init__(_("这份表单不是从这一页打开的，或者已经不完整，什么也没有写入；请重新打开这一页再填"))


def fresh() -> str:
    """Return the token of a form that is drawn."""
    return secrets.token_urlsafe(16)


def must_have_token(form: Mapping[str, Any]) -> None:
    """Refuse a form that has no token.

    Raises:
        NotOurFormError: it has none.
    """
    if not str(form.get(FIELD, "")).strip():
        raise NotOurFormError


def once(
    request: Req,
    named: Annotated[
        str,
        HeaderParameter(
            name="Idempotency-Key",
            description="这次请求的名称，自拟、不重复；同一请求一天之内再送一次，只办一次，回答相同",
            schema_extra={"minLength": 1, "maxLength": _LONGEST_NAME},
        ),
    ] = "",
) -> dict[str, str]:
    """Return the name of a request and what it asks for; nothing where it has no name.

    Raises:
        ClientException: the name is none.
    """
    name = named.strip()
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise ClientException(
            "header", extra=[Problem(HEADER, "太长，或有看不见的字符", f"至多 {_LONGEST_NAME} 个字符")]
        )
    return {FIELD: name, "": f"{request.method} {request.url.path}"} if name else {}
