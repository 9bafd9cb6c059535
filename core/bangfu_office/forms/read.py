"""What came in by a form, as a household file would hold it, and where each error belongs.

Besides what somebody typed, a page writes what it was drawn of: the version, and which members its parts are about.
Where these are not as a page writes them, nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from bangfu import Catalog, Fact, InputError, Integer, Items, Level, Money, Quantity, YesNo, clock
from bangfu.errors import Problem
from bangfu.files import MOST_MEMBERS, Wrong, read_day
from bangfu.messages import _, joined
from bangfu_office.forms.fields import rows_of
from bangfu_office.registry import Record

_MOST_DIGITS = 16
_MEMBER = re.compile(r"m([0-9]{1,3})\.")
HOUSEHOLD = "h."
_ABOUT = ("source", "observed_on")
"""What a form says of itself, not of the household."""
_NEVERTHELESS = "_nevertheless"
"""The box in a form that says so; no draft keeps it."""


@frozen
class Posted:
    """A household out of a form.

    ``data`` is what a household file would hold. ``people`` gives for each of its members the input prefix
    (``m3.``) and the registry's number (None: a new one); ``gone`` those who are to leave, with the reason.
    """

    values: Mapping[str, str] = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)
    people: tuple[tuple[str, int | None], ...]
    gone: tuple[tuple[int, str], ...]
    _inputs: Mapping[str, str] = field(repr=False)

    def errors(self, problems: tuple[Problem, ...]) -> dict[str, str]:
        """Return what is wrong by input name; what belongs to no input stands under ``""``."""
        found: dict[str, str] = {}
        for problem in problems:
            name = self._inputs.get(problem.path, "")
            text = problem.said if name or not problem.path else problem.text
            found[name] = joined("；", filter(None, (found.get(name, ""), text)))
        return found


def posted(values: Mapping[str, str], catalog: Catalog) -> Posted:
    """Return the household in the values of a form; members nobody filled in are left out."""
    inputs = dict(zip(_ABOUT, _ABOUT, strict=True))
    parts = parted(values)
    data: dict[str, Any] = dict(_facts(catalog, Level.HOUSEHOLD, HOUSEHOLD, "", parts.pop(HOUSEHOLD), inputs))
    people: list[tuple[str, int | None]] = []
    gone: list[tuple[int, str]] = []
    members: list[dict[str, Any]] = []
    for prefix, part in parts.items():
        number = whole_number(part.get(f"{prefix}person", ""))
        leaving = part.get(f"{prefix}leaves", "")
        if leaving:
            if number is not None:
                gone.append((number, leaving))
            continue
        path = f"members[{len(members)}]."
        inputs[path[:-1]] = f"{prefix}relation"
        facts = dict(_facts(catalog, Level.MEMBER, prefix, path, part, inputs))
        if facts or number is not None:
            members.append(facts)
            people.append((prefix, number))
    return Posted(values, {**data, "members": members}, tuple(people), tuple(gone), inputs)


def whole_number(text: str) -> int | None:
    """Return the whole number in a text; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else None


def day_in(values: Mapping[str, Any], name: str) -> date:
    """Return the day in an input; today for none.

    Raises:
        InputError: it is no day.
    """
    try:
        return read_day(values[name]) if values.get(name) else clock.today()
    except Wrong as wrong:
        raise InputError("form", [wrong.at(name)]) from None


def fact_value(
    fact: Fact, name: str, values: Mapping[str, str], path: str = "", inputs: dict[str, str] | None = None
) -> Any:
    """Return what stands in the inputs of one fact, as a household file would hold it; None for nothing.

    Which input each part of a list is goes to ``inputs``, by its path.
    """
    if isinstance(fact.type, Items):
        entries = list(_entries(fact.type, name, path, values, {} if inputs is None else inputs))
        return entries if entries or values.get(f"{name}.said") == "none" else None
    return _raw(fact, values[name]) if values.get(name) else None


