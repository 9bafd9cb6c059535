"""What changes a registered household (变动): registered, corrected, people come and go, rechecked, closed; one each.

Every one checks role and region, is attributed, refuses a version that was overtaken, and is done once for a request
that names itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import msgspec
from attrs import field, frozen

from bangfu import clock, household_from
from bangfu.errors import InputError, Problem
from bangfu.messages import _
from bangfu_office.access import Action, Actor, once
from bangfu_office.households.saving import attributed
from bangfu_office.registry import FactChange, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new, must_be_newcomers

T = TypeVar("T")
Relations = Sequence[tuple[int, str]]
"""Members and their relations to the head."""
_FIT_FOR_A_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")


@frozen
class Asked:
    """How a change is asked for.

    ``why`` says on whose word (source, observed_on, evidence, reason); ``version`` is the household's that whoever
    asks has read; ``nevertheless``: people who are registered elsewhere are meant to be here as well. ``sent`` is all
    that was sent, with a name, where it is to be done once however often it comes.
    """

    why: Mapping[str, str] = field(factory=dict)
    version: int | None = None
    nevertheless: bool = False
    sent: Mapping[str, Any] = field(factory=dict, repr=False)


@frozen
class Done:
    """A household that was changed, and its version from now on."""

    number: str
    version: int


@frozen
class DoneMember(Done):
    """A household that somebody came to, and who."""

    member: int


@frozen
class DoneTwo(Done):
    """Two households that were changed."""

    other: Done


def written(actor: Actor, asked: Asked, number: str | None, kind: type[T], write: Callable[[Work], T]) -> T:
    """Return what a piece of work on a household, or (None) on a new one, returns, or did when the same came before.

    Raises:
        ConflictError: somebody changed the household since the version that was read.
        InputError: the source or the day is none.
    """

    def answer() -> T:
        if number is not None and asked.version is not None:
            work.must_be_at(number, asked.version)
        return write(work)

    with actor.office.registry.work(attributed(actor, asked.why)) as work:
        if not asked.sent:
            return answer()
        stored = once(actor, work, asked.sent, lambda: msgspec.json.encode(answer(), enc_hook=str).decode())
        return msgspec.json.decode(stored, type=kind)


def register(actor: Actor, asked: Asked, data: Mapping[str, Any], number: str | None = None) -> Done:
    """Register a household, given as a household file holds it.

    Raises:
        InputError: it cannot be taken as it is.
        AlreadyRegisteredError: it is registered, and not meant to be nevertheless.
    """
    actor.must(Action.CHANGE)
    _must_be_fit(number, "number")
    household = household_from(data, source="data", on=clock.today(), catalog=actor.office.rulebook.catalog)
    _must_lie_inside(actor, household.region, "data.region")

    def write(work: Work) -> Done:
        must_be_new(work, household.members, allowed=actor.user.covers, nevertheless=asked.nevertheless)
        return _done(work, work.add(household, number))

    return written(actor, asked, None, Done, write)


def change(actor: Actor, asked: Asked, number: str, changes: Sequence[FactChange]) -> Done:
    """Change facts of a household and its members, all of them or none; a value None is not known any more.

    Raises:
        InputError: a fact cannot be so.
        ConflictError: somebody changed the household since.
    """

    def write(work: Work) -> None:
        for i, one in enumerate(changes):
            if one.fact == "region" and one.value is not None:
                _must_lie_inside(actor, one.value, f"changes[{i}].value")
        work.change(number, [Withdrawal(one.fact, one.member) if one.value is None else one for one in changes])

    return _one(actor, asked, number, write)


def join(actor: Actor, asked: Asked, number: str, facts: Mapping[str, Any]) -> DoneMember:
    """Add a person to a household.

    Raises:
        InputError: the household would not hold together.
        AlreadyRegisteredError: he or she is registered elsewhere, and not meant to be here nevertheless.
    """
    return _arrived(actor, asked, number, facts, Work.join)


def born(actor: Actor, asked: Asked, number: str, facts: Mapping[str, Any]) -> DoneMember:
    """Add a child that was born (relation: child, unless stated), for which a recheck is due; raises as ``join``."""
    return _arrived(actor, asked, number, facts, Work.born)


def leave(actor: Actor, asked: Asked, number: str, member: int) -> Done:
    """Let a person leave for no registered household."""
    return _one(actor, asked, number, lambda work: work.leave(number, member))


def died(actor: Actor, asked: Asked, number: str, member: int) -> Done:
    """Note a death; a recheck is due."""
    return _one(actor, asked, number, lambda work: work.died(number, member))


def new_head(actor: Actor, asked: Asked, number: str, member: int, relations: Relations) -> Done:
    """Make a member the head; the relations of the others are to the new head."""
    return _one(actor, asked, number, lambda work: work.new_head(number, member, _by_member(relations)))


def move(  # noqa: PLR0913, PLR0917 - a move has so many parts
    actor: Actor, asked: Asked, number: str, member: int, to: str, relation: str
) -> DoneTwo:
    """Move a person, with everything stated about him or her, to another household of the actor's region."""
    _must_reach(actor, to)
    return _two(actor, asked, number, lambda work: work.move(number, member, to, relation) or to)


