"""Rejected rows that wait to be fetched (退回的户): a workbook in the desk's own store, for an hour.

They hold personal data. Each is sealed with a key made of its user's session id, which the browser alone holds (of the
id the store has a hash): whoever reads the store reads nothing, and after signing out nobody does. The id by which a
workbook is asked for is worth nothing without the session. Old ones go when a newer one is kept, and when their hour is
over (the desk cleans up).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Column, LargeBinary, String, Table, delete, insert, select

from bangfu import BangfuError, clock
from bangfu.messages import _
from bangfu_office.access import Office
from bangfu_office.sessions.own_tables import METADATA

LONGEST = timedelta(hours=1)
MOST = 3
"""Workbooks of one user at a time."""
MOST_BYTES = 30_000_000
"""What an upload may have, too."""

_rejects = Table(
    "web_rejects",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("user", String(100), nullable=False, index=True),
    Column("made_at", String(32), nullable=False),
    Column("content", LargeBinary, nullable=False),
)


class TooManyRejectsError(BangfuError):
    """A workbook of rejected rows that is too large to be kept."""


def keep(office: Office, user: str, session: str, content: bytes) -> str:
    """Keep a workbook for the session with this id, and return the id by which it is fetched.

    Raises:
        TooManyRejectsError: it is too large.
        DatabaseUnusableError: it cannot be kept.
    """
    n = len(content)
    if n > MOST_BYTES:
        raise TooManyRejectsError(_("文件有 {n:,} 字节，超过 {most_bytes:,} 字节", n=n, most_bytes=MOST_BYTES))
    name, own, sealed = secrets.token_hex(16), _rejects.c.user == user, _seal_of(session).encrypt(content)
    row = {"id": name, "user": user, "made_at": clock.stored(clock.now()), "content": sealed}
    beyond = select(_rejects.c.made_at).where(own).order_by(_rejects.c.made_at.desc()).offset(MOST).limit(1)
    with office.sessions.database.writing() as connection:
        connection.execute(insert(_rejects).values(row))
        newest = connection.execute(beyond).scalar()
        if newest is not None:
            connection.execute(delete(_rejects).where(own, _rejects.c.made_at <= newest))
    return name


def fetch(office: Office, user: str, session: str, name: str) -> bytes | None:
    """Return a workbook that was kept for a session; None where there is none, or its hour is over."""
    own = (_rejects.c.user == user, _rejects.c.id == name, _rejects.c.made_at > _oldest())
    with office.sessions.database.reading() as connection:
        content = connection.execute(select(_rejects.c.content).where(*own)).scalar()
    try:
        return None if content is None else _seal_of(session).decrypt(content)
    except InvalidToken:
        return None


def forget_old(office: Office) -> None:
    """Remove the workbooks whose hour is over."""
    with office.sessions.database.writing() as connection:
        connection.execute(delete(_rejects).where(_rejects.c.made_at <= _oldest()))


def _seal_of(session: str) -> Fernet:
    secret = hmac.new(session.encode("utf-8", "surrogatepass"), b"bangfu rejects", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(secret))


def _oldest() -> str:
    return clock.stored(clock.now() - LONGEST)
