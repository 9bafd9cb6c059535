"""Brakes (限次): nobody who is signed in reads, reveals or takes out more than any day's work needs.

They count by user, over pages and API, tokens with their user. Each has so many at once, which come back evenly over
the hour or the day; whoever has none left is told for how long to wait. (``login_throttle`` is another thing: there
each wrong password makes the next try wait longer, and a right one makes everything forgotten.) Each worker counts by
itself, in memory.
"""

from __future__ import annotations

import math
import time
from threading import Lock

from attrs import define, field, frozen

from bangfu.errors import BangfuError
from bangfu.messages import _

_HOUR, _DAY = 3600.0, 86_400.0
_LONG = 120
"""Seconds from which on a wait is told in minutes."""


class TooManyRequestsError(BangfuError):
    """Somebody asked for too much; ``wait`` is for how many seconds no more is given."""

    def __init__(self, text: str, wait: int) -> None:
        self.wait = wait
        super().__init__(text)


@frozen
class Budget:
    """What is counted: its name in the log, which setting says how many there are, how long all take to come back."""

    name: str
    setting: str
    seconds: float
    told: str

    def refused(self, most: int, wait: int) -> TooManyRequestsError:
        """Return the error of somebody who asked for more than ``most``, and has to wait for some seconds."""
        again = _("{wait} 秒", wait=wait) if wait < _LONG else _("{minutes} 分钟", minutes=math.ceil(wait / 60))
        text = _(
            "{told}（至多 {most} 次），请 {again}后再试；工作确实需要的，请管理员调高上限",
            told=self.told,
            most=most,
            again=again,
        )
        return TooManyRequestsError(text, wait)


PAGES = Budget("pages", "pages_an_hour", _HOUR, _("一小时内的请求太多"))
REVEALS = Budget("reveals", "reveals_an_hour", _HOUR, _("一小时内显示姓名和证件号码的次数太多"))
TAKEN_OUT = Budget("exports", "exports_a_day", _DAY, _("一天内导出的次数太多"))


@define
class RateLimits:
    """How much of each budget every user has left, and since when."""

    _left: dict[tuple[str, str], tuple[float, float]] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False)

    def wait(self, budget: Budget, most: int, user: str) -> int:
        """Take one of a user's; return 0, or where none is left, in how many seconds there will be one."""
        now, each = time.monotonic(), budget.seconds / most
        with self._lock:
            left, since = self._left.get((budget.name, user), (float(most), now))
            left = min(float(most), left + (now - since) / each)
            if left < 1:
                return math.ceil((1 - left) * each)
            self._left[budget.name, user] = (left - 1, now)
        return 0
