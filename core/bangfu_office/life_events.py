"""Life events (人口变动) of households: each one operation of the registry, out of one small form.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Never

from attrs import field, frozen

from bangfu import BangfuError, Catalog, InputError, Level
from bangfu.errors import Problem
from bangfu.facts import RELATION_LABELS
from bangfu.messages import _, joined
from bangfu.show import member_named
from bangfu_office.access import Action, Actor, NotThereError, once
from bangfu_office.forms import FieldView
from bangfu_office.forms.fields import one_field
from bangfu_office.forms.read import fact_value, nevertheless, version_in, whole_number
from bangfu_office.households.form import SOURCES, attributed
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.registry import Entry, Record, Source, Work
from bangfu_office.registry.duplicates import must_be_newcomers
from bangfu_office.registry.errors import AlreadyRegisteredError, ConflictError, RegistryError, UnknownHouseholdError

BORN = ("name", "relation", "sex", "birth_date", "id_number")
"""What is asked of a child; the rest is asked by the plan where it decides something."""
_LONGEST_NUMBER = 64
_MEMBER = re.compile(r"members\[(\d+)\](?:\.(\w+))?")


@frozen
class LifeEvent:
    """One event as it is being recorded: a form about a household, in the work that writes what it says."""

    actor: Actor
    work: Work
    record: Record
    code: str
    values: Mapping[str, str] = field(repr=False)

    @property
    def number(self) -> str:
        """The household's number."""
        return self.record.number

    def text(self, name: str) -> str:
        """Return what stands in an input of this event; empty for nothing."""
        return self.values.get(f"{self.code}.{name}", "")

    def wrong(self, name: str, found: str, expected: str) -> Never:
        """Refuse an input: raise InputError."""
        raise InputError("form", [Problem(f"{self.code}.{name}", found, expected)])

    def person(self) -> int:
        """Return the member the form names; it is refused where it names none of this household."""
        found = whole_number(self.text("person"))
        if found is None or found not in {person.id for person in self.record.members}:
            self.wrong("person", _("没有选") if found is None else _("不是这一户现在的成员"), _("这一户的一名成员"))
        return found

    def relations(self) -> dict[int, str]:
        """Return the relation chosen for each member, of those for whom one is chosen."""
        chosen = {person.id: self.text(f"relation.{person.id}") for person in self.record.members}
        return {person: relation for person, relation in chosen.items() if relation}

    def other(self, name: str) -> str:
        """Return the number of another household in the actor's region; where there is none, the input is refused."""
        number = self.text(name)
        if not number:
            self.wrong(name, _("没有填"), _("另一户的编号"))
        if number == self.number:
            self.wrong(name, _("就是这一户"), _("另一户的编号"))
        if len(number) > _LONGEST_NUMBER or not number.isprintable() or not self._reaches(number):
            self.wrong(name, _("没有这一户，或不在您所管的地区"), _("您所管地区内一户的编号"))
        return number

    def _reaches(self, number: str) -> bool:
        try:
            found = self.actor.office.registry.record(self.work.connection, number)
        except UnknownHouseholdError:
            return False
        return self.actor.user.covers(str(found.facts["region"]))

    def confirmed(self) -> None:
        """Make sure that somebody said yes to what cannot be taken back.

        Raises:
            RegistryError: nobody did.
        """
        if not self.text("sure"):
            raise RegistryError(_("这一步不能撤回；请先勾选“已核对，确定办理”"))


@frozen
class LifeEventKind:
    """A kind of event: its code in the form, its title, what it writes, and what to know before.

    ``write`` returns the household that shows what became of it, where that is another.
    """

    code: str
    title: str
    write: Callable[[LifeEvent], str | None]
    hint: str = ""
    final: bool = False


def _born(event: LifeEvent) -> None:
    facts = {
        fact.name: value
        for fact in event.work.catalog.at(Level.MEMBER)
        if fact.name in BORN and (value := fact_value(fact, f"born.{fact.name}", event.values)) is not None
    }
    if not {"birth_date", "id_number"}.intersection(facts):
        event.wrong("birth_date", _("没有填"), _("出生日期，或公民身份号码"))
    meant, allowed = nevertheless(event.values), event.actor.user.covers
    must_be_newcomers(event.work, event.number, [facts], allowed=allowed, nevertheless=meant)
    event.work.born(event.number, facts)


def _died(event: LifeEvent) -> None:
    event.work.died(event.number, event.person())


def _moved(event: LifeEvent) -> None:
    person = event.person()
    relation = event.text("relation") or event.wrong("relation", _("没有选"), _("与新户主的关系"))
    event.work.move(event.number, person, event.other("to"), relation)


def _split(event: LifeEvent) -> str:
    return event.work.split(event.number, event.relations())


def _merged(event: LifeEvent) -> str:
    event.confirmed()
    into = event.other("into")
    event.work.merge(event.number, into, event.relations())
    return into


def _new_head(event: LifeEvent) -> None:
    person = event.person()
    others = {other: relation for other, relation in event.relations().items() if other != person}
    event.work.new_head(event.number, person, others)


def _closed(event: LifeEvent) -> None:
    event.confirmed()
    reason = event.text("why") or event.wrong("why", _("没有填"), _("注销的原因"))
    event.work.close(event.number, reason[:200])


def _rechecked(event: LifeEvent) -> None:
    place = whole_number(event.text("which"))
    if place is None or place >= len(event.record.rechecks):
        event.wrong("which", _("没有选，或已办过"), _("一项到期的复核"))
    due, why = event.record.rechecks[place]
    event.work.rechecked(event.number, date.fromisoformat(due), why)


