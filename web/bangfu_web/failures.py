"""When the server cannot (办不成): with which status that is answered, why, and what was written before it failed.

A full disk is 507, a database that is away, locked or asked by too many is 503 and may be tried again; on pages and the
API alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from bangfu.errors import BangfuError
from bangfu.unwritable import UnwritableError, reason_of
from bangfu_office.registry import ClockError, Commits, DatabaseFullError, DatabaseUnusableError, KeyChangedError
from bangfu_office.sheets import ImportStoppedError
from bangfu_web.desk import Req
from bangfu_web.pdf import NoPdfError
from bangfu_web.work_queues import RETRY_AFTER

COMMITS = "commits"
"""What a request has written so far, in its state."""


@frozen
class Failure:
    """What the server could not do: the status, the reason in lines, and headers of the answer."""

    status: int
    lines: list[str]
    headers: Mapping[str, str] = field(factory=dict)


def failure_of(error: Exception) -> Failure | None:
    """Return what an error means for the server; None where it is about what was asked, or nobody foresaw it."""
    lines = error.lines if isinstance(error, BangfuError) else []
    match error:
        case ImportStoppedError():
            return evolve(failure_of(error.cause) or Failure(503, []), lines=lines)
        case DatabaseFullError() | UnwritableError():
            return Failure(507, lines)
        case DatabaseUnusableError():
            return Failure(503, lines, RETRY_AFTER)
        case NoPdfError() | ClockError() | KeyChangedError():
            return Failure(503, lines)
        case OSError() if reason := reason_of(error):
            return Failure(507, [reason])
        case _:
            return None


class Written(StrEnum):
    """What a request had written when it failed; a program reads the value."""

    NOTHING = "no"
    SOME = "some"
    UNKNOWN = "unknown"


def written(request: Req) -> Written:
    """Return what a request has written so far; when somebody was last seen does not count."""
    commits: Commits = request.scope["state"].get(COMMITS) or Commits()
    if commits.number:
        return Written.SOME
    return Written.UNKNOWN if commits.unknown else Written.NOTHING
