"""A household's plan with some facts changed, beside the real one; nothing is stored.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import evolve, field, frozen

from bangfu import Fact, InputError, Level, clock
from bangfu.messages import _
from bangfu.show import member_named
from bangfu_office.access import Action, Actor, visible_facts
from bangfu_office.forms import FieldView
from bangfu_office.forms.read import day_in
from bangfu_office.households.planning import view_of
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.registry import Record
from bangfu_office.what_if.difference import WhatIfDifference, difference
from bangfu_office.what_if.inputs import WhatIfInput, offered, read_input
from bangfu_office.what_if.known_household import KnownHousehold, known_household
from bangfu_office.what_if.presets import Preset

_NOTHING = _("{found}；请{expected}", found=_("没有写任何变化"), expected=_("先选一种常见的变化，或加一项事实"))


@frozen
class WhatIf:
    """The form in which facts are changed, and the ``found`` difference; None where nothing could be compared.

    ``people`` are the members by the registry's numbers, ``names`` by place, with the household (None); ``facts`` are
    those that may be changed, by whose they are.
    """

    shown: RevealedRecord
    on: date
    input: WhatIfInput
    presets: tuple[tuple[Preset, list[FieldView]], ...]
    people: tuple[tuple[str, str], ...] = field(repr=False)
    names: Mapping[int | None, str] = field(repr=False)
    facts: tuple[tuple[str, list[Fact]], ...]
    found: WhatIfDifference | None = None


def what_if_form(actor: Actor, number: str, on: date) -> WhatIf:
    """Return the form in which facts of a household are changed, for a day."""
    actor.must(Action.READ)
    record = actor.record(number)
    known = _known(actor, record)
    return _drawn(actor, record, on, known, read_input({}, known))


def what_if(actor: Actor, number: str, values: Mapping[str, str]) -> WhatIf:
    """Return what becomes of a household's plan by the changes in a form; what is wrong stands in its input."""
    actor.must(Action.READ)
    record, redraw = actor.record(number), values.get("redraw", "")
    known = _known(actor, record)
    sent = read_input(values, known)
    on = _day(values, sent)
    if redraw == "reveal":
        reveal(actor, number)
    if redraw and (redraw != "reveal" or not sent.changes):
        sent.errors = {}
        return _drawn(actor, record, on, known, sent)
    if not sent.changes and not sent.errors:
        sent.errors[""] = _NOTHING
    found = None if sent.errors else _difference(actor, record, on, known, sent)
    return evolve(_drawn(actor, record, on, known, sent), found=found)


def _known(actor: Actor, record: Record) -> KnownHousehold:
    return known_household(record, actor.office.rulebook.catalog, visible_facts(actor, record))


def _day(values: Mapping[str, str], sent: WhatIfInput) -> date:
    try:
        return day_in(values, "on")
    except InputError as error:
        sent.errors["on"] = error.problems[0].said
        return clock.today()


def _difference(
    actor: Actor, record: Record, on: date, known: KnownHousehold, sent: WhatIfInput
) -> WhatIfDifference | None:
    """Return the difference that the changes make; None with what is wrong noted where they cannot be."""
    try:
        now = record.household(on)
        then = known.with_changes(sent.raw(), on)
    except InputError as error:
        sent.refuse(error.problems)
        return None
    cover = shown_to(actor, record).cover
    real, other = (view_of(actor, household, cover) for household in (now, then))
    return difference((real.plan, real.ruleset), (other.plan, other.ruleset), real.programme)


def _drawn(actor: Actor, record: Record, on: date, known: KnownHousehold, sent: WhatIfInput) -> WhatIf:
    shown = shown_to(actor, record)
    names = [member_named(i, person.facts.get("name")) for i, person in enumerate(shown.record.members)]
    return WhatIf(
        shown,
        on,
        sent,
        tuple((preset, preset.fields(known.catalog, sent.values, sent.errors)) for preset in offered(known)),
        tuple((str(person), name) for person, name in zip(known.people, names, strict=True)),
        {None: _("全户"), **dict(enumerate(names))},
        ((_("全户"), known.at(Level.HOUSEHOLD)), (_("成员"), known.at(Level.MEMBER))),
    )
