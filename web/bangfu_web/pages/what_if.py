"""What if: a household's plan with some facts thought otherwise, beside the real one. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath

from bangfu import Household, InputError, Level, Plan, clock, make_plan
from bangfu.engine import Ruleset
from bangfu.errors import Problem
from bangfu.files.values import Wrong, read_day
from bangfu.messages import _
from bangfu.show import member_named
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import own_programme, visible_facts
from bangfu_office.households.reveals import look, looking
from bangfu_office.registry import Disclosure, Record
from bangfu_office.what_if import Asked, Known, WhatIfDifference, asked, difference, known, offered
from bangfu_web.desk import actor_of
from bangfu_web.pages.plan import day_of
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_INVALID = 422
_NOTHING = Problem("", _("没有写任何变化"), _("先选一种常见的变化，或加一项事实"))


@get("/households/{number:str}/what-if", may=Action.READ)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show the form for a day (``on``, default: today)."""
    actor = actor_of(request)
    record = actor.record(number)
    return _draw(request, actor, record, day_of(request), asked({}, _known(actor, record)))


@post("/households/{number:str}/what-if", status_code=200, may=Action.READ, once=False)
def think(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Show both plans beside each other, or the form with one row more or less."""
    actor, values = actor_of(request), values_of(form)
    record = actor.record(number)
    wanted = asked(values, _known(actor, record))
    on = _day(values, wanted)
    redraw = values.get("redraw", "")
    if redraw == "reveal":
        look(actor, number)
    if redraw and (redraw != "reveal" or not wanted.changes):
        wanted.errors = {}
        return _draw(request, actor, record, on, wanted)
    if not wanted.changes and not wanted.errors:
        wanted.errors[""] = _("{found}；请{expected}", found=_NOTHING.found, expected=_NOTHING.expected)
    found = None if wanted.errors else _thought(actor, record, on, wanted)
    return _draw(request, actor, record, on, wanted, found)


def _day(values: Mapping[str, str], wanted: Asked) -> date:
    try:
        return read_day(values["on"]) if values.get("on") else clock.today()
    except Wrong as wrong:
        wanted.errors["on"] = wrong.said
        return clock.today()


def _known(actor: Actor, record: Record) -> Known:
    return known(record, actor.office.rulebook.catalog, visible_facts(actor, record))


def _thought(actor: Actor, record: Record, on: date, wanted: Asked) -> WhatIfDifference | None:
    """Return the difference that the changes make; None with what is wrong noted where they cannot be."""
    try:
        now = record.household(on)
        then = _known(actor, record).with_changes(wanted.raw(), on)
    except InputError as error:
        wanted.refuse(error.problems)
        return None
    cover = looking(actor, record).cover
    return difference(_planned(actor, now, cover), _planned(actor, then, cover), own_programme(actor))


def _planned(actor: Actor, household: Household, cover: Disclosure) -> tuple[Plan, Ruleset]:
    ruleset = actor.office.rulebook.rules(household.region, household.on)
    return cover.plan(make_plan(household, actor.office.rulebook, ruleset)), ruleset


def _draw(
    request: Req, actor: Actor, record: Record, on: date, wanted: Asked, found: WhatIfDifference | None = None
) -> Response[str]:
    facts, seen = _known(actor, record), looking(actor, record)
    names = [member_named(i, person.facts.get("name")) for i, person in enumerate(seen.cover.record.members)]
    whole: dict[str, Any] = {
        **seen.context,
        "on": on,
        "asked": wanted,
        "presets": [(p, p.fields(facts.catalog, wanted.values, wanted.errors)) for p in offered(facts)],
        "people": [(str(number), name) for number, name in zip(facts.people, names, strict=True)],
        "facts": [(_("全户"), facts.at(Level.HOUSEHOLD)), (_("成员"), facts.at(Level.MEMBER))],
        "who": lambda member: _("全户") if member is None else names[member],
        "found": found,
    }
    return render(request, "what_if.html", status=_INVALID if wanted.errors else 200, **whole)


ROUTES = (show, think)
