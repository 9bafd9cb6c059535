"""Somebody to whom permissions mean something, and a folder that they may use.

A test module asks for it by ``pytest_plugins = ["permissions"]``. PYTEST_DONT_REWRITE: it may import names from here
before pytest reads that line.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from postgresql_server import NOBODY


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be somebody to whom permissions mean something, where we are root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def as_before() -> Iterator[None]:
    """Within ``as_nobody``, be who we were."""
    nobody = os.geteuid()
    os.seteuid(os.getuid())
    try:
        yield
    finally:
        os.seteuid(nobody)


@pytest.fixture
def public() -> Iterator[Path]:
    """Yield a folder that everybody may use."""
    folder = Path(mkdtemp(prefix="bangfu-test-"))
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)
