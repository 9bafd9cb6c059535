"""Backup and restore: a whole registry in one file that either database takes in again.

A ZIP of one JSON-lines file for each table and a manifest with the number of rows and the SHA-256 of
each, and the journal's last number and hash. Sealed values stay sealed: the key is not in the backup, and has to be
given for it to be checked and restored.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any

from attrs import frozen
from sqlalchemy import Connection, Table, func, insert, select, update

from bangfu.private import written
from bangfu_office.registry import chain
from bangfu_office.registry.assessments import rows_of_whole
from bangfu_office.registry.chain import Head
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.opening import REVISION
from bangfu_office.registry.registry import Registry
from bangfu_office.registry.schema import TABLES, assessment_supports, assessments, journal_head, policies
from bangfu_office.registry.serialization import json_bytes

_FORMAT = 1
_BATCH = 2000
_MANIFEST = "manifest.json"
_RESULTS = "0002"
"""The revision since which the results of assessments are rows."""
_ORDER = (policies, *(table for table in TABLES if table is not policies))
"""Referenced tables first."""


@frozen
class Backup:
    """What a backup holds: rows by table, and the journal's head."""

    rows: Mapping[str, int]
    head: Head


def backup(registry: Registry, path: str | Path) -> Backup:
    """Write a registry, as it is at one moment, to a new file that only its owner can read.

    Raises:
        RegistryError: the file exists.
        OSError: it cannot be written.
    """
    target = Path(path)
    if target.exists():
        raise RegistryError(f"{target.name} 已存在；请换一个文件名，旧的备份不会被覆盖")
    with (
        written(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        registry.database.reading() as connection,
    ):
        head = chain.verify(connection, registry.encryption)
        tables = {}
        for table in _ORDER:
            with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                tables[table.name] = _write_table(connection, table, lines)
        manifest = {
            "format": _FORMAT,
            "revision": REVISION,
            "made_at": chain.moment(),
            "journal": {"seq": head.seq, "hash": head.hash},
            "tables": tables,
        }
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=2))
        return Backup({name: table["rows"] for name, table in tables.items()}, head)


def _write_table(connection: Connection, table: Table, file: IO[bytes]) -> dict[str, Any]:
    rows, digest = 0, hashlib.sha256()
    query = select(table).order_by(*table.primary_key.columns)
    with connection.execution_options(yield_per=_BATCH).execute(query) as found:
        for row in found.mappings():
            line = json_bytes(dict(row)) + b"\n"
            file.write(line)
            digest.update(line)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}


def restore(registry: Registry, path: str | Path) -> Backup:
    """Take a backup into an empty registry, all of it or nothing, and check it.

    It comes with keys of its own: a registry that has a key has to be opened again before it is used.

    Raises:
        RegistryError: the registry holds something, the file is no whole backup, or the key that was given is not
            that of the registry it was made of.
        JournalError: the backup's journal is not what was written.
        OSError: the file cannot be read.
    """
    name = Path(path).name
    try:
        with zipfile.ZipFile(path) as archive, registry.database.writing() as connection:
            if chain.read_head(connection, lock=True).seq:
                raise RegistryError("登记库不是空的；备份只能恢复到新的登记库")
            return _read(connection, archive, name, registry.encryption)
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise RegistryError(f"{name} 不是完整的 bangfu 备份；请换一个备份文件") from None


def _read(connection: Connection, archive: zipfile.ZipFile, name: str, encryption: FieldEncryption) -> Backup:
    manifest = json.loads(archive.read(_MANIFEST))
    if manifest["format"] != _FORMAT or manifest["revision"] > REVISION:
        raise RegistryError(f"{name} 由更新版本的 bangfu 备份；请升级后再恢复")
    for table in _ORDER:
        if manifest["revision"] < _RESULTS and table is assessment_supports:
            continue
        kept = manifest["tables"][table.name]
        with archive.open(f"{table.name}.jsonl") as file:
            digest = _read_table(connection, table, file, manifest["revision"])
        stored = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if (stored, digest) != (kept["rows"], kept["sha256"]):
            raise RegistryError(f"{name} 中的 {table.name} 已损坏；请换一个备份文件")
    noted = manifest["journal"]
    own = encryption.with_the_keys(chain.read_head(connection).keys)
    head = chain.verify(connection, own, [(noted["seq"], noted["hash"])] if noted["seq"] else [])
    return Backup({table: kept["rows"] for table, kept in manifest["tables"].items()}, head)


def _read_table(connection: Connection, table: Table, file: IO[bytes], revision: str) -> str:
    digest = hashlib.sha256()
    while lines := list(islice(file, _BATCH)):
        digest.update(b"".join(lines))
        rows = [json.loads(line) for line in lines]
        if table is journal_head:
            connection.execute(update(journal_head).values(rows[0]))
        elif table is assessments and revision < _RESULTS:
            _insert_whole(connection, rows)
        else:
            connection.execute(insert(table), rows)
    return digest.hexdigest()


def _insert_whole(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert assessments of a registry that kept plans whole, with the rows that follow from them."""
    made = [rows_of_whole(row) for row in rows]
    connection.execute(insert(assessments), [row for row, _ in made])
    if supports := [support for _, own in made for support in own]:
        connection.execute(insert(assessment_supports), supports)
