"""How the journal's entries hang together: numbers without gaps, moments in order, each hashed over the one before.

Where the registry has a key, the hashes are made with it: nobody who can only write to the database can rewrite the
journal so that it looks sound. Cutting off its end is seen by a hash that was noted elsewhere (``expected``). The
keys stand with the journal's head.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, select, update

from bangfu import clock
from bangfu.messages import _
from bangfu_office.registry.database import Database
from bangfu_office.registry.errors import ClockError, JournalError, RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import COLUMNS, CONTENT, Entry, Operation, Part, entries, said_when
from bangfu_office.registry.schema import NOTHING, insert_many, journal, journal_head
from bangfu_office.registry.serialization import json_bytes

CORRECTED = "clock"
"""The operation of the one entry that may bear an earlier moment than the one before it."""
OPERATIONS = (
    Operation(CORRECTED, _("更正时刻"), (Part("at", _("此前最后一条的时刻"), said_when),)),
    Operation("key", _("更换密钥")),
)

LONGEST_PAUSE = timedelta(days=92)
"""How long after the last entry another may be written; beyond it the clock is likelier wrong than the office idle."""
SMALL_STEP = timedelta(minutes=5)
"""How far a clock may be set back, as clocks are when they are compared over the network."""

_content = attrgetter(*CONTENT)


@frozen
class Head:
    """The journal's last entry: its number (0 for an empty journal), hash and moment.

    ``keys`` is what the registry keeps of its keys, None where it was begun without.
    """

    seq: int
    hash: str
    at: str = ""
    keys: str | None = field(default=None, eq=False, repr=False)

    @property
    def is_ahead(self) -> bool:
        """Whether it bears a moment that has not come yet by this machine's clock."""
        return bool(self.at) and datetime.fromisoformat(self.at) > clock.now() + SMALL_STEP


def read_head(connection: Connection, *, lock: bool = False) -> Head:
    """Return the journal's head; with ``lock``, nobody else writes meanwhile; JournalError where it is gone."""
    query = select(journal_head.c.seq, journal_head.c.hash, journal_head.c.at, journal_head.c.key_check)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise JournalError(1, _("及以后是否齐全无从核对：日志的末尾登记不见了"))
    return Head(row.seq, row.hash, row.at, row.key_check)


def moment() -> str:
    """Return now, as the journal writes it."""
    return clock.stored(clock.now())


def moment_after(head: Head) -> str:
    """Return the moment of an entry that is written now; ClockError where the clock is far from the last one's."""
    if not head.at:
        return moment()
    now, last = clock.now(), datetime.fromisoformat(head.at)
    if not last - SMALL_STEP <= now <= last + LONGEST_PAUSE:
        raise ClockError(now, last)
    return max(head.at, clock.stored(now))


def hashed(encryption: FieldEncryption, entry: Entry, before: str) -> str:
    """Return the hash of an entry over that of the entry before."""
    return _hashed(encryption, before, entry.seq, entry.at, _content(entry))


def _hashed(encryption: FieldEncryption, before: str, seq: int, at: str, content: Iterable[Any]) -> str:
    return encryption.digest(seq, json_bytes([before, seq, at, *content]))


def append(connection: Connection, head: Head, new: Iterable[Entry], at: str, encryption: FieldEncryption) -> Head:
    """Append entries of a moment, numbered and hashed, after a locked head; return the new head."""
    seq, before = head.seq, head.hash
    rows = []
    for entry in new:
        seq += 1
        content = _content(entry)
        before = _hashed(encryption, before, seq, at, content)
        rows.append(dict(zip(COLUMNS, (seq, at, *content, before), strict=True)))
    if not rows:
        return head
    insert_many(connection, journal, rows)
    connection.execute(update(journal_head).values(seq=seq, hash=before, at=at, key_check=encryption.stored))
    return Head(seq, before, at, encryption.stored)


def verify(connection: Connection, encryption: FieldEncryption, expected: Sequence[tuple[int, str]] = ()) -> Head:
    """Return the journal's head after every entry was checked against the one before; as ``Registry.verify``.

    KeyChangedError where the registry has other keys by now than this encryption.
    """
    noted = dict(expected)
    head = read_head(connection)
    if head.seq:
        encryption.is_that_of(head.keys)
    last = Head(0, NOTHING)
    for entry in entries(connection):
        _follows(entry, last, head, encryption)
        if noted.pop(entry.seq, entry.hash) != entry.hash:
            raise JournalError(entry.seq, _("与先前记下的校验值不同：日志被整段重写"))
        last = Head(entry.seq, entry.hash, entry.at)
    if head.seq > last.seq:
        raise JournalError(last.seq + 1, _("缺失（共应有 {seq} 条）", seq=head.seq))
    if head.hash != last.hash:
        raise JournalError(last.seq, _("之后有未登记的条目，或校验值不符"))
    if head.at != last.at:
        raise JournalError(last.seq, _("的时刻与末尾登记的不符：末尾登记被改动"))
    if connection.execute(select(journal.c.seq).where(journal.c.seq < 1)).first():
        raise JournalError(1, _("之前有不是登记库写入的条目"))
    if noted:
        raise JournalError(min(noted), _("缺失（先前记下过它的校验值）"))
    return last


def _follows(entry: Entry, last: Head, head: Head, encryption: FieldEncryption) -> None:
    if entry.seq != last.seq + 1:
        raise JournalError(last.seq + 1, _("缺失（其后是第 {seq} 条）", seq=entry.seq))
    if hashed(encryption, entry, last.hash) != entry.hash:
        raise JournalError(entry.seq, _("与写入时不同：内容被改动，或被调换、插入"))
    if entry.seq > head.seq:
        raise JournalError(entry.seq, _("不是登记库写入的"))
    if entry.at < last.at and entry.operation != CORRECTED:
        raise JournalError(entry.seq, _("的时刻早于前一条：不是登记库写入的"))


def vault_of(database: Database, secret: str) -> FieldEncryption:
    """Return the encryption of a registry, as ``FieldEncryption.of``; an empty one gets keys if a secret is given."""
    with database.reading() as connection:
        head = read_head(connection)
    if head.seq:
        return FieldEncryption.of(head.keys, secret)
    return _begun(database, secret) if secret else FieldEncryption()


def _begun(database: Database, secret: str) -> FieldEncryption:
    with database.writing() as connection:
        head = read_head(connection, lock=True)
        if head.seq:
            return FieldEncryption.of(head.keys, secret)  # somebody else was quicker
        try:
            if head.keys is not None:
                return FieldEncryption.of(head.keys, secret)
        except RegistryError:
            pass  # begun with another key, and nothing was ever written
        encryption = FieldEncryption.begun(secret)
        connection.execute(update(journal_head).values(key_check=encryption.stored))
        return encryption
