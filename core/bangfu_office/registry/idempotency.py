"""A request that is sent twice (two clicks, a connection that broke off) is carried out once.

Whoever asks gives a key of the request. The answer is written in the work's own transaction, so a second sender, who
waits for the writer's turn, finds either all of it or nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from bangfu import clock
from bangfu_office.registry.schema import requests
from bangfu_office.registry.work import Work

_REMEMBERED = timedelta(days=1)
"""How long a request can come again."""


def answered(work: Work, key: str) -> str | None:
    """Return what the same request was answered before; None where it is the first."""
    return work.connection.execute(select(requests.c.answer).where(requests.c.key == key)).scalar()


def remember(work: Work, key: str, answer: str) -> None:
    """Note what a request is answered; those of another day are forgotten."""
    past = clock.stored(datetime.fromisoformat(work.at) - _REMEMBERED)
    work.connection.execute(delete(requests).where(requests.c.at < past))
    work.connection.execute(insert(requests).values(key=key, answer=answer, at=work.at))