def split(actor: Actor, asked: Asked, number: str, relations: Relations, new_number: str | None = None) -> DoneTwo:
    """Make a new household of some members; ``other`` is the new one."""

    def write(work: Work) -> str:
        _must_be_fit(new_number, "new_number")
        return work.split(number, _by_member(relations), new_number)

    return _two(actor, asked, number, write)


def merge(actor: Actor, asked: Asked, number: str, into: str, relations: Relations) -> DoneTwo:
    """Move everybody into another household of the actor's region, and close this one."""
    _must_reach(actor, into)
    return _two(actor, asked, number, lambda work: work.merge(number, into, _by_member(relations)) or into)


def close(actor: Actor, asked: Asked, number: str, reason: str) -> Done:
    """Close a household; it stays readable and takes no more changes."""
    return _one(actor, asked, number, lambda work: work.close(number, reason))


def recheck(actor: Actor, asked: Asked, number: str, due: date, reason: str) -> Done:
    """Note that a household has to be looked at again by a day."""
    return _one(actor, asked, number, lambda work: work.recheck(number, due, reason))


def rechecked(actor: Actor, asked: Asked, number: str, due: date, reason: str) -> Done:
    """Note that a recheck was done; day and reason, masked or not, say which."""
    actor.must(Action.CHANGE)
    record = actor.record(number)
    # Who has read of the recheck has read its reason masked.
    covered = actor.office.registry.cover(record).record.rechecks
    real = {shown: said for shown, (_day, said) in zip(covered, record.rechecks, strict=True)}
    real_reason = real.get((due.isoformat(), reason), reason)
    return _one(actor, asked, number, lambda work: work.rechecked(number, due, real_reason))


def _arrived(
    actor: Actor,
    asked: Asked,
    number: str,
    facts: Mapping[str, Any],
    add: Callable[[Work, str, Mapping[str, Any]], int],
) -> DoneMember:
    _must_reach(actor, number)

    def write(work: Work) -> DoneMember:
        must_be_newcomers(work, number, [facts], allowed=actor.user.covers, nevertheless=asked.nevertheless)
        member = add(work, number, facts)
        return DoneMember(number, work.state(number).version, member)

    return written(actor, asked, number, DoneMember, write)


def _one(actor: Actor, asked: Asked, number: str, write: Callable[[Work], object]) -> Done:
    _must_reach(actor, number)

    def done(work: Work) -> Done:
        write(work)
        return _done(work, number)

    return written(actor, asked, number, Done, done)


def _two(actor: Actor, asked: Asked, number: str, write: Callable[[Work], str]) -> DoneTwo:
    """Write what changes a household and another, whose number ``write`` returns."""
    _must_reach(actor, number)

    def done(work: Work) -> DoneTwo:
        other = _done(work, write(work))
        return DoneTwo(number, work.state(number).version, other)

    return written(actor, asked, number, DoneTwo, done)


def _must_reach(actor: Actor, number: str) -> None:
    actor.must(Action.CHANGE)
    actor.record(number)


def _done(work: Work, number: str) -> Done:
    return Done(number, work.state(number).version)


def _by_member(relations: Iterable[tuple[int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for i, (member, relation) in enumerate(relations):
        if member in found:
            problem = Problem(f"relations[{i}].member", _("同一成员出现两次"), _("每名成员一次"))
            raise InputError("request", [problem])
        found[member] = relation
    return found


def _must_lie_inside(actor: Actor, region: Any, path: str) -> None:
    if not (isinstance(region, str) and actor.user.covers(region)):
        expected = _("您所管地区（{region}）内的代码", region=actor.user.region)
        raise InputError("request", [Problem(path, _("不在您所管的地区"), expected)])


def _must_be_fit(number: str | None, path: str) -> None:
    """Refuse a number that could not stand in an address."""
    if number is not None and not _FIT_FOR_A_NUMBER.fullmatch(number):
        expected = _("数字、字母和 - _，如 522723102201-000001")
        raise InputError("request", [Problem(path, _("含有不能用于编号的字符"), expected)])
