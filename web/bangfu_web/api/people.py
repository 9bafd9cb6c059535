"""Who belongs to a household: joined, left, moved, split off, merged, born, died; who heads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve
from litestar.di import NamedDependency
from litestar.params import FromPath

from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.registry import Work
from bangfu_office.registry.duplicates import must_be_newcomers
from bangfu_web.api.changing import (
    BECAUSE,
    MEMBER,
    NEVERTHELESS,
    NUMBER,
    RELATION,
    RELATIONS,
    VERSION,
    Answer,
    changed,
    done,
    must_be_fit,
    relations_in,
)
from bangfu_web.api.declare import Doc, post
from bangfu_web.api.sent import Sent
from bangfu_web.api.shapes import Key, Table
from bangfu_web.desk import actor_of
from bangfu_web.request import Req

_FACTS = Key(Table("Member"), "这名成员的事实，写法与家庭文件相同", required=True)
_JOIN = {"facts": _FACTS, **NEVERTHELESS, **VERSION, **BECAUSE}
_ONE = {"member": MEMBER, **VERSION, **BECAUSE}
_MOVE = {
    "member": MEMBER,
    "to": Key(NUMBER, "迁入那一户的编号", required=True),
    "relation": Key(RELATION, "与那一户户主的关系", required=True),
    **VERSION,
    **BECAUSE,
}
_SPLIT = {"relations": RELATIONS, "new_number": Key(NUMBER, "新户的编号，默认由登记库给出"), **VERSION, **BECAUSE}
_MERGE = {"into": Key(NUMBER, "并入那一户的编号", required=True), "relations": RELATIONS, **VERSION, **BECAUSE}
_NEW_HEAD = {"member": MEMBER, "relations": evolve(RELATIONS, required=False), **VERSION, **BECAUSE}


def _must_be_newcomer(actor: Actor, work: Work, number: str, given: Mapping[str, Any]) -> None:
    meant = given.get("nevertheless", False)
    must_be_newcomers(work, number, [given["facts"]], allowed=actor.user.covers, nevertheless=meant)


@post("/households/{number:str}/members", may=Action.CHANGE, doc=Doc("DoneMember", takes=_JOIN, status=201))
def join(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Add a person to a household."""
    actor, given = actor_of(request), sent.read(_JOIN)

    def write(work: Work) -> Answer:
        _must_be_newcomer(actor, work, number, given)
        member = work.join(number, given["facts"])
        return done(work, number, member=member)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/born", may=Action.CHANGE, doc=Doc("DoneMember", takes=_JOIN, status=201))
def born(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Add a child that was born (relation: child, unless stated); the household is due for a recheck."""
    actor, given = actor_of(request), sent.read(_JOIN)

    def write(work: Work) -> Answer:
        _must_be_newcomer(actor, work, number, given)
        member = work.born(number, given["facts"])
        return done(work, number, member=member)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/leave", may=Action.CHANGE, doc=Doc("Done", takes=_ONE))
def leave(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Let a person leave for no registered household."""
    actor, given = actor_of(request), sent.read(_ONE)

    def write(work: Work) -> Answer:
        work.leave(number, given["member"])
        return done(work, number)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/died", may=Action.CHANGE, doc=Doc("Done", takes=_ONE))
def died(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Note a death; the household is due for a recheck."""
    actor, given = actor_of(request), sent.read(_ONE)

    def write(work: Work) -> Answer:
        work.died(number, given["member"])
        return done(work, number)

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/move", may=Action.CHANGE, doc=Doc("DoneTwo", takes=_MOVE))
def move(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Move a person, with everything stated about him or her, to another household of the user's region."""
    actor, given = actor_of(request), sent.read(_MOVE)
    record, to = actor.record(number), actor.record(given["to"])

    def write(work: Work) -> Answer:
        work.move(number, given["member"], to.number, given["relation"])
        return done(work, number, other=done(work, to.number))

    return changed(request, given, write, record)


@post("/households/{number:str}/split", may=Action.CHANGE, doc=Doc("DoneTwo", takes=_SPLIT, status=201))
def split(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Make a new household of some members; ``other`` is the new one."""
    actor, given = actor_of(request), sent.read(_SPLIT)
    must_be_fit(given.get("new_number"), "new_number")

    def write(work: Work) -> Answer:
        new = work.split(number, relations_in(given), given.get("new_number"))
        return done(work, number, other=done(work, new))

    return changed(request, given, write, actor.record(number))


@post("/households/{number:str}/merge", may=Action.CHANGE, doc=Doc("DoneTwo", takes=_MERGE))
def merge(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Move everybody into another household of the user's region, and close this one."""
    actor, given = actor_of(request), sent.read(_MERGE)
    record, into = actor.record(number), actor.record(given["into"])

    def write(work: Work) -> Answer:
        work.merge(number, into.number, relations_in(given))
        return done(work, number, other=done(work, into.number))

    return changed(request, given, write, record)


@post("/households/{number:str}/new-head", may=Action.CHANGE, doc=Doc("Done", takes=_NEW_HEAD))
def new_head(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Make a member the head; the relations of the others are to the new head."""
    actor, given = actor_of(request), sent.read(_NEW_HEAD)

    def write(work: Work) -> Answer:
        work.new_head(number, given["member"], relations_in(given))
        return done(work, number)

    return changed(request, given, write, actor.record(number))


ROUTES = (join, born, leave, died, move, split, merge, new_head)