EVENTS = {
    event.code: event
    for event in (
        LifeEventKind("born", _("出生"), _born, _("三个月内须复核，会自动记下")),
        LifeEventKind("died", _("去世"), _died, _("三个月内须复核，会自动记下；去世的是户主的，另办“变更户主”")),
        LifeEventKind("move", _("迁到另一户"), _moved, _("连同登记的全部事实一起转过去；最后一人请用“并户”或“注销”")),
        LifeEventKind("split", _("分户"), _split, _("给分出去的人选他在新户里的关系，其中一人是户主；留下的不选")),
        LifeEventKind(
            "merge",
            _("并户"),
            _merged,
            _("这一户的人全部并入另一户，这一户随即注销；给每个人选他与那一户户主的关系"),
            final=True,
        ),
        LifeEventKind("head", _("变更户主"), _new_head, _("原户主和其他人与新户主的关系，有变的在下面选")),
        LifeEventKind("close", _("注销"), _closed, _("注销后仍可查看，不能再修改"), final=True),
        LifeEventKind("rechecked", _("复核已办"), _rechecked),
    )
}


@frozen
class LifeEventForms:
    """A form for every event that can be recorded of a household; in the ``chosen`` one stands what was sent.

    ``theirs`` is what others changed meanwhile, ``already`` the households in which people of the form are registered.
    """

    shown: RevealedRecord
    events: tuple[LifeEventKind, ...]
    people: tuple[tuple[int, str], ...] = field(repr=False)
    born: tuple[FieldView, ...] = field(repr=False)
    headless: bool
    chosen: str
    values: Mapping[str, str] = field(repr=False)
    errors: Mapping[str, str]
    theirs: tuple[Entry, ...]
    already: tuple[str, ...]
    relations: Mapping[str, str] = RELATION_LABELS
    sources: tuple[Source, ...] = SOURCES


def record_life_event(actor: Actor, number: str, values: Mapping[str, str]) -> Record:
    """Record the event of a form, all of it or nothing, and return the household to go on with.

    Raises:
        NotThereError: as always, and where there is no such event.
        InputError: something in the form is wrong.
        AlreadyRegisteredError: a child is registered elsewhere, and the form does not say: nevertheless.
        ConflictError: somebody else changed the household since the form was opened.
        RegistryError: it cannot be done with this household.
    """
    actor.must(Action.CHANGE)
    record, kind = actor.record(number), EVENTS.get(values.get("event", ""))
    if kind is None:
        raise NotThereError

    def write() -> str:
        work.must_be_at(number, version_in(values))
        return kind.write(LifeEvent(actor, work, record, kind.code, values)) or number

    with actor.office.registry.work(attributed(actor, values)) as work:
        found = once(actor, work, values, write)
    return actor.record(found)


def needs_head(record: Record) -> bool:
    """Return whether people live in an open household and none of them is its head."""
    heads = [person for person in record.members if person.facts.get("relation") == "head"]
    return bool(record.members) and not heads and not record.closed


def life_event_forms(
    actor: Actor, number: str, values: Mapping[str, str] | None = None, error: BangfuError | None = None
) -> LifeEventForms:
    """Return the forms for the events of a household, with what was sent and the error for which it was refused."""
    actor.must(Action.CHANGE)
    record, values = actor.record(number), values or {}
    code = values.get("event", "")
    if values and code not in EVENTS:
        raise NotThereError
    if values.get("redraw") == "reveal":
        reveal(actor, number)
    if isinstance(error, ConflictError):
        values = {**values, "version": str(error.version)}
    shown, catalog = shown_to(actor, record), actor.office.rulebook.catalog
    errors = _errors(code, error, catalog)
    return LifeEventForms(
        shown,
        tuple(kind for kind in EVENTS.values() if kind.code != "rechecked" or record.rechecks or code == kind.code),
        tuple((p.id, member_named(i, p.facts.get("name"))) for i, p in enumerate(shown.record.members)),
        tuple(one_field(catalog.by_name[name], "born.", {"born.relation": "child", **values}, errors) for name in BORN),
        needs_head(record),
        code,
        values,
        errors,
        error.theirs if isinstance(error, ConflictError) else (),
        error.households if isinstance(error, AlreadyRegisteredError) else (),
    )


def _errors(event: str, error: BangfuError | None, catalog: Catalog) -> dict[str, str]:
    """Return what is wrong by input; what belongs to none of this form stands under ``""``, in words."""
    if error is None or isinstance(error, AlreadyRegisteredError):
        return {}
    if not isinstance(error, InputError):
        return {"": error.text}
    errors: dict[str, str] = {}
    for problem in error.problems:
        name, said = _placed(event, problem, catalog)
        errors[name] = joined("；", filter(None, (errors.get(name, ""), said)))
    return errors


def _placed(event: str, problem: Problem, catalog: Catalog) -> tuple[str, str]:
    """Return the input a problem belongs to, and what to say of it there."""
    member = _MEMBER.match(problem.path)
    fact = (member[2] or "") if member else problem.path
    if event == "born" and fact in BORN:
        return f"born.{fact}", problem.said
    if not problem.path or problem.path.startswith(f"{event}.") or problem.path in {"observed_on", "source"}:
        return problem.path, problem.said
    declared = catalog.by_name.get(fact)
    label = declared.label if declared else fact
    who = _("成员 {int} · ", int=int(member[1]) + 1) if member else ""
    return "", _("{who}{label}：{said}", who=who, label=label, said=problem.said)
