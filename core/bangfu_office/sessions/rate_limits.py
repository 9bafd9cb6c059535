"""Brakes (限次): who is signed in takes no more than any day's work needs, and who guesses passwords waits ever longer.

``RateLimits`` count by user, over pages and API, tokens with their user. Each has so many at once, which come back
evenly over the hour or the day; whoever has none left is told for how long to wait.

``Throttle`` counts wrong passwords and codes. Whoever comes with a browser that a user signed in with before is counted
by that browser alone: what strangers do with the name does not touch it, what they do from the same address hardly. For
everybody else what counts first is the name together with the address: whoever mistypes waits alone. A name from
anywhere and an address with any name are slowed down too, but later and for less long.

Each worker counts by itself, in memory.
"""

from __future__ import annotations

import math
import time
from threading import Lock
from typing import TypeAlias

from attrs import define, field, frozen

from bangfu.errors import BangfuError
from bangfu.messages import _
from bangfu_office.sessions.own_tables import hash_of

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


@frozen
class Limit:
    """How many failures cost nothing, and the longest wait in seconds, to which it doubles from one.

    A ``lasting`` one is not forgotten when somebody succeeds.
    """

    free: int
    longest: float
    lasting: bool = False


BROWSER, PAIR, NAME, ADDRESS = Limit(5, 900), Limit(5, 900), Limit(20, 60), Limit(50, 300, lasting=True)
KNOWN_ADDRESS = Limit(50, 10, lasting=True)
"""The failures of an address as they count for a known browser."""
CODE, TOKEN = Limit(5, 900), Limit(5, 900)
Key: TypeAlias = tuple[Limit, str]
"""A limit and what is counted: the same failures can count more for one than for another."""

_FORGET = 3600.0
_MOST = 10_000


def keys_of(name: str, address: str, browser: str = "") -> tuple[Key, ...]:
    """Return what is counted of a sign-in; ``browser`` is what a known one is known by."""
    if browser:
        return (BROWSER, f"browser:{browser}"), (KNOWN_ADDRESS, f"address:{address}")
    name = hash_of(name)  # a stranger writes any, of megabytes, and each must take as little to keep
    return (PAIR, f"pair:{name}\n{address}"), (NAME, f"name:{name}"), (ADDRESS, f"address:{address}")


def code_keys(name: str, browser: str = "") -> tuple[Key, ...]:
    """Return what is counted of the codes of a user, who gave the right password already."""
    return ((CODE, f"code:{browser or hash_of(name)}"),)


@define
class Throttle:
    """Counts the failures of each key."""

    _failures: dict[str, tuple[int, float]] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False)

    def wait(self, *keys: Key) -> int:
        """Return for how many seconds these keys have to wait; 0: they may try."""
        now = time.monotonic()
        with self._lock:
            waits = [self._until(key) - now for key in keys]
        return max(0, *(int(wait) + 1 if wait > 0 else 0 for wait in waits))

    def failed(self, *keys: Key) -> None:
        """Count a failure of these keys."""
        now = time.monotonic()
        with self._lock:
            for _, counted in keys:
                count, last = self._failures.get(counted, (0, now))
                self._failures[counted] = (count + 1 if now - last < _FORGET else 1, now)
            if len(self._failures) > _MOST:
                old = [counted for counted, (_, last) in self._failures.items() if now - last > _FORGET]
                for counted in old or list(self._failures)[: _MOST // 2]:
                    del self._failures[counted]

    def succeeded(self, *keys: Key) -> None:
        """Forget the failures of these keys; of an address none, or one right password would allow many wrong ones."""
        with self._lock:
            for limit, counted in keys:
                if not limit.lasting:
                    self._failures.pop(counted, None)

    def _until(self, key: Key) -> float:
        limit, counted = key
        count, last = self._failures.get(counted, (0, 0.0))
        return last + min(limit.longest, 2.0 ** min(count - limit.free, 20)) if count >= limit.free else 0.0
