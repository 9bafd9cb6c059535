"""Slowing down whoever guesses passwords: each wrong one makes the next try wait longer.

Whoever comes with a browser that a user signed in with before is counted by that browser alone: what strangers do with
the name does not touch it, what they do from the same address hardly. For everybody else what counts first is the name
together with the address: whoever mistypes waits alone. A name from anywhere and an address with any name are slowed
down too, but later and for less long.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TypeAlias

from attrs import define, field, frozen

from bangfu_office.sessions.own_tables import hash_of


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
