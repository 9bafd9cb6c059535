"""The security log: who signed in or could not, who was refused, on standard error, one line of JSON each.

It holds nobody's name or address: of both it has a reference, eight hex digits of their SHA-256, by which the
lines of one user or one visitor can be put together. ``bangfu user list`` shows each user's.
"""

from __future__ import annotations

import json
import logging
import time

from bangfu_office.registry.users import reference

_log = logging.getLogger("bangfu_office.security")


def note(event: str, *, user: str = "", address: str = "", route: str = "", **numbers: int) -> None:
    """Write an event; ``route`` is the pattern of a path, never the path, which can hold a household's number."""
    known = {"user": user and reference(user), "from": address and reference(address), "route": route}
    told = {name: value for name, value in known.items() if value}
    _log.info("%s", json.dumps({"event": event, **told, **numbers}))


def start_log(*others: str) -> None:
    """Send the log, and those of other names, to standard error, each line with its moment in UTC."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    if handler.formatter:
        handler.formatter.converter = time.gmtime
    for name in ("bangfu_office", *others):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(logging.INFO)
