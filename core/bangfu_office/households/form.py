"""The form of a household: as it is drawn, what would decide something first; its drafts; what it writes when saved.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from bangfu import BangfuError, Catalog, InputError, Level, clock, household_from, make_plan
from bangfu.errors import Problem
from bangfu.messages import _
from bangfu.plan import Plan
from bangfu_office.access import Action, Actor, once
from bangfu_office.forms import Posted, Section, filled_in, posted, sections
from bangfu_office.forms.masked_inputs import MaskedInputs
from bangfu_office.forms.read import HOUSEHOLD, day_in, must_be_members, nevertheless, parted, prefixes, version_in
from bangfu_office.households import drafts
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.registry import Attribution, Entry, FactChange, Record, Source, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new, must_be_newcomers
from bangfu_office.registry.errors import AlreadyRegisteredError, ConflictError
from bangfu_office.registry.serialization import checked, refuse_masked_people

SOURCES = (Source.DECLARED, Source.VISITED, Source.MATCHED)
"""Those on whose word a form is written."""


@frozen
class HouseholdForm:
    """A form of a registered household, or a new one (``shown`` is None), with what stands in it.

    ``members`` are the parts of the form by the prefix of their inputs. ``theirs`` is what others changed meanwhile,
    ``already`` the households in which people of the form are registered.
    """

    shown: RevealedRecord | None
    values: Mapping[str, str] = field(repr=False)
    household: Section = field(repr=False)
    members: list[tuple[str, Section]] = field(repr=False)
    errors: Mapping[str, str]
    theirs: tuple[Entry, ...]
    already: tuple[str, ...]
    draft: drafts.Draft | None = field(repr=False)
    sources: tuple[Source, ...] = SOURCES


def household_form(
    actor: Actor, number: str, values: Mapping[str, str] | None = None, error: BangfuError | None = None
) -> HouseholdForm:
    """Return the form of a household (``drafts.NEW``: of a new one), with the error for which it was not saved.

    ``values`` are what was sent, with the button that was pressed; default: the draft, or what is registered.
    """
    record, draft = _record(actor, number), None
    if values is None:
        draft = drafts.find(actor.office, actor.user.name, number)
        values = draft.values if draft else _registered(actor, record)
        if record is not None:
            values = {"version": str(record.version), **values}
    elif record is not None and values.get("redraw") == "reveal":
        reveal(actor, number)
    if isinstance(error, ConflictError):
        values = {**values, "version": str(error.version)}
    shown = None
    values = full = _redrawn(values)
    if record is not None:
        shown, inputs = shown_to(actor, record), MaskedInputs.of(actor, record)
        full = inputs.in_full(values)
        values = full if shown.revealed_until else inputs.masked(full)
    read = posted(full, actor.office.rulebook.catalog)
    errors = read.errors(error.problems if isinstance(error, InputError) else ())
    household, *members = _sections(actor, read, values, errors)
    return HouseholdForm(
        shown,
        values,
        household[1],
        members,
        errors,
        error.theirs if isinstance(error, ConflictError) else (),
        error.households if isinstance(error, AlreadyRegisteredError) else (),
        draft,
    )


def _record(actor: Actor, number: str) -> Record | None:
    """Return the household of a form that the actor may fill in; None for a new one."""
    actor.must(Action.CHANGE)
    return None if number == drafts.NEW else actor.record(number)


def _registered(actor: Actor, record: Record | None) -> dict[str, str]:
    if record is None:
        return {"h.region": actor.user.region, "m0.relation": "head", "m0.name": ""}
    people = tuple(person.id for person in record.members)
    return filled_in(record.data(), actor.office.rulebook.catalog, people)


def _redrawn(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values with one more member where the form was sent to add one, or one new member less."""
    redraw = values.get("redraw", "")
    if redraw == "add":
        numbers = [int(prefix[1:-1]) for prefix in prefixes(values)]
        return {**values, f"m{max(numbers, default=-1) + 1}.relation": ""}
    dropped = redraw.removeprefix("drop:") if redraw.startswith("drop:") else None
    return {name: value for name, value in values.items() if dropped is None or not name.startswith(dropped)}


