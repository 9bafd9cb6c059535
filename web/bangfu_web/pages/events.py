"""What happens to a household and its people: births, deaths, moves, splits, mergers, its end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen
from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import Catalog, InputError, clock
from bangfu.errors import Problem
from bangfu.facts.member import RELATION_LABELS
from bangfu.messages import _, joined
from bangfu.show import member_named
from bangfu_office.access.actor import Actor
from bangfu_office.access.once import once
from bangfu_office.access.permissions import Action
from bangfu_office.forms import FieldView
from bangfu_office.forms.fields import answer_field
from bangfu_office.forms.hidden import status_of
from bangfu_office.households.reveals import look, looking
from bangfu_office.households.saving import attributed
from bangfu_office.life_events import EVENTS, Happening
from bangfu_office.life_events.kinds import BORN, Event
from bangfu_office.registry import AlreadyRegisteredError, ConflictError, Entry, Record, RegistryError, Source
from bangfu_web.desk import actor_of
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_CONFLICT, _INVALID = 409, 422
_MEMBER = re.compile(r"members\[(\d+)\](?:\.(\w+))?")


@frozen
class Refused:
    """A form that was not written: which event, what stood in it, what is wrong by input, what others did."""

    event: str = ""
    values: Mapping[str, str] = field(factory=dict, repr=False)
    errors: Mapping[str, str] = field(factory=dict)
    theirs: tuple[Entry, ...] = ()
    already: tuple[str, ...] = ()


@get("/households/{number:str}/events", may=Action.CHANGE)
def show(request: Req, number: FromPath[str]) -> Response[str]:
    """Show a form for every event."""
    actor = actor_of(request)
    return _draw(request, actor, actor.record(number), Refused())


@post("/households/{number:str}/events", may=Action.CHANGE)
def happen(request: Req, number: FromPath[str], form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Write an event, all of it or nothing, or show its form again with what is wrong."""
    actor, values = actor_of(request), values_of(form)
    record = actor.record(number)
    event = EVENTS.get(values.get("event", ""))
    if event is None:
        raise NotFoundException
    if values.get("redraw") == "reveal":
        look(actor, number)
        return _draw(request, actor, record, Refused(event.code, values))
    try:
        with actor.office.registry.work(attributed(actor, values)) as work:
            happening = Happening(actor, work, record, event.code, values)
            found = once(actor, work, values, lambda: _written(event, happening))
    except InputError as error:
        errors = _errors(event.code, error.problems, actor.office.rulebook.catalog)
        return _draw(request, actor, record, Refused(event.code, values, errors), status=status_of(error))
    except AlreadyRegisteredError as error:
        refused = Refused(event.code, values, already=error.households)
        return _draw(request, actor, record, refused, status=_CONFLICT)
    except ConflictError as error:
        again = {**values, "version": str(error.version)}
        refused = Refused(event.code, again, {"": error.text}, error.theirs)
        return _draw(request, actor, actor.record(number), refused, status=_CONFLICT)
    except RegistryError as error:
        refused = Refused(event.code, values, {"": error.text})
        return _draw(request, actor, record, refused, status=_INVALID)
    return Redirect(_next(actor, found), status_code=303)


def _written(event: Event, happening: Happening) -> str:
    happening.unchanged()
    return event.write(happening)


def _next(actor: Actor, number: str) -> str:
    """Return where to go on: to the events again while the household has no head or is due for a recheck."""
    record = actor.record(number)
    headless = record.members and not _has_head(record)
    return f"/households/{number}/events" if headless and not record.closed else f"/households/{number}"


def _has_head(record: Record) -> bool:
    return any(person.facts.get("relation") == "head" for person in record.members)


def _errors(event: str, problems: tuple[Problem, ...], catalog: Catalog) -> dict[str, str]:
    """Return what is wrong by input; what belongs to none of this form stands under ``""``, in words."""
    errors: dict[str, str] = {}
    for problem in problems:
        said = problem.said
        member = _MEMBER.match(problem.path)
        fact = (member[2] or "") if member else problem.path
        if event == "born" and fact in BORN:
            name = f"born.{fact}"
        elif problem.path.startswith(f"{event}.") or problem.path in {"observed_on", "source"}:
            name = problem.path
        elif not problem.path:
            name = ""
        else:
            declared = catalog.by_name.get(fact)
            label = declared.label if declared else fact
            who = _("成员 {int} · ", int=int(member[1]) + 1) if member else ""
            name, said = "", _("{who}{label}：{said}", who=who, label=label, said=said)
        errors[name] = joined("；", filter(None, (errors.get(name, ""), said)))
    return errors


def _draw(request: Req, actor: Actor, record: Record, refused: Refused, *, status: int = 200) -> Response[str]:
    seen = looking(actor, record)
    people = [
        (person.id, member_named(i, person.facts.get("name"))) for i, person in enumerate(seen.cover.record.members)
    ]
    return render(
        request,
        "events.html",
        status=status,
        **seen.context,
        refused=refused,
        events=[
            event
            for event in EVENTS.values()
            if event.code != "rechecked" or record.rechecks or refused.event == event.code
        ],
        people=people,
        relations=RELATION_LABELS,
        born=_born_fields(actor.office.rulebook.catalog, refused),
        headless=bool(people) and not _has_head(record),
        sources=(Source.DECLARED, Source.VISITED, Source.MATCHED),
        day=clock.today(),
    )


def _born_fields(catalog: Catalog, refused: Refused) -> list[FieldView]:
    """Return the inputs about a child, with what stood in them."""
    views = [answer_field(catalog.by_name[name]) for name in BORN]
    start = {"born.relation": "child"}
    made = []
    for view in views:
        name = f"born.{view.fact}"
        text = refused.values.get(name, start.get(name, ""))
        made.append(evolve(view, name=name, value=text, error=refused.errors.get(name, "")))
    return made


ROUTES = (show, happen)
