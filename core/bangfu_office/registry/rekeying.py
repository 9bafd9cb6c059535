"""Which keys a registry works with: begun where it is empty, brought up to date, changed in place."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from bangfu.facts import Catalog
from bangfu.messages import _
from bangfu_office.registry.chain import moment_after, read_head
from bangfu_office.registry.database import Database
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Attribution
from bangfu_office.registry.operations import Operation
from bangfu_office.registry.schema import journal_head, members
from bangfu_office.registry.state import read_facts
from bangfu_office.registry.tables import found_by
from bangfu_office.registry.work import Work

_BATCH = 2000
OPERATIONS = (Operation("key", _("更换密钥")),)


def vault_of(database: Database, secret: str) -> FieldEncryption:
    """Return the encryption of a registry; an empty one gets keys, locked with the secret, where one is given.

    Raises:
        RegistryError: it was begun with another key, with none, or with one where none is given.
    """
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


def change_key(database: Database, catalog: Catalog, encryption: FieldEncryption, secret: str, by: Attribution) -> None:
    """Lock the registry's keys with another secret, and seal, find and hash with new ones from now on; journalled.

    What was sealed before stays as it is: the old keys, which open it, are locked with the new secret as well. Whoever
    has the registry open keeps the old keys, and has to open it again.

    Raises:
        RegistryError: the registry was begun without a key.
    """
    if not encryption.sealing:
        raise RegistryError(_("登记库开始时没有密钥，没有可更换的；要加密请另建登记库，再导出、导入"))
    with database.writing() as connection:
        head = read_head(connection, lock=True)
        encryption.is_that_of(head.keys)
        renewed = encryption.renewed(secret, head.seq + 1)
        work = Work(connection, catalog, renewed, by, head, moment_after(head))
        work.note("key", None)
        work.flush()
        _index_again(connection, renewed)


def _index_again(connection: Connection, encryption: FieldEncryption) -> None:
    """Write what people are found by anew, for it is a keyed hash."""
    known = update(members).where(members.c.id == bindparam("known"))
    ids = connection.execute(select(members.c.id).order_by(members.c.id)).scalars().all()
    for start in range(0, len(ids), _BATCH):
        wanted = select(members.c.id, members.c.statements).where(members.c.id.in_(ids[start : start + _BATCH]))
        rows = [
            {"known": row.id, **found_by(read_facts(row.statements), encryption)} for row in connection.execute(wanted)
        ]
        connection.execute(known, rows)
