"""The machine's clock, set by a test.

A test module asks for it by ``pytest_plugins = ["set_clock"]``. PYTEST_DONT_REWRITE: it may import names from here
before pytest reads that line.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bangfu import clock

SetClock = Callable[[datetime], None]
YEARS = timedelta(days=30 * 365)
"""How far off a clock may be whose battery is empty, or whose date somebody mistyped."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return what sets the machine's clock, which stands from then on."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to
