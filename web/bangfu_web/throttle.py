"""Slowing down whoever guesses passwords: each wrong one makes the next try wait longer.

What counts first is a name together with an address: whoever mistypes waits alone. A name from anywhere and an
address with any name are slowed down too, but later and for less long, so that nobody is locked out by a stranger
who knows the name, nor an office by one of its own.
"""

from __future__ import annotations

import hashlib
import time
from threading import Lock
from typing import TypeAlias

from attrs import define, field, frozen


@frozen
class Limit:
    """How many failures cost nothing, and the longest wait in seconds, to which it doubles from one."""

    free: int
    longest: float


PAIR, NAME, ADDRESS, TOKEN = Limit(5, 900), Limit(20, 60), Limit(50, 300), Limit(5, 900)
Key: TypeAlias = tuple[Limit, str]

_FORGET = 3600.0
_MOST = 10_000


def keys_of(name: str, address: str) -> tuple[Key, ...]:
    """Return what is counted of a sign-in."""
    # A stranger writes any name, of megabytes; what is kept of each is as long as of any other.
    name = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return (PAIR, f"pair:{name}\n{address}"), (NAME, f"name:{name}"), (ADDRESS, f"address:{address}")


@define
class Throttle:
    """Counts the failures of each key."""

    _failures: dict[Key, tuple[int, float]] = field(factory=dict)
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
            for key in keys:
                count, last = self._failures.get(key, (0, now))
                self._failures[key] = (count + 1 if now - last < _FORGET else 1, now)
            if len(self._failures) > _MOST:
                old = [key for key, (_, last) in self._failures.items() if now - last > _FORGET]
                for key in old or list(self._failures)[: _MOST // 2]:
                    del self._failures[key]

    def succeeded(self, *keys: Key) -> None:
        """Forget the failures of these keys; of an address none, or one right password would allow many wrong ones."""
        with self._lock:
            for key in keys:
                if key[0] is not ADDRESS:
                    self._failures.pop(key, None)

    def _until(self, key: Key) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        limit = key[0]
        return last + min(limit.longest, 2.0 ** min(count - limit.free, 20)) if count >= limit.free else 0.0
