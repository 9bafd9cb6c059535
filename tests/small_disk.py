"""A disk of some kilobytes, which is full soon: one in memory, mounted over a folder for the time of a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk over a folder; skip the test where we may not."""
    folder.mkdir(exist_ok=True)
    own = f"size={kilobytes}k,uid={os.getuid()},gid={os.getgid()}"
    if not shutil.which("mount") or not _done("mount", "-t", "tmpfs", "-o", own, "tmpfs", folder):
        pytest.skip("no disk can be mounted here; be root, or let sudo mount one")
    try:
        yield folder
    finally:
        _done("umount", folder)


def _done(*words: object) -> bool:
    command = [*map(str, words)]
    ways = [command] if os.getuid() == 0 else [["sudo", "-n", *command]]
    return any(subprocess.run(way, capture_output=True, check=False).returncode == 0 for way in ways)


def fill(folder: Path) -> Path:
    """Fill a disk to its last byte and return the file that does."""
    file = folder / "fills"
    with file.open("wb", buffering=0) as opened:
        for piece in (4096, 1):
            with suppress(OSError):
                while opened.write(bytes(piece)):
                    pass
    return file


def printed_into(file: IO[bytes], *words: str, unbuffered: str) -> tuple[int, str]:
    """Run a command that prints into a file, in a process of its own; return its code and what it complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "bangfu", *words],
        stdout=file,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
    )
    return done.returncode, done.stderr
