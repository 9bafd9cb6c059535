"""How the form of a household is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen
from litestar import Response

from bangfu import BangfuError, Level, clock, household_from, make_plan
from bangfu.errors import Problem
from bangfu.facts import Catalog
from bangfu.plan import Plan
from bangfu_office.access.actor import Actor
from bangfu_office.forms import Posted, posted, sections
from bangfu_office.forms.covering import StandIns
from bangfu_office.forms.read import HOUSEHOLD, parted, prefixes
from bangfu_office.households.drafts import Draft
from bangfu_office.households.reveals import looking
from bangfu_office.registry import Entry, Record, Source
from bangfu_web.render import render
from bangfu_web.request import Req


@frozen
class Form:
    """A form to be drawn: of a registered household or a new one (None), with what stands in it.

    ``already`` are the households in which people of the form are registered, for which it was refused.
    """

    record: Record | None
    values: Mapping[str, str] = field(repr=False)
    problems: tuple[Problem, ...] = ()
    theirs: tuple[Entry, ...] = ()
    already: tuple[str, ...] = ()
    draft: Draft | None = field(default=None, repr=False)


def draw(request: Req, actor: Actor, form: Form, *, status: int = 200) -> Response[str]:
    """Return the page with a form; what would decide something stands first."""
    catalog = actor.office.rulebook.catalog
    full, values, context = _shown(actor, form.record, _with_added(form.values))
    read = posted(full, catalog)
    errors = read.errors(form.problems)
    plan = _plan(actor, read)
    asked, presumed = _wanted(plan, read)
    if plan is not None:
        catalog = _in_force(actor, plan, full)
    parts = parted(values)
    household = sections(
        catalog,
        Level.HOUSEHOLD,
        HOUSEHOLD,
        parts.pop(HOUSEHOLD),
        asked=asked[None],
        presumed=presumed[None],
        errors=errors,
    )
    place = {prefix: i for i, (prefix, _) in enumerate(read.people)}
    members = [
        (
            prefix,
            part.get(f"{prefix}person", ""),
            part.get(f"{prefix}leaves", ""),
            sections(
                catalog,
                Level.MEMBER,
                prefix,
                part,
                asked=asked.get(place.get(prefix, -1), set()),
                presumed=presumed.get(place.get(prefix, -1), {}),
                errors=errors,
            ),
        )
        for prefix, part in parts.items()
    ]
    return render(
        request,
        "form.html",
        status=status,
        **context,
        household=household,
        members=members,
        values=values,
        errors=errors,
        theirs=form.theirs,
        already=form.already,
        draft=form.draft,
        sources=(Source.DECLARED, Source.VISITED, Source.MATCHED),
        today=clock.today(),
    )


def _shown(
    actor: Actor, record: Record | None, values: dict[str, str]
) -> tuple[dict[str, str], dict[str, str], dict[str, Any]]:
    """Return what stands in a form in full and as it is shown, and what its page needs; a new household's as typed."""
    if record is None:
        return values, values, {"record": None}
    seen, stand_ins = looking(actor, record), StandIns.of(actor, record)
    full = stand_ins.replaced(values)
    return full, stand_ins.covered(full) if seen.until is None else full, seen.context


def _with_added(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values with one more member where the form was sent to add one, or one new member less."""
    made = dict(values)
    if values.get("redraw") == "add":
        numbers = [int(prefix[1:-1]) for prefix in prefixes(values)]
        made[f"m{max(numbers, default=-1) + 1}.relation"] = ""
    dropped = values.get("redraw", "")
    if dropped.startswith("drop:"):
        prefix = dropped.removeprefix("drop:")
        made = {name: value for name, value in made.items() if not name.startswith(prefix)}
    return made


def _in_force(actor: Actor, plan: Plan, values: Mapping[str, str]) -> Catalog:
    """Return the facts that matter in the place, and those of which anything is filled in all the same."""
    catalog = actor.office.rulebook.catalog
    here = actor.office.rulebook.rules(plan.household.region, plan.household.on).facts.by_name
    filled = {name.partition(".")[2] for name, value in values.items() if value}
    return Catalog(
        tuple(
            fact
            for fact in catalog.facts
            if fact.name in here or any(name == fact.name or name.startswith(f"{fact.name}.") for name in filled)
        )
    )


def _wanted(plan: Plan | None, read: Posted) -> tuple[dict[int | None, set[str]], dict[int | None, dict[str, Any]]]:
    """Return the facts that would decide something and those presumed, by member (None: the household)."""
    asked: dict[int | None, set[str]] = {None: set()}
    presumed: dict[int | None, dict[str, Any]] = {None: {}}
    if plan is None:
        return {None: set(), **{i: set() for i in range(len(read.people))}}, presumed
    for missing in plan.missing:
        asked.setdefault(missing.member, set()).add(missing.fact)
    for known in plan.presumed:
        presumed.setdefault(known.member, {})[known.fact] = known.value
    return asked, presumed


def _plan(actor: Actor, read: Posted) -> Plan | None:
    """Return the plan of what is filled in so far; None while it cannot be taken."""
    try:
        household = household_from(read.data, on=clock.today(), catalog=actor.office.rulebook.catalog)
        return make_plan(household, actor.office.rulebook)
    except BangfuError:
        return None
