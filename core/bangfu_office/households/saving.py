"""From a filled-in form to the registry: what was changed, who joined, who left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bangfu import Catalog, InputError, Level, clock, household_from
from bangfu.errors import Problem
from bangfu.messages import _
from bangfu_office.access import Action, Actor, once
from bangfu_office.forms import Posted, posted
from bangfu_office.forms.hidden import must_be_members, nevertheless, version_in
from bangfu_office.forms.masked_inputs import MaskedInputs
from bangfu_office.forms.read import day_in
from bangfu_office.households import drafts
from bangfu_office.registry import Attribution, FactChange, Record, Source, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new, must_be_newcomers
from bangfu_office.registry.serialization import checked, refuse_masked_people

SOURCES = (Source.DECLARED, Source.VISITED, Source.MATCHED)
"""Those on whose word a form is written."""


def attributed(actor: Actor, values: Mapping[str, str]) -> Attribution:
    """Return to whom and what the changes of a form are attributed.

    Raises:
        InputError: the source or the day is none.
    """
    source = values.get("source", Source.DECLARED.value)
    if source not in {known.value for known in SOURCES}:
        raise InputError("form", [Problem("source", _("不认识的来源"), _("本人申报、入户核查或部门比对"))])
    day = day_in(values, "observed_on")
    if day > clock.today():
        raise InputError("form", [Problem("observed_on", str(day), _("不晚于今天的日期"))])
    why = {name: values.get(name, "")[:500] for name in ("evidence", "reason")}
    return actor.attribution(Source(source), day, **why)


def save_household(actor: Actor, number: str, values: Mapping[str, str]) -> str:
    """Write the form of a household (``drafts.NEW``: of a new one), forget its draft and return the number.

    Raises:
        NotPermittedError: the role may not.
        NotThereError: there is no such household in the actor's region.
        InputError: it cannot be taken as it is, or a stronger or newer word stands against a change.
        AlreadyRegisteredError: somebody in it is registered elsewhere, and the form does not say: nevertheless.
        ConflictError: somebody else changed the household since the form was opened.
    """
    actor.must(Action.CHANGE)
    saved = _register(actor, values) if number == drafts.NEW else _save(actor, actor.record(number), values)
    drafts.drop(actor.office, actor.user.name, number)
    return saved


def _register(actor: Actor, values: Mapping[str, str]) -> str:
    catalog = actor.office.rulebook.catalog
    household = household_from(posted(values, catalog).data, source="form", on=clock.today(), catalog=catalog)
    _inside(actor, household.region)

    def add() -> str:
        must_be_new(work, household.members, allowed=actor.user.covers, nevertheless=nevertheless(values))
        return work.add(household, values.get("number") or None)

    with actor.office.registry.work(attributed(actor, values)) as work:
        return once(actor, work, values, add)


def _inside(actor: Actor, region: str) -> None:
    if not actor.user.covers(region):
        raise InputError(
            "form", [Problem("region", region, _("您所管地区（{region}）内的代码", region=actor.user.region))]
        )


def _save(actor: Actor, record: Record, values: Mapping[str, str]) -> str:
    version = version_in(values)
    if version == record.version:
        must_be_members(values, record)
    catalog = actor.office.rulebook.catalog
    full = MaskedInputs.of(actor, record).in_full(values)
    form = posted(full, catalog)
    household = household_from(form.data, source="form", on=clock.today(), catalog=catalog)
    refuse_masked_people(catalog, _typed(record, form))
    _inside(actor, household.region)
    with actor.office.registry.work(attributed(actor, full)) as work:
        return once(actor, work, values, lambda: _revised(actor, work, record, form, version))


def _typed(record: Record, form: Posted) -> Iterator[Mapping[str, Any]]:
    """Yield of each member what is not registered so already."""
    known = {person.id: person.facts for person in record.members}
    for (_sheet, person), facts in zip(form.people, form.data["members"], strict=True):
        registered = known.get(person or 0, {})
        yield {name: value for name, value in facts.items() if registered.get(name) != value}


def _revised(actor: Actor, work: Work, record: Record, form: Posted, version: int) -> str:
    """Write everything as one operation: who becomes head when the head has died holds together at the end alone."""
    work.must_be_at(record.number, version)
    known = {person.id: person.facts for person in record.members}
    filled_in = list(zip((person for _, person in form.people), form.data["members"], strict=True))
    changes = list(_changes(work.catalog, record.facts, form.data, None))
    for person, facts in filled_in:
        if person in known:
            changes += _changes(work.catalog, known[person], facts, person)
    joining = [facts for person, facts in filled_in if person not in known]
    meant = nevertheless(form.values)
    must_be_newcomers(work, record.number, joining, allowed=actor.user.covers, nevertheless=meant)
    leaving = {person: why == "dead" for person, why in form.gone if person in known}
    work.revise(record.number, changes, joining, leaving, version=version)
    return record.number


def _changes(
    catalog: Catalog, before: Mapping[str, Any], after: Mapping[str, Any], member: int | None
) -> Iterator[FactChange | Withdrawal]:
    """Yield the facts of a form that differ from what counts now; an emptied field is not known any more."""
    level = Level.HOUSEHOLD if member is None else Level.MEMBER
    for fact in catalog.at(level):
        old, new = before.get(fact.name), after.get(fact.name)
        if new is None:
            if old is not None:
                yield Withdrawal(fact.name, member)
        elif new != old and checked(catalog, level, fact.name, new) != old:
            yield FactChange(fact.name, new, member, settles=fact.name == "relation")
