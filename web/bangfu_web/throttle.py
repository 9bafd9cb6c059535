"""Slowing down whoever guesses passwords: by name and by address, growing with every failure."""

from __future__ import annotations

import time
from threading import Lock

from attrs import define, field

_FREE = 5
_LONGEST = 900.0
_FORGET = 3600.0
_MOST = 10_000


@define
class Throttle:
    """Counts failures of a key (a name, an address); after five, each makes the next wait twice as long."""

    _failures: dict[str, tuple[int, float]] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False)

    def wait(self, *keys: str) -> int:
        """Return for how many seconds these keys have to wait; 0: they may try."""
        now = time.monotonic()
        with self._lock:
            waits = [self._until(key) - now for key in keys]
        return max(0, *(int(wait) + 1 if wait > 0 else 0 for wait in waits))

    def failed(self, *keys: str) -> None:
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

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        with self._lock:
            self._failures.pop(key, None)

    def _until(self, key: str) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        return last + min(_LONGEST, 2.0 ** (count - _FREE)) if count >= _FREE else 0.0
