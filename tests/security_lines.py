"""The lines of the security log, as a running desk writes them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bangfu_office.sessions import security_log


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Give what a running desk writes to standard error."""
    log, text = logging.getLogger("bangfu_web"), io.StringIO()
    before = (log.handlers, log.propagate, log.level)
    security_log.start_log("bangfu_web")
    log.handlers[0].setStream(text)  # type: ignore[attr-defined]
    yield text
    log.handlers, log.propagate = before[:2]
    log.setLevel(before[2])


def events(text: io.StringIO) -> list[dict[str, Any]]:
    """Return the events of the security log."""
    lines = [line for line in text.getvalue().splitlines() if " bangfu_office.security " in line]
    return [json.loads(line[line.index("{") :]) for line in lines]
