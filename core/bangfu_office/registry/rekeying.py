"""Which keys a registry works with: begun where it is empty, brought up to date, changed in place."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from bangfu.messages import _
from bangfu_office.registry.chain import read_head
from bangfu_office.registry.database import Database
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Operation
from bangfu_office.registry.schema import journal_head, members
from bangfu_office.registry.sources import counting_value
from bangfu_office.registry.state import Facts, read_facts
from bangfu_office.registry.tables import indices

_BATCH = 2000
OPERATIONS = (Operation("key", _("更换密钥")),)


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


def index_again(connection: Connection, encryption: FieldEncryption) -> None:
    """Write what people are found by anew, for it is a keyed hash."""
    known = update(members).where(members.c.id == bindparam("known"))
    ids = connection.execute(select(members.c.id).order_by(members.c.id)).scalars().all()
    for start in range(0, len(ids), _BATCH):
        wanted = select(members.c.id, members.c.statements).where(members.c.id.in_(ids[start : start + _BATCH]))
        rows = [(row.id, read_facts(row.statements)) for row in connection.execute(wanted)]
        connection.execute(known, [{"known": i, **_found_by(facts, encryption)} for i, facts in rows])


def _found_by(facts: Facts, encryption: FieldEncryption) -> dict[str, str | None]:
    name, number = (encryption.opened(counting_value(facts.get(fact, {}))) for fact in ("name", "id_number"))
    return indices(name, number, encryption)
