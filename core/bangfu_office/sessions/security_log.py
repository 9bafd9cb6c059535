"""The security log: who signed in or could not, who was refused, on standard error, one line of JSON each.

It holds nobody's name or address: of both it has a reference, eight hex digits of their SHA-256, by which the
lines of one user or one visitor can be put together. ``bangfu user list`` shows each user's.

Of input that was refused it has the route, whose it was, the status and how often, and no value: somebody who tries the
forms out with odd values is seen there. Nobody can flood the log: of one user, address, route and status there is at
most one line a minute, with the number since the one before; of what people mistype (422) once in ten minutes.
"""

from __future__ import annotations

import json
import logging
import time
from threading import Lock
from typing import Final, TypeAlias

from attrs import define, field

from bangfu_office.registry.users import reference

_log = logging.getLogger("bangfu_office.security")


def note(event: str, *, user: str = "", address: str = "", route: str = "", **numbers: int) -> None:
    """Write an event; ``route`` is the pattern of a path, never the path, which can hold a household's number."""
    known = {"user": user and reference(user), "from": address and reference(address), "route": route}
    told = {name: value for name, value in known.items() if value}
    _log.info("%s", json.dumps({"event": event, **told, **numbers}))


def start_log(*others: str) -> None:
    """Send the log, and those of other names, to standard error, each line with its moment in UTC."""
    handler, lines = logging.StreamHandler(), "%(asctime)sZ %(levelname)s %(name)s %(message)s"
    formatter = logging.Formatter(lines, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    for name in ("bangfu_office", *others):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(logging.INFO)


INPUT, MISTAKES = "refused: input", "refused: values"
EVERY: Final[dict[str, float]] = {MISTAKES: 600.0}
MINUTE = 60.0
"""Seconds between two lines of one kind, unless ``EVERY`` says otherwise."""
MOST = 200
"""Lines of different kinds in the time of one; of more it is told together how many."""

Kind: TypeAlias = "tuple[str, str, str, str, int]"
_OTHERS: Final[Kind] = ("refused: others", "", "", "", 0)


@define
class _Counted:
    since: float
    more: int = 0


@define
class Refusals:
    """Counts what was refused since it was told, by event, user, address, route and status."""

    _counted: dict[Kind, _Counted] = field(factory=dict)
    _lock: Lock = field(factory=Lock, repr=False)

    def note(self, event: str, *, user: str = "", address: str = "", route: str = "", status: int = 0) -> None:
        """Tell of a refusal, or count it where one of its kind was told a moment ago."""
        kind: Kind = (event, user, address, route, status)
        with self._lock:
            self._tell(time.monotonic())
            if kind not in self._counted and len(self._counted) >= MOST:
                kind = _OTHERS
            if kind in self._counted:
                self._counted[kind].more += 1
                return
            self._counted[kind] = _Counted(time.monotonic())
        _line(kind, 1)

    def tell(self, *, everything: bool = False) -> None:
        """Tell how many there were of each kind whose time is over; ``everything``: of all, as at the end."""
        with self._lock:
            self._tell(float("inf") if everything else time.monotonic())

    def _tell(self, now: float) -> None:
        for kind, counted in list(self._counted.items()):
            if now - counted.since >= EVERY.get(kind[0], MINUTE):
                if counted.more:
                    _line(kind, counted.more)
                    self._counted[kind] = _Counted(time.monotonic())
                else:
                    del self._counted[kind]


def _line(kind: Kind, count: int) -> None:
    event, user, address, route, status = kind
    numbers = {name: number for name, number in (("status", status), ("count", count)) if number}
    note(event, user=user, address=address, route=route, **numbers)
