"""What somebody wants to see changed: out of the form, and back into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import define, field, frozen

from bangfu import Fact, Items, Level
from bangfu.errors import Problem
from bangfu.files import read_fact
from bangfu.messages import _
from bangfu_office.forms import FieldView, filled_in
from bangfu_office.forms.fields import one_field
from bangfu_office.forms.read import fact_value
from bangfu_office.what_if.known_household import KnownHousehold
from bangfu_office.what_if.presets import PRESETS, Preset

MOST_ROWS = 20
_ROW = re.compile(r"c(\d{1,3})\.fact")
_PATH = re.compile(r"(?:members\[(\d+)\]\.)?([^.\[]+)")


@frozen
class Changed:
    """One fact that is to be another: of a member (by place) or None, the household; None is unknown."""

    member: int | None
    fact: Fact
    before: Any = field(repr=False)
    after: Any = field(repr=False)

    @property
    def same(self) -> bool:
        """Whether it is so already."""
        return bool(_read(self.fact, self.before) == _read(self.fact, self.after))


@frozen
class WhatIfRow:
    """A fact that was chosen by hand: its place in the form, of whom, its input, what it is now."""

    prefix: str
    member: int | None
    fact: Fact
    view: FieldView
    before: Any = field(repr=False)


@define
class WhatIfInput:
    """The changes in a form, what is wrong with them by input name, and the rows chosen by hand."""

    values: Mapping[str, str] = field(repr=False)
    changes: dict[tuple[int | None, str], Changed] = field(factory=dict)
    errors: dict[str, str] = field(factory=dict)
    rows: list[WhatIfRow] = field(factory=list)
    inputs: dict[tuple[int | None, str], str] = field(factory=dict)

    def take(self, member: int | None, fact: Fact, facts: Mapping[str, Any], value: Any, name: str) -> None:
        """Note a change and the input it came from; a later one of the same fact counts."""
        self.changes[member, fact.name] = Changed(member, fact, facts.get(fact.name), value)
        self.inputs[member, fact.name] = name

    def raw(self) -> dict[tuple[int | None, str], Any]:
        """Return the new values alone."""
        return {key: change.after for key, change in self.changes.items()}

    def refuse(self, problems: tuple[Problem, ...]) -> None:
        """Note what keeps the household from being like that, at the input it belongs to where there is one."""
        for problem in problems:
            match = _PATH.match(problem.path)
            key = (int(match[1]) if match[1] else None, match[2]) if match else (None, "")
            name = self.inputs.get(key, "")
            self.errors[name] = problem.said if name else problem.text


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
    return [preset for preset in PRESETS if all(known.fact(name) for name in preset.facts)]


def _take_preset(found: WhatIfInput, preset: Preset, known: KnownHousehold) -> None:
    values = {part.name: found.values.get(f"{preset.code}.{part.name}", "") for part in preset.parts}
    person = found.values.get(f"{preset.code}.person", "")
    wanted = any(values.values()) if preset.level is Level.HOUSEHOLD else bool(person)
    if not wanted:
        if any(values.values()):
            found.errors[f"{preset.code}.person"] = _("请先选成员")
        return
    member = None if preset.level is Level.HOUSEHOLD else known.place(person)
    if member is None and preset.level is Level.MEMBER:
        found.errors[f"{preset.code}.person"] = _("这名成员已不在这一户")
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
    name = f"{preset.code}.{preset.parts[0].name}" if preset.parts else f"{preset.code}.person"
    for fact, value in preset.changes(values, facts).items():
        found.take(member, known.catalog.by_name[fact], facts, value, name)


def _take_row(found: WhatIfInput, prefix: str, known: KnownHousehold) -> None:
    fact = known.fact(found.values.get(f"{prefix}fact", ""))
    if fact is None:
        return
    member = None
    if fact.level is Level.MEMBER:
        member = known.place(found.values.get(f"{prefix}who", ""))
        if member is None:
            return
    facts = known.of(member)
    before = facts.get(fact.name)
    name = f"{prefix}{fact.name}"
    found.rows.append(WhatIfRow(prefix, member, fact, one_field(fact, prefix, found.values), before))
    found.take(member, fact, facts, _value(fact, name, found.values, before), name)


def _value(fact: Fact, name: str, values: Mapping[str, str], before: Any) -> Any:
    """Return what stands in the input; a list is unknown where that is chosen, whatever rows are left over."""
    value = fact_value(fact, name, values)
    if not isinstance(fact.type, Items):
        return value
    said = values.get(f"{name}.said", "")
    if said == "none":
        return []
    return None if said == "" and _read(fact, value) == _read(fact, before) else value


def _redrawn(values: Mapping[str, str], known: KnownHousehold) -> dict[str, str]:
    made = dict(values)
    redraw = values.get("redraw", "")
    if redraw.startswith("drop:"):
        prefix = redraw.removeprefix("drop:")
        made = {name: value for name, value in made.items() if not name.startswith(prefix)}
    if redraw == "add":
        made |= dict(_new_row(values, known))
    return made


def _new_row(values: Mapping[str, str], known: KnownHousehold) -> Iterator[tuple[str, str]]:
    """Yield the inputs of one more row, filled in with what is known now."""
    fact = known.fact(values.get("new.fact", ""))
    places = [int(prefix[1:-1]) for prefix in _prefixes(values)]
    if fact is None or len(places) >= MOST_ROWS:
        return
    prefix = f"c{max(places, default=-1) + 1}."
    yield f"{prefix}fact", fact.name
    start = "h."
    if fact.level is Level.MEMBER:
        member = known.place(values.get("new.who", "")) or 0
        yield f"{prefix}who", str(known.people[member])
        start = f"m{member}."
    now = filled_in({**known.household, "members": list(known.members)}, known.catalog, known.people)
    own = f"{start}{fact.name}"
    for name, value in now.items():
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
