"""The clock: which day it is where the office is, whatever zone the machine is set to.

A container without ``TZ`` counts in UTC: until eight in the morning it has yesterday's date, and deadlines, ages and
the policy in force with it. So nothing else in bangfu asks the machine for the day or shows a moment.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from bangfu.errors import SettingError

VARIABLE = "BANGFU_ZONE"
"""The variable of the environment that names the office's time zone."""
DEFAULT = "Asia/Shanghai"


def zone() -> ZoneInfo:
    """Return the office's time zone; a ``SettingError`` says that ``BANGFU_ZONE`` names none."""
    return _zone(os.environ.get(VARIABLE) or DEFAULT)


@cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder of the zones' own, a path out of it
        raise SettingError(VARIABLE, name, f"{DEFAULT} 这样的时区名称") from None


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the office's calendar day."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """Return a moment as the office's clock on the wall shows it."""
    return moment.astimezone(zone())


def beginning(day: date) -> datetime:
    """Return the moment, in UTC, at which a day begins for the office."""
    return datetime.combine(day, time.min, zone()).astimezone(UTC)


def stored(moment: datetime) -> str:
    """Return a moment as it is kept: in UTC, so that texts are in order as moments are."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def shown(moment: datetime) -> str:
    """Return a moment as people here read it: the local day and minute."""
    return f"{local(moment):%Y-%m-%d %H:%M}"
