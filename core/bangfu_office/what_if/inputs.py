"""What somebody wants to see changed of a household as it is known: out of the form, and back into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define, field, frozen

from bangfu import Catalog, Fact, Items, Level
from bangfu.errors import Problem
from bangfu.files import read_fact
from bangfu.messages import _
from bangfu_office.access import Actor, visible_facts
from bangfu_office.forms import FieldView, filled_in
from bangfu_office.forms.fields import one_field
from bangfu_office.forms.read import fact_value
from bangfu_office.registry import Record
from bangfu_office.registry.serialization import with_identity
from bangfu_office.what_if.presets import PRESETS, Preset

MOST_ROWS = 20
_ROW = re.compile(r"c(\d{1,3})\.fact")
_PATH = re.compile(r"(?:members\[\d+\]\.)?[^.\[]+")


@frozen
class Changed:
    """One fact that is to be another: of a member (by place) or None, the household; None is unknown.

    ``name`` is the input that says so.
    """

    member: int | None
    fact: Fact
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    name: str

    @property
    def same(self) -> bool:
        """Whether it is so already."""
        return bool(_read(self.fact, self.before) == _read(self.fact, self.after))


@frozen
class KnownHousehold:
    """A household as a household file writes it, and its members' places by the registry's numbers.

    ``facts`` are those that may be seen and changed, by name.
    """

    catalog: Catalog
    data: Mapping[str, Any] = field(repr=False)
    places: Mapping[str, int]
    facts: Mapping[str, Fact]

    def of(self, member: int | None) -> Mapping[str, Any]:
        """Return the facts of a member, or (None) of the household."""
        found: Mapping[str, Any] = self.data if member is None else self.data["members"][member]
        return found


def known_household(actor: Actor, record: Record) -> KnownHousehold:
    """Return a household of the registry, to be thought otherwise as far as the actor may see it."""
    catalog, visible, data = actor.office.rulebook.catalog, visible_facts(actor, record), record.data()
    return KnownHousehold(
        catalog,
        data | {"members": [with_identity(facts) for facts in data["members"]]},
        {str(person.id): place for place, person in enumerate(record.members)},
        {f.name: f for f in catalog.facts if not f.personal and (visible is None or f.name in visible)},
    )


@define
class WhatIfInput:
    """The ``changes`` in a form by path, what is wrong with them by input name, and ``rows`` of facts chosen by hand.

    A row is its prefix in the form, its input and the change that this says.
    """

    values: Mapping[str, str] = field(repr=False)
    changes: dict[str, Changed] = field(factory=dict)
    errors: dict[str, str] = field(factory=dict)
    rows: list[tuple[str, FieldView, Changed]] = field(factory=list)

    def take(self, change: Changed) -> None:
        """Note a change; a later one of the same fact counts."""
        of = "" if change.member is None else f"members[{change.member}]."
        self.changes[of + change.fact.name] = change

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Note what keeps the household from being like that, at the input it belongs to where there is one."""
        for problem in problems:
            match = _PATH.match(problem.path)
            change = self.changes.get(match[0]) if match else None
            self.errors[change.name if change else ""] = problem.said if change else problem.text


def read_input(values: Mapping[str, str], known: KnownHousehold) -> WhatIfInput:
    """Return what a form says; rows are added and dropped as its buttons say."""
    found = WhatIfInput(_redrawn(values, known))
    for preset in offered(known):
        _take_preset(found, preset, known)
    for prefix in _prefixes(found.values):
        _take_row(found, prefix, known)
    return found


def offered(known: KnownHousehold) -> list[Preset]:
    """Return the presets whose facts may all be changed."""
    return [preset for preset in PRESETS if known.facts.keys() >= set(preset.facts)]


def _take_preset(found: WhatIfInput, preset: Preset, known: KnownHousehold) -> None:
    values = {part.name: found.values.get(f"{preset.code}.{part.name}", "") for part in preset.parts}
    who = f"{preset.code}.person"
    person, of_household = found.values.get(who, ""), preset.level is Level.HOUSEHOLD
    if not (any(values.values()) if of_household else person):
        if any(values.values()):
            found.errors[who] = _("请先选成员")
        return
    member = None if of_household else known.places.get(person)
    if member is None and not of_household:
        found.errors[who] = _("这名成员已不在这一户")
        return
    unfit = [
        view.name
        for part, view in zip(preset.parts, preset.fields(known.catalog, found.values, {}), strict=True)
        if (part.needed and not view.value) or (view.value and view.kind == "choice" and view.value not in view.options)
    ]
    if unfit:
        found.errors |= dict.fromkeys(unfit, _("请先填写"))
        return
    facts = known.of(member)
    name = f"{preset.code}.{preset.parts[0].name}" if preset.parts else who
    for fact, value in preset.changes(values, facts).items():
        found.take(Changed(member, known.facts[fact], facts.get(fact), value, name))


def _take_row(found: WhatIfInput, prefix: str, known: KnownHousehold) -> None:
    fact = known.facts.get(found.values.get(f"{prefix}fact", ""))
    if fact is None:
        return
    member = known.places.get(found.values.get(f"{prefix}who", "")) if fact.level is Level.MEMBER else None
    if member is None and fact.level is Level.MEMBER:
        return
    before, view = known.of(member).get(fact.name), one_field(fact, prefix, found.values)
    change = Changed(member, fact, before, _value(fact, view.name, found.values, before), view.name)
    found.rows.append((prefix, view, change))
    found.take(change)


def _value(fact: Fact, name: str, values: Mapping[str, str], before: Any) -> Any:
    """Return what stands in the input; a list is unknown where that is chosen, whatever rows are left over."""
    value = fact_value(fact, name, values)
    left_over = isinstance(fact.type, Items) and not values.get(f"{name}.said")
    return None if left_over and _read(fact, value) == _read(fact, before) else value


def _redrawn(values: Mapping[str, str], known: KnownHousehold) -> dict[str, str]:
    redraw = values.get("redraw", "")
    if redraw.startswith("drop:"):
        prefix = redraw.removeprefix("drop:")
        return {name: value for name, value in values.items() if not name.startswith(prefix)}
    return {**values, **dict(_new_row(values, known))} if redraw == "add" else dict(values)


def _new_row(values: Mapping[str, str], known: KnownHousehold) -> Iterator[tuple[str, str]]:
    """Yield the inputs of one more row, filled in with what is known now."""
    fact = known.facts.get(values.get("new.fact", ""))
    places = [int(prefix[1:-1]) for prefix in _prefixes(values)]
    if fact is None or len(places) >= MOST_ROWS:
        return
    prefix = f"c{max(places, default=-1) + 1}."
    yield f"{prefix}fact", fact.name
    start = "h."
    if fact.level is Level.MEMBER:
        member = known.places.get(values.get("new.who", ""), 0)
        yield f"{prefix}who", list(known.places)[member]
        start = f"m{member}."
    own = f"{start}{fact.name}"
    for name, value in filled_in(known.data, known.catalog, (None,) * len(known.places)).items():
        if name == own or name.startswith(f"{own}."):
            yield f"{prefix}{name.removeprefix(start)}", value


def _prefixes(values: Mapping[str, str]) -> list[str]:
    found = sorted({int(match[1]) for name in values if (match := _ROW.fullmatch(name))})
    return [f"c{place}." for place in found][:MOST_ROWS]


def _read(fact: Fact, raw: Any) -> Any:
    """Return a value as it is read, so that 600 and 600.00 are the same; what does not fit stays as it is."""
    problems: list[Problem] = []
    value = None if raw is None else read_fact(fact, raw, problems.append)
    return raw if problems else value
