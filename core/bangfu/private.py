"""Files with personal data (个人信息): readable by their owner alone, whatever the umask of whoever runs us.

A file of ours is made here, and only then given to whatever fills it (SQLite, Polars, XlsxWriter), which keeps its
rights. On Windows rights come from the folder.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from bangfu.unwritable import written_by_polars

_FILE, _FOLDER = 0o600, 0o700


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can open, and those above it, where there is none; not where a file stands."""
    if folder.is_dir():
        return
    if folder.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    make_folder(folder.parent)
    folder.mkdir(_FOLDER, exist_ok=True)


def make_file(file: Path) -> None:
    """Make an empty file that only its owner can read; a ``FileExistsError`` says that there is one already."""
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))


@contextmanager
def written(file: Path, within: Path | None = None) -> Iterator[Path]:
    """Give an empty file, beside the file or in another folder, that takes its name when all is written, not before."""
    beside = (within or file.parent) / f".{file.name}.{uuid4().hex}"
    try:
        make_file(beside)
        with written_by_polars(beside):
            yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def make_private(file: Path) -> None:
    """Make a file where there is none; take one that everybody may use away from all but its owner, if it is ours.

    Such a one was made by an earlier version, with the rights that the umask left. Rights that a group has where others
    have none were given on purpose; they stay.
    """
    with suppress(FileExistsError):
        make_file(file)
    with suppress(OSError):  # somebody else's, or a disk that knows no rights
        if file.stat().st_mode & stat.S_IRWXO:
            file.chmod(_FILE)