def _sections(
    actor: Actor, read: Posted, values: Mapping[str, str], errors: Mapping[str, str]
) -> list[tuple[str, Section]]:
    """Return the parts of the form with the prefix of their inputs, the household first."""
    asked: defaultdict[int | None, set[str]] = defaultdict(set)
    presumed: defaultdict[int | None, dict[str, Any]] = defaultdict(dict)
    catalog, plan = actor.office.rulebook.catalog, _plan(actor, read)
    if plan is not None:
        catalog = _in_force(actor, plan, read.values)
        for missing in plan.missing:
            asked[missing.member].add(missing.fact)
        for known in plan.presumed:
            presumed[known.member][known.fact] = known.value
    place: dict[str, int | None] = {HOUSEHOLD: None} | {prefix: i for i, (prefix, _) in enumerate(read.people)}
    found = []
    for prefix, part in parted(values).items():
        level, who = Level.HOUSEHOLD if prefix == HOUSEHOLD else Level.MEMBER, place.get(prefix, -1)
        section = sections(catalog, level, prefix, part, asked=asked[who], presumed=presumed[who], errors=errors)
        found.append((prefix, section))
    return found


def _plan(actor: Actor, read: Posted) -> Plan | None:
    """Return the plan of what is filled in so far; None while it cannot be made."""
    try:
        household = household_from(read.data, on=clock.today(), catalog=actor.office.rulebook.catalog)
        return make_plan(household, actor.office.rulebook)
    except BangfuError:
        return None


def _in_force(actor: Actor, plan: Plan, values: Mapping[str, str]) -> Catalog:
    """Return the facts that matter in the place, and those of which anything is filled in all the same."""
    here = actor.office.rulebook.rules(plan.household.region, plan.household.on).facts.by_name
    filled = {name.split(".")[1] for name, value in values.items() if value and "." in name}
    return Catalog(tuple(f for f in actor.office.rulebook.catalog.facts if f.name in here or f.name in filled))


def keep_draft(actor: Actor, number: str, values: Mapping[str, str]) -> None:
    """Keep a form that is being filled in, in place of an earlier draft.

    Raises:
        DraftTooLargeError: it is too large.
    """
    record = _record(actor, number)
    kept = values if record is None else MaskedInputs.of(actor, record).kept(values)
    drafts.keep(actor.office, actor.user.name, number, kept)


def drop_draft(actor: Actor, number: str) -> None:
    """Forget a draft."""
    _record(actor, number)
    drafts.drop(actor.office, actor.user.name, number)


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
        InputError: it cannot be taken as it is, or a stronger or newer word stands against a change.
        AlreadyRegisteredError: somebody in it is registered elsewhere, and the form does not say: nevertheless.
        ConflictError: somebody else changed the household since the form was opened.
    """
    record = _record(actor, number)
    saved = _register(actor, values) if record is None else _save(actor, record, values)
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
        expected = _("您所管地区（{region}）内的代码", region=actor.user.region)
        raise InputError("form", [Problem("region", region, expected)])


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
    changes, joining = list(_changes(work.catalog, record.facts, form.data, None)), []
    for (_prefix, person), facts in zip(form.people, form.data["members"], strict=True):
        if person in known:
            changes += _changes(work.catalog, known[person], facts, person)
        else:
            joining.append(facts)
    must_be_newcomers(work, record.number, joining, allowed=actor.user.covers, nevertheless=nevertheless(form.values))
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
        if new is None and old is not None:
            yield Withdrawal(fact.name, member)
        elif new not in (None, old) and checked(catalog, level, fact.name, new) != old:
            yield FactChange(fact.name, new, member, settles=fact.name == "relation")
