"""One clock, in the office's zone, whatever zone the machine is set to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bangfu import clock
from bangfu.errors import SettingError

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(file for part in ("core", "plugins", "web") for file in (ROOT / part).rglob("*.py"))
BEFORE_EIGHT = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
"""Half past seven in the morning of the 27th in China."""


@pytest.fixture(autouse=True)
def _no_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test begin where nobody set a zone."""
    monkeypatch.delenv(clock.VARIABLE, raising=False)
    monkeypatch.setattr(clock, "now", lambda: BEFORE_EIGHT)


def test_in_the_morning_it_is_today_in_china_though_the_machine_counts_in_utc() -> None:
    """The day is the office's, not the machine's."""
    assert clock.today() == date(2026, 11, 27)


def test_the_zone_is_set_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An office elsewhere has its own day."""
    monkeypatch.setenv(clock.VARIABLE, "America/Lima")
    assert clock.today() == date(2026, 11, 26)


def test_a_day_begins_at_midnight_of_the_office() -> None:
    """The 27th begins in China at four in the afternoon of the 26th, UTC."""
    assert clock.beginning(date(2026, 11, 27)) == datetime(2026, 11, 26, 16, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["Asia/Guiyang", "Beijing time", "../etc/passwd", "Asia"])
def test_a_zone_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    """The message names the variable, what was found and what is expected."""
    monkeypatch.setenv(clock.VARIABLE, wrong)
    with pytest.raises(SettingError, match="Asia/Shanghai") as caught:
        clock.today()
    assert (caught.value.name, caught.value.found) == ("BANGFU_ZONE", wrong)


def asked_of_the_machine(file: Path) -> Iterator[int]:
    """Yield the lines on which a file asks the machine for the day or the moment, or for its zone."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        asks = False
        if isinstance(node, ast.Attribute):  # handed on it is a clock too: ``today=date.today``
            of_time = ast.unparse(node.value) in {"date", "datetime", "time", "datetime.date", "datetime.datetime"}
            asks = of_time and node.attr in {"today", "now", "utcnow", "localtime"}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asks = node.func.attr == "astimezone" and not node.args
        if asks:
            yield node.lineno


def test_nothing_but_the_clock_asks_the_machine() -> None:
    """A second clock would be in another zone some day."""
    found = [f"{file.name}:{line}" for file in CODE if file.name != "clock.py" for line in asked_of_the_machine(file)]
    assert not found
