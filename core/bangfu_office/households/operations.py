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
from bangfu_office.access import Action, Actor
from bangfu_office.access.once import once
from bangfu_office.households.form import attributed
from bangfu_office.registry import FactChange, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new, must_be_newcomers

T = TypeVar("T")
D = TypeVar("D", bound="Done")
Facts = Mapping[str, Any]
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

    return _changed(actor, asked, number, Done, write)


def join(actor: Actor, asked: Asked, number: str, facts: Facts) -> DoneMember:
    """Add a person to a household.

    Raises:
        InputError: the household would not hold together.
        AlreadyRegisteredError: he or she is registered elsewhere, and not meant to be here nevertheless.
    """
    return _arrived(actor, asked, number, facts, Work.join)


def born(actor: Actor, asked: Asked, number: str, facts: Facts) -> DoneMember:
    """Add a child that was born (relation: child, unless stated), for which a recheck is due; raises as ``join``."""
    return _arrived(actor, asked, number, facts, Work.born)


def _arrived(
    actor: Actor, asked: Asked, number: str, facts: Facts, add: Callable[[Work, str, Facts], int]
) -> DoneMember:
    def write(work: Work) -> int:
        must_be_newcomers(work, number, [facts], allowed=actor.user.covers, nevertheless=asked.nevertheless)
        return add(work, number, facts)

    return _changed(actor, asked, number, DoneMember, write)


def leave(actor: Actor, asked: Asked, number: str, member: int) -> Done:
    """Let a person leave for no registered household."""
    return _changed(actor, asked, number, Done, lambda work: work.leave(number, member))


def died(actor: Actor, asked: Asked, number: str, member: int) -> Done:
    """Note a death; a recheck is due."""
    return _changed(actor, asked, number, Done, lambda work: work.died(number, member))


def new_head(actor: Actor, asked: Asked, number: str, member: int, relations: Relations) -> Done:
    """Make a member the head; the relations of the others are to the new head."""
    return _changed(actor, asked, number, Done, lambda work: work.new_head(number, member, _by_member(relations)))


def move(  # noqa: PLR0913, PLR0917 - a move has so many parts
    actor: Actor, asked: Asked, number: str, member: int, to: str, relation: str
) -> DoneTwo:
    """Move a person, with everything stated about him or her, to another household of the actor's region."""
    _must_reach(actor, to)

    def write(work: Work) -> Done:
        work.move(number, member, to, relation)
        return _done(work, to)

    return _changed(actor, asked, number, DoneTwo, write)


def split(actor: Actor, asked: Asked, number: str, relations: Relations, new_number: str | None = None) -> DoneTwo:
    """Make a new household of some members; ``other`` is the new one."""

    def write(work: Work) -> Done:
        _must_be_fit(new_number, "new_number")
        return _done(work, work.split(number, _by_member(relations), new_number))

    return _changed(actor, asked, number, DoneTwo, write)


def merge(actor: Actor, asked: Asked, number: str, into: str, relations: Relations) -> DoneTwo:
    """Move everybody into another household of the actor's region, and close this one."""
    _must_reach(actor, into)

    def write(work: Work) -> Done:
        work.merge(number, into, _by_member(relations))
        return _done(work, into)

    return _changed(actor, asked, number, DoneTwo, write)


def close(actor: Actor, asked: Asked, number: str, reason: str) -> Done:
    """Close a household; it stays readable and takes no more changes."""
    return _changed(actor, asked, number, Done, lambda work: work.close(number, reason))


def recheck(actor: Actor, asked: Asked, number: str, due: date, reason: str) -> Done:
    """Note that a household has to be looked at again by a day."""
    return _changed(actor, asked, number, Done, lambda work: work.recheck(number, due, reason))


def rechecked(actor: Actor, asked: Asked, number: str, due: date, reason: str) -> Done:
    """Note that a recheck was done; day and reason, masked or not, say which."""
    actor.must(Action.CHANGE)
    record = actor.record(number)
    # Who has read of the recheck has read its reason masked.
    covered = actor.office.registry.cover(record).record.rechecks
    real = {shown: said for shown, (_day, said) in zip(covered, record.rechecks, strict=True)}
    real_reason = real.get((due.isoformat(), reason), reason)
    return _changed(actor, asked, number, Done, lambda work: work.rechecked(number, due, real_reason))


def _changed(actor: Actor, asked: Asked, number: str, kind: type[D], write: Callable[[Work], object]) -> D:
    """Write what changes a household; what ``write`` returns, ``kind`` says beside its number and version."""
    _must_reach(actor, number)

    def done(work: Work) -> D:
        beside = write(work)
        return kind(number, work.state(number).version, *([] if beside is None else [beside]))

    return written(actor, asked, number, kind, done)


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
