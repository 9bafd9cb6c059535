"""Files that wait to be fetched, such as rejected rows: sealed, for their own user alone, for an hour.

They hold personal data. Each lies in a folder that only we can open, sealed with a key that is kept nowhere but in
the link to it. One task of each process (``sweeping``) removes those whose hour is over, though nobody comes.
Uploads are worked on in the same folder, so that a process that is killed at it leaves nothing for longer either.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from litestar import Litestar

_SECONDS = 3600
_LONGEST_PAUSE = 60.0
"""Seconds between two looks at the folder: another process may have kept something since."""
_PADDING = "="
"""A key in base64 ends with one; it is left out of links."""


def keep(user: str, content: bytes) -> str:
    """Keep a file for a user and return the key by which it is fetched.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    sweep()
    key = Fernet.generate_key().decode().rstrip(_PADDING)
    path = _path(user, key)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(Fernet(f"{key}{_PADDING}").encrypt(content))
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return key


@contextmanager
def workplace() -> Iterator[Path]:
    """Give a folder to work on spreadsheets in; removed at the end, and where the process is killed, within the hour.

    Raises:
        OSError: it cannot be made, or not by us alone.
    """
    with tempfile.TemporaryDirectory(prefix="work-", dir=_folder(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def fetch(user: str, key: str) -> bytes | None:
    """Return a file that was kept for a user; None where there is none of this key, or the hour is over."""
    try:
        sweep()
        return Fernet(f"{key}{_PADDING}").decrypt(_path(user, key).read_bytes(), ttl=_SECONDS)
    except (OSError, ValueError, InvalidToken):
        return None


def sweep() -> float:
    """Remove the files whose hour is over, those of a process that has ended among them.

    Returns:
        Seconds until the hour of the next one is over; an hour where none is left.

    Raises:
        OSError: the folder cannot be made or read, or is not ours alone.
    """
    left = float(_SECONDS)
    for path in _folder().iterdir():
        try:
            lasts = path.stat().st_mtime + _SECONDS - time.time()
            if lasts < 0 and path.is_dir():
                shutil.rmtree(path)
            elif lasts < 0:
                path.unlink()
            else:
                left = min(left, lasts)
        except OSError:
            continue  # another process was quicker, or the disk is read-only by now; the other files are looked at
    return left


@asynccontextmanager
async def sweeping(_app: Litestar) -> AsyncIterator[None]:
    """Sweep for as long as the desk runs: one task, however many files there are."""
    task = asyncio.create_task(_sweep_again_and_again())
    try:
        yield
    finally:
        task.cancel()


async def _sweep_again_and_again() -> None:
    while True:
        try:
            left = await asyncio.to_thread(sweep)
        except OSError as error:
            # A disk that is full or a folder of somebody else: the next look may find it mended.
            logging.getLogger("bangfu_web").error("sweeping files handed back: %s", type(error).__name__)  # noqa: TRY400
            left = _LONGEST_PAUSE
        await asyncio.sleep(min(left + 0.1, _LONGEST_PAUSE))


def _path(user: str, key: str) -> Path:
    return _folder() / hashlib.sha256(f"{key} {user}".encode("utf-8", "surrogatepass")).hexdigest()


def _folder() -> Path:
    """Return the folder of all processes of this account.

    Raises:
        PermissionError: somebody else made it, to read along.
    """
    own = os.getuid() if hasattr(os, "getuid") else None
    folder = Path(tempfile.gettempdir()) / f"bangfu-handed-back-{'' if own is None else own}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if own is not None and (found.st_uid != own or found.st_mode & 0o077 or folder.is_symlink()):
        raise PermissionError(f"{folder} is not ours alone")
    return folder
