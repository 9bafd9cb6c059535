"""Files that wait to be fetched, such as rejected rows: sealed, for their own user alone, for an hour.

They hold personal data. Each lies in a folder that only we can open, sealed with a key that is kept nowhere but in
the link to it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path
from threading import Timer

from cryptography.fernet import Fernet, InvalidToken

_SECONDS = 3600
_PADDING = "="
"""A key in base64 ends with one; it is left out of links."""


def keep(user: str, content: bytes) -> str:
    """Keep a file for a user and return the key by which it is fetched."""
    sweep()
    key = Fernet.generate_key().decode().rstrip(_PADDING)
    path = _path(user, key)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(Fernet(f"{key}{_PADDING}").encrypt(content))
    timer = Timer(_SECONDS, path.unlink, kwargs={"missing_ok": True})
    timer.daemon = True
    timer.start()
    return key


def fetch(user: str, key: str) -> bytes | None:
    """Return a file that was kept for a user; None where there is none of this key, or the hour is over."""
    sweep()
    try:
        return Fernet(f"{key}{_PADDING}").decrypt(_path(user, key).read_bytes(), ttl=_SECONDS)
    except (OSError, ValueError, InvalidToken):
        return None


def sweep() -> None:
    """Remove the files whose hour is over, those of a process that has ended among them."""
    for path in _folder().iterdir():
        try:
            if path.stat().st_mtime < time.time() - _SECONDS:
                path.unlink()
        except FileNotFoundError:
            continue  # another process was quicker


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
