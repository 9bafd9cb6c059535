"""Life events recorded, and the forms for them as they are drawn.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import field, frozen

from bangfu import Catalog, InputError
from bangfu.errors import BangfuError, Problem
from bangfu.facts import RELATION_LABELS
from bangfu.messages import _, joined
from bangfu.show import member_named
from bangfu_office.access import Action, Actor, NotThereError, once
from bangfu_office.forms import FieldView
from bangfu_office.forms.fields import one_field
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.households.saving import SOURCES, attributed
from bangfu_office.life_events.kinds import BORN, EVENTS, LifeEventKind
from bangfu_office.life_events.life_event import LifeEvent
from bangfu_office.registry import AlreadyRegisteredError, ConflictError, Entry, Record, Source

_MEMBER = re.compile(r"members\[(\d+)\](?:\.(\w+))?")


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
        event = LifeEvent(actor, work, record, kind.code, values)
        event.unchanged()
        return kind.write(event)

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
