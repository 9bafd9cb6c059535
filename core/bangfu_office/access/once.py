"""What is sent twice is written once: two clicks on a button are one intention, as are two tries of a program.

The same token with the same content is the same request; a form that was gone back to and filled in otherwise is
another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from bangfu_office.access.actor import Actor
from bangfu_office.registry import Work
from bangfu_office.registry.duplicates import answered, remember
from bangfu_office.sessions.own_tables import hash_of


def once(actor: Actor, work: Work, sent: Mapping[str, Any], write: Callable[[], str]) -> str:
    """Return what ``write`` returns, or returned when the same came before from the same user.

    ``sent`` is all that was sent, the token among it.
    """
    key = _key(actor, sent)
    before = answered(work, key)
    if before is not None:
        return before
    answer = write()
    remember(work, key, answer)
    return answer


def _key(actor: Actor, sent: Mapping[str, Any]) -> str:
    text = json.dumps([actor.user.name, sorted(sent.items())], ensure_ascii=False, default=str)
    return hash_of(text)
