"""Forms that are sent twice are written once: two clicks on a button are one intention.

Each form carries a token of its own. The same token with the same content is the same request; a form that was gone
back to and filled in otherwise is another one.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping

from bangfu.registry import Work
from bangfu.registry.repeats import answered, remember
from bangfu_web.desk import Visit

FIELD = "_once"


def fresh() -> str:
    """Return the token of a form that is drawn."""
    return secrets.token_urlsafe(16)


def once(visit: Visit, work: Work, values: Mapping[str, str], write: Callable[[], str]) -> str:
    """Return what ``write`` returns, or returned when the same form came before; a form without a token is written."""
    if not values.get(FIELD):
        return write()
    key = _key(visit, values)
    before = answered(work, key)
    if before is not None:
        return before
    answer = write()
    remember(work, key, answer)
    return answer


def _key(visit: Visit, values: Mapping[str, str]) -> str:
    sent = json.dumps([visit.user.name, sorted(values.items())], ensure_ascii=False)
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
