"""Who belongs to a household: joined, left, moved, split off, merged, born, died; who heads it."""

from __future__ import annotations

from litestar.params import JSONBody

from bangfu_office.access import Action
from bangfu_office.households import Done, DoneMember, DoneTwo, operations
from bangfu_office.registry import Work
from bangfu_web.api.bodies import InPath, Joining, Merge, Move, NewHead, One, Split, pairs
from bangfu_web.api.declare import Once, post
from bangfu_web.desk import Req, actor_of


@post("/households/{number:str}/members", Action.CHANGE, status=201)
def join(request: Req, number: InPath, data: JSONBody[Joining], once: Once) -> DoneMember:
    """Add a person to a household."""
    return operations.arrive(actor_of(request), data.asked(once), number, Work.join, data.facts)


@post("/households/{number:str}/born", Action.CHANGE, status=201)
def born(request: Req, number: InPath, data: JSONBody[Joining], once: Once) -> DoneMember:
    """Add a child that was born (relation: child, unless stated); the household is due for a recheck."""
    return operations.arrive(actor_of(request), data.asked(once), number, Work.born, data.facts)


@post("/households/{number:str}/leave", Action.CHANGE)
def leave(request: Req, number: InPath, data: JSONBody[One], once: Once) -> Done:
    """Let a person leave for no registered household."""
    return operations.operate(actor_of(request), data.asked(once), number, Work.leave, data.member)


@post("/households/{number:str}/died", Action.CHANGE)
def died(request: Req, number: InPath, data: JSONBody[One], once: Once) -> Done:
    """Note a death; the household is due for a recheck."""
    return operations.operate(actor_of(request), data.asked(once), number, Work.died, data.member)


@post("/households/{number:str}/move", Action.CHANGE)
def move(request: Req, number: InPath, data: JSONBody[Move], once: Once) -> DoneTwo:
    """Move a person, with everything stated about him or her, to another household of the user's region."""
    actor, asked, both = actor_of(request), data.asked(once), (number, data.to)
    return operations.operate_on_two(actor, asked, both, Work.move, data.member, data.to, data.relation)


@post("/households/{number:str}/split", Action.CHANGE, status=201)
def split(request: Req, number: InPath, data: JSONBody[Split], once: Once) -> DoneTwo:
    """Make a new household of some members; ``other`` is the new one."""
    return operations.split(actor_of(request), data.asked(once), number, pairs(data.relations), data.new_number)


@post("/households/{number:str}/merge", Action.CHANGE)
def merge(request: Req, number: InPath, data: JSONBody[Merge], once: Once) -> DoneTwo:
    """Move everybody into another household of the user's region, and close this one."""
    actor, asked, relations = actor_of(request), data.asked(once), operations.by_member(pairs(data.relations))
    return operations.operate_on_two(actor, asked, (number, data.into), Work.merge, data.into, relations)


@post("/households/{number:str}/new-head", Action.CHANGE)
def new_head(request: Req, number: InPath, data: JSONBody[NewHead], once: Once) -> Done:
    """Make a member the head; the relations of the others are to the new head."""
    relations = operations.by_member(pairs(data.relations))
    return operations.operate(actor_of(request), data.asked(once), number, Work.new_head, data.member, relations)
