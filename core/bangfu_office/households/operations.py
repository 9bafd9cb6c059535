"""What changes a registered household (变动): registered, corrected, people come and go, rechecked, closed; one each.

Every one checks role and region, is attributed, refuses a version that was overtaken, and is done once for a request
that names itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

import msgspec
from attrs import field, frozen

from bangfu import clock, household_from
from bangfu.errors import InputError, Problem
from bangfu.messages import _
from bangfu_office.access import Action, Actor, once
from bangfu_office.households.form import attributed
from bangfu_office.registry import FactChange, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new, must_be_newcomers

T = TypeVar("T")
D = TypeVar("D", bound="Done")
P = ParamSpec("P")
OnHousehold: TypeAlias = Callable[Concatenate[Work, str, P], object]
"""An operation of the registry on the household of a number."""
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


def arrive(
    actor: Actor, asked: Asked, number: str, arriving: Callable[[Work, str, Facts], int], facts: Facts
) -> DoneMember:
    """Add a person to a household by ``Work.join``, or ``Work.born`` for which a recheck is due.

    Raises:
        InputError: the household would not hold together.
        AlreadyRegisteredError: he or she is registered elsewhere, and not meant to be here nevertheless.
    """

    def write(work: Work) -> int:
        must_be_newcomers(work, number, [facts], allowed=actor.user.covers, nevertheless=asked.nevertheless)
        return arriving(work, number, facts)

    return _changed(actor, asked, number, DoneMember, write)


def operate(
    actor: Actor, asked: Asked, number: str, operation: OnHousehold[P], *parts: P.args, **named: P.kwargs
) -> Done:
    """Do an operation of the registry on a household."""

    def write(work: Work) -> None:
        operation(work, number, *parts, **named)

    return _changed(actor, asked, number, Done, write)


def operate_on_two(
    actor: Actor, asked: Asked, both: tuple[str, str], operation: OnHousehold[P], *parts: P.args, **named: P.kwargs
) -> DoneTwo:
    """Do an operation of the registry on a household by which another of the actor's region is changed, too."""
    number, other = both
    _must_reach(actor, other)

    def write(work: Work) -> Done:
        operation(work, number, *parts, **named)
        return _done(work, other)

    return _changed(actor, asked, number, DoneTwo, write)


def split(actor: Actor, asked: Asked, number: str, relations: Relations, new_number: str | None = None) -> DoneTwo:
    """Make a new household of some members; ``other`` is the new one."""

    def write(work: Work) -> Done:
        _must_be_fit(new_number, "new_number")
        return _done(work, work.split(number, by_member(relations), new_number))

    return _changed(actor, asked, number, DoneTwo, write)


def rechecked(actor: Actor, asked: Asked, number: str, due: date, reason: str) -> Done:
    """Note that a recheck was done; day and reason, masked or not, say which."""
    actor.must(Action.CHANGE)
    record = actor.record(number)
    # Who has read of the recheck has read its reason masked.
    covered = actor.office.registry.cover(record).record.rechecks
    real = {shown: said for shown, (_day, said) in zip(covered, record.rechecks, strict=True)}
    real_reason = real.get((due.isoformat(), reason), reason)
    return operate(actor, asked, number, Work.rechecked, due, real_reason)


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


def by_member(relations: Relations) -> dict[int, str]:
    """Return the relation of each member.

    Raises:
        InputError: one of them has two.
    """
    found: dict[int, str] = {}
    for i, (member, relation) in enumerate(relations):
        if member in found:
            twice = _("同一成员出现两次"), _("每名成员一次")
            raise InputError("request", [Problem(f"relations[{i}].member", *twice)])
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
