"""What is sent twice is written once: two clicks on a button are one intention, as are two tries of a program.

Each form that changes something carries a token of its own, and is refused without it. A program names its request by
a header, if it wants to be able to send it again. The same token with the same content is the same request; a form
that was gone back to and filled in otherwise is another one.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from bangfu.errors import BangfuError
from bangfu.messages import _
from bangfu_office.registry import Work
from bangfu_office.registry.idempotency import answered, remember
from bangfu_web.desk import Visit
from bangfu_web.tables import hash_of

FIELD = "_once"
HEADER = "idempotency-key"


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


def once(visit: Visit, work: Work, sent: Mapping[str, Any], write: Callable[[], str]) -> str:
    """Return what ``write`` returns, or returned when the same came before from the same user.

    ``sent`` is all that was sent, the token among it.
    """
    key = _key(visit, sent)
    before = answered(work, key)
    if before is not None:
        return before
    answer = write()
    remember(work, key, answer)
    return answer


def _key(visit: Visit, sent: Mapping[str, Any]) -> str:
    text = json.dumps([visit.user.name, sorted(sent.items())], ensure_ascii=False, default=str)
    return hash_of(text)
