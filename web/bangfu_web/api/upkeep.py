"""What keeps a registry current: rechecks asked for and done, households closed."""

from __future__ import annotations

from typing import Any

from litestar.di import NamedDependency
from litestar.params import FromPath

from bangfu.facts import Day, Text
from bangfu_office.access.permissions import Action
from bangfu_office.registry import Work
from bangfu_web.api.changing import BECAUSE, VERSION, Answer, changed, done
from bangfu_web.api.declare import Doc, post
from bangfu_web.api.sent import Sent
from bangfu_web.api.shapes import Key
from bangfu_web.desk import actor_of
from bangfu_web.request import Req

_LONGEST_REASON = 200
_WHY = Key(Text(longest=_LONGEST_REASON), "原因", required=True)
_CLOSE = {**VERSION, **BECAUSE, "reason": _WHY}
_RECHECK = {"due": Key(Day(), "到期日", required=True), **VERSION, **BECAUSE, "reason": _WHY}


@post("/households/{number:str}/close", may=Action.CHANGE, doc=Doc("Done", takes=_CLOSE))
def close(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Close a household; it stays readable and takes no more changes."""
    actor, given = actor_of(request), sent.read(_CLOSE)

    def write(work: Work) -> Answer:
        work.close(number, given["reason"])
        return done(work, number)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/rechecks", may=Action.CHANGE, doc=Doc("Done", takes=_RECHECK, status=201))
def recheck(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Note that a household has to be looked at again by a day."""
    actor, given = actor_of(request), sent.read(_RECHECK)

    def write(work: Work) -> Answer:
        work.recheck(number, given["due"], given["reason"])
        return done(work, number)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/rechecks/done", may=Action.CHANGE, doc=Doc("Done", takes=_RECHECK))
def rechecked(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Note that a recheck was done; due day and reason say which."""
    actor, given = actor_of(request), sent.read(_RECHECK)
    record = actor.record(number)
    covered = actor.office.registry.cover(record).record.rechecks
    # Who has read of the recheck has read its reason masked.
    real = dict(zip(covered, record.rechecks, strict=True))

    def write(work: Work) -> Answer:
        _, reason = real.get((given["due"].isoformat(), given["reason"]), ("", given["reason"]))
        work.rechecked(number, given["due"], reason)
        return done(work, number)

    return changed(request, given, write, actor.record(number))


ROUTES = (close, recheck, rechecked)
