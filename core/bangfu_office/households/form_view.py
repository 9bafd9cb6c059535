"""The form of a household as it is drawn: what would decide something stands first; and the drafts of it.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from bangfu import BangfuError, InputError, Level, clock, household_from, make_plan
from bangfu.facts import Catalog
from bangfu.plan import Plan
from bangfu_office.access import Action, Actor
from bangfu_office.forms import Posted, Section, filled_in, posted, sections
from bangfu_office.forms.masked_inputs import MaskedInputs
from bangfu_office.forms.read import HOUSEHOLD, parted, prefixes
from bangfu_office.households import drafts
from bangfu_office.households.drafts import Draft
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.households.saving import SOURCES
from bangfu_office.registry import AlreadyRegisteredError, ConflictError, Entry, Record, Source


@frozen
class HouseholdForm:
    """A form of a registered household, or a new one (``shown`` is None), with what stands in it.

    ``members`` are the parts of the form: the prefix of its inputs, the registry's number, why somebody leaves, the
    fields. ``theirs`` is what others changed meanwhile, ``already`` the households in which people of the form are
    registered.
    """

    shown: RevealedRecord | None
    values: Mapping[str, str] = field(repr=False)
    household: Section = field(repr=False)
    members: tuple[tuple[str, str, str, Section], ...] = field(repr=False)
    errors: Mapping[str, str]
    theirs: tuple[Entry, ...]
    already: tuple[str, ...]
    draft: Draft | None = field(repr=False)
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
    shown, full, values = _masked(actor, record, _with_added(values))
    read = posted(full, actor.office.rulebook.catalog)
    errors = read.errors(error.problems if isinstance(error, InputError) else ())
    household, *members = _sections(actor, read, values, errors)
    return HouseholdForm(
        shown,
        values,
        household[1],
        tuple(
            (prefix, values.get(f"{prefix}person", ""), values.get(f"{prefix}leaves", ""), section)
            for prefix, section in members
        ),
        errors,
        error.theirs if isinstance(error, ConflictError) else (),
        error.households if isinstance(error, AlreadyRegisteredError) else (),
        draft,
    )


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


def _record(actor: Actor, number: str) -> Record | None:
    """Return the household of a form that the actor may fill in; None for a new one."""
    actor.must(Action.CHANGE)
    return None if number == drafts.NEW else actor.record(number)


def _registered(actor: Actor, record: Record | None) -> dict[str, str]:
    if record is None:
        return {"h.region": actor.user.region, "m0.relation": "head", "m0.name": ""}
    people = tuple(person.id for person in record.members)
    return filled_in(record.data(), actor.office.rulebook.catalog, people)


def _with_added(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values with one more member where the form was sent to add one, or one new member less."""
    redraw = values.get("redraw", "")
    if redraw == "add":
        numbers = [int(prefix[1:-1]) for prefix in prefixes(values)]
        return {**values, f"m{max(numbers, default=-1) + 1}.relation": ""}
    dropped = redraw.removeprefix("drop:") if redraw.startswith("drop:") else None
    return {name: value for name, value in values.items() if dropped is None or not name.startswith(dropped)}


def _masked(
    actor: Actor, record: Record | None, values: dict[str, str]
) -> tuple[RevealedRecord | None, dict[str, str], dict[str, str]]:
    """Return what is shown of the household, and what stands in its form in full and as it is shown."""
    if record is None:
        return None, values, values
    shown, inputs = shown_to(actor, record), MaskedInputs.of(actor, record)
    full = inputs.in_full(values)
    return shown, full, full if shown.revealed_until else inputs.masked(full)


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
    filled = tuple(f"{name.partition('.')[2]}." for name, value in values.items() if value)
    return Catalog(
        tuple(
            fact
            for fact in actor.office.rulebook.catalog.facts
            if fact.name in here or any(name.startswith(f"{fact.name}.") for name in filled)
        )
    )
