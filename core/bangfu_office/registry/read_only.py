"""A SQLite registry at rest (只读的登记库): on a medium, or in a folder, where nothing can be written.

SQLite keeps two files beside a registry that is in use, even to read it. Where they cannot be made it reads the file as
one that nobody changes (``immutable``), without locks. That nobody changes it is known by this: a program that writes
keeps its ``-wal`` or ``-journal`` beside the file as long as it may, and there is none; and whoever comes later is
noticed by the file, which is looked at before and after each transaction.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

_COMPANIONS = ("-wal", "-shm", "-journal")


@frozen
class Mark:
    """Which file it is and when it was last written; whoever wrote into it has changed this."""

    device: int
    number: int
    size: int
    written: int


def mark_of(file: Path) -> Mark | None:
    """Return the mark of a file; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return Mark(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def companions_of(file: Path) -> list[Path]:
    """Return the files that SQLite keeps beside a database in use, whether or not they are there."""
    real = file.resolve()
    return [real.with_name(f"{real.name}{end}") for end in _COMPANIONS]


def is_confined(file: Path) -> bool:
    """Return whether we can make no file beside a database."""
    effective = os.access in os.supports_effective_ids
    return not os.access(file.resolve().parent, os.W_OK, effective_ids=effective)


def is_at_rest(file: Path) -> bool:
    """Return whether a database is read as one that nobody changes: nothing can be made beside it, and nothing is."""
    return is_confined(file) and not any(companion.exists() for companion in companions_of(file))


def address_of(file: Path, mode: str, *, at_rest: bool) -> str:
    """Return the address by which SQLite opens a database in a mode; one at rest is read, whatever the mode."""
    how = "mode=ro&immutable=1" if at_rest else f"mode={mode}"
    return f"file:{quote(str(file.resolve()))}?{how}"
