"""The fields of a form: one for every declared fact, those that matter for this person first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import chain, count
from typing import Any

from attrs import frozen

from bangfu import Catalog, Choice, Day, Fact, Integer, Items, Level, Money, Quantity, YesNo
from bangfu.facts import PER_LABELS
from bangfu.messages import _, joined
from bangfu.show import shown_value

YES_NO = {"true": _("是"), "false": _("否")}
SAID = {"none": _("没有"), "some": _("有（逐项填写）")}

ByInput = Mapping[str, str]
"""Texts by the name of the input."""
_NOTHING: Mapping[str, Any] = {}
_KINDS = {YesNo: "choice", Choice: "choice", Day: "date", Integer: "whole", Money: "amount", Quantity: "amount"}
_FIRST: Mapping[Level, tuple[str, ...]] = {
    Level.HOUSEHOLD: ("region", "residence"),
    Level.MEMBER: ("name", "relation", "id_number", "sex", "birth_date"),
}


@frozen
class FieldView:
    """One input: how it is named in the form, what it says, what stands in it.

    ``kind`` is ``text``, ``date``, ``number``, ``choice`` or ``list``. ``presumed`` is what is taken to hold while
    the field is empty, with the rule in words; ``entries`` are the fields of a list's rows, ``note`` is what to know
    of them.
    """

    fact: str
    name: str
    label: str
    kind: str
    value: str = ""
    options: Mapping[str, str] = {}
    question: str = ""
    required: bool = False
    presumed: str = ""
    error: str = ""
    entries: tuple[tuple[FieldView, ...], ...] = ()
    note: str = ""


@frozen
class Section:
    """Fields of one subject: those to fill in first, and the others."""

    first: tuple[FieldView, ...]
    more: tuple[FieldView, ...]


def sections(
    catalog: Catalog,
    level: Level,
    prefix: str,
    values: ByInput,
    *,
    asked: Container[str],
    presumed: Mapping[str, Any],
    errors: ByInput,
) -> Section:
    """Return the fields of a household or a member.

    Args:
        catalog: the declared facts.
        level: whose.
        prefix: what the names of these inputs begin with.
        values: what is in the form of it, by input name; a form of a hundred people is not gone through for each.
        asked: facts that would decide something; they come first, with what is filled in or wrong.
        presumed: facts that are presumed now, with the value.
        errors: messages by input name.
    """
    made = {fact.name: one_field(fact, prefix, values, errors, presumed) for fact in catalog.at(level)}
    first = [made[name] for name in _FIRST[level] if name in made]
    others = [field for name, field in made.items() if name not in _FIRST[level]]
    filled = [
        field
        for field in others
        if field.fact in asked or any(f.value or f.error for f in (field, *chain.from_iterable(field.entries)))
    ]
    return Section((*first, *filled), tuple(field for field in others if field not in filled))


def one_field(
    fact: Fact,
    prefix: str = "",
    values: ByInput = _NOTHING,
    errors: ByInput = _NOTHING,
    presumed: Mapping[str, Any] = _NOTHING,
) -> FieldView:
    """Return the field of one fact, with what stands in it, is wrong with it, or presumed while it is empty."""
    name, error = f"{prefix}{fact.name}", errors.get(f"{prefix}{fact.name}", "")
    shown = shown_value(fact, presumed[fact.name]) if fact.name in presumed else ""
    rule = fact.presumption.text if fact.presumption and shown else ""
    if isinstance(fact.type, Items):
        said, asks = values.get(f"{name}.said", ""), fact.asks
        entries = tuple(_entries(fact.type, name, values, errors))
        note = joined("；", (part.note for part in fact.type.fields if part.note))
        return FieldView(fact.name, name, fact.label, "list", said, SAID, asks, False, rule, error, entries, note)
    value, kind, options = values.get(name, ""), _KINDS.get(type(fact.type), "text"), _NOTHING
    if isinstance(fact.type, YesNo | Choice):
        options = fact.type.labels if isinstance(fact.type, Choice) else YES_NO
    taken = _("{shown}（{rule}）", shown=shown, rule=rule) if rule else ""
    return FieldView(fact.name, name, fact.label, kind, value, options, fact.asks, fact.required, taken, error)


def _entries(kind: Items, name: str, values: ByInput, errors: ByInput) -> Iterable[tuple[FieldView, ...]]:
    filled = rows_of(name, values)
    spare = next(row for row in count() if row not in filled)  # the next, unless a form of nobody's left some out
    for row in (*filled, spare):
        fields = []
        for part in kind.fields:
            one, options = f"{name}.{row}.{part.name}", _NOTHING
            if isinstance(part.type, Choice):
                options = PER_LABELS if part.name == "per" else part.type.labels
            value, error = values.get(one, ""), errors.get(one, "")
            fields.append(
                FieldView(part.name, one, part.label, "choice" if options else "amount", value, options, error=error)
            )
        yield tuple(fields)


def rows_of(name: str, values: ByInput) -> list[int]:
    """Return the numbers of the rows of a list that are filled in, in order."""
    start = f"{name}."
    rows = {key[len(start) :].split(".")[0] for key, value in values.items() if value and key.startswith(start)}
    return sorted(int(row) for row in rows if row.isascii() and row.isdigit() and len(row) < 4)  # noqa: PLR2004
