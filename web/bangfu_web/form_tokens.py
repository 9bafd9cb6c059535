"""The token that every form carries by which it is told from its repetition (``bangfu_office.access.actor``).

Each form that changes something carries a token of its own, and is refused without it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bangfu.errors import BangfuError
from bangfu.messages import _

FIELD = "_once"


class NotOurFormError(BangfuError):
    """A form that changes something came without its token, so that nobody could tell it from its repetition."""

    def __init__(self) -> None:
        super().__init__(_("这份表单不是从这一页打开的，或者已经不完整，什么也没有写入；请重新打开这一页再填"))


def new_token() -> str:
    """Return the token of a form that is drawn."""
    return secrets.token_urlsafe(16)


def must_have_token(form: Mapping[str, Any]) -> None:
    """Refuse a form that has no token.

    Raises:
        NotOurFormError: it has none.
    """
    if not str(form.get(FIELD, "")).strip():
        raise NotOurFormError