def parted(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return what a form holds of the household and of each member, by what the names of its inputs begin with.

    The household (``h.``) comes first, whether or not there is anything of it, then the members (``m0.``) by number;
    one more than a household may have, for the library to refuse them.
    """
    household: dict[str, str] = {}
    members: dict[int, dict[str, str]] = {}
    for name, value in values.items():
        if match := _MEMBER.match(name):
            members.setdefault(int(match[1]), {})[name] = value
        elif name.startswith(HOUSEHOLD):
            household[name] = value
    return {HOUSEHOLD: household, **{f"m{i}.": members[i] for i in sorted(members)[: MOST_MEMBERS + 1]}}


def prefixes(values: Mapping[str, str]) -> list[str]:
    """Return what the inputs of each member begin with (``m0.``), in order."""
    return list(parted(values))[1:]


def _facts(
    catalog: Catalog, level: Level, prefix: str, path: str, values: Mapping[str, str], inputs: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    for fact in catalog.at(level):
        name = f"{prefix}{fact.name}"
        inputs[f"{path}{fact.name}"] = name
        value = fact_value(fact, name, values, f"{path}{fact.name}", inputs)
        if value is not None:
            yield fact.name, value


def _entries(
    kind: Items, name: str, path: str, values: Mapping[str, str], inputs: dict[str, str]
) -> Iterator[dict[str, Any]]:
    place = 0
    if values.get(f"{name}.said") == "none":
        return
    for row in rows_of(name, values):
        entry = {part.name: values.get(f"{name}.{row}.{part.name}", "") for part in kind.fields}
        if not any(entry.values()):
            continue
        for part in kind.fields:
            inputs[f"{path}[{place}].{part.name}"] = f"{name}.{row}.{part.name}"
        place += 1
        yield {part.name: _amount(text) if isinstance(part.type, Money) else text
               for part in kind.fields if (text := entry[part.name])}  # fmt: skip


def _raw(fact: Fact, text: str) -> Any:
    match fact.type:
        case YesNo():
            return {"true": True, "false": False}.get(text, text)
        case Integer():
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text  # noqa: PLR2004
        case Money() | Quantity():
            return _amount(text)
        case _:
            return text


def _amount(text: str) -> str:
    return text.replace(",", "").replace("，", "")


def filled_in(data: Mapping[str, Any], catalog: Catalog, people: tuple[int | None, ...]) -> dict[str, str]:
    """Return the form values of a household that is registered: the other way round."""
    values = dict(_filled(data, catalog, Level.HOUSEHOLD, HOUSEHOLD))
    for i, (facts, person) in enumerate(zip(data["members"], people, strict=True)):
        values |= dict(_filled(facts, catalog, Level.MEMBER, f"m{i}."))
        values[f"m{i}.person"] = "" if person is None else str(person)
    return values


def _filled(facts: Mapping[str, Any], catalog: Catalog, level: Level, prefix: str) -> Iterator[tuple[str, str]]:
    for fact in catalog.at(level):
        value = facts.get(fact.name)
        if value is None:
            continue
        if isinstance(fact.type, Items):
            yield f"{prefix}{fact.name}.said", "some" if value else "none"
            for row, entry in enumerate(value):
                for part, text in entry.items():
                    yield f"{prefix}{fact.name}.{row}.{part}", str(text)
        else:
            yield f"{prefix}{fact.name}", str(value).lower() if isinstance(value, bool) else str(value)


class StaleFormError(InputError):
    """The hidden parts of a form are not as a page writes them: it has to be opened again."""

    def __init__(self, found: str) -> None:
        hint = _("填的内容都还在下面，没有保存；请重新打开这一页，对照后再填")
        super().__init__("form", [Problem("", found, _("从现在这一页打开的表单"), hint)])


def version_in(values: Mapping[str, str]) -> int:
    """Return the version that a form was drawn at.

    Raises:
        StaleFormError: there is none, or it is no number from 1.
    """
    version = whole_number(values.get("version", ""))
    if not version:
        raise StaleFormError(_("表单里没有打开时的版本"))
    return version


def must_be_members(values: Mapping[str, str], record: Record) -> None:
    """Make sure that every part of a household's form is about one of its members, each once, or a new one.

    Raises:
        StaleFormError: it is not; a member nobody can find would be registered once more.
    """
    named = [values.get(f"{prefix}person") for prefix in prefixes(values)]
    numbers = [whole_number(name) for name in named if name]
    if None in named or len(set(numbers)) < len(numbers) or not {p.id for p in record.members}.issuperset(numbers):
        raise StaleFormError(_("表单里的成员与这一户现在的成员对不上"))


def nevertheless(values: Mapping[str, str]) -> bool:
    """Return whether a form says that people are to be registered who are registered already."""
    return values.get(_NEVERTHELESS) == "yes"
