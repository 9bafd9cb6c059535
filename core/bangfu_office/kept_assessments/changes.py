"""What differs between two assessments, in words: facts, policy, plugins, category, supports, sums."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import frozen

from bangfu import Parameter, Per
from bangfu.differences import ValueChange, changed_values
from bangfu.facts import PER_LABELS
from bangfu.handbook import value_text
from bangfu.messages import _, in_words, joined
from bangfu.plan import increase
from bangfu.show import category_said
from bangfu_office.kept_assessments.outcome import KeptLabels
from bangfu_office.registry import Assessment, AssessmentComparison, due_amount

_PARTS = {"name": _("名称"), "per": _("周期"), "when": _("条件"), "any": _("条件"), "source": _("依据")}


@frozen
class ChangeLine:
    """One thing that was another: whose, which, how it was and is; ``by`` is how many yuan more, of amounts."""

    who: str
    label: str
    before: str
    after: str
    by: Decimal | None = None


ChangeTable: TypeAlias = tuple[str, list[ChangeLine], bool]
"""A title, what was another, and whether that is sums."""


def changes(
    first: Assessment,
    second: Assessment,
    found: AssessmentComparison,
    say: KeptLabels,
    parameters: Mapping[str, Parameter],
) -> list[ChangeTable]:
    """Return the differences of two assessments of one household in words; a table without lines is left out."""
    was, now = (category_said(made.household["category"], made.household["candidates"]) for made in (first, second))
    marks: dict[int | None, str] = dict.fromkeys({*second.people} - {*first.people}, _("（新加入）"))
    marks |= dict.fromkeys({*first.people} - {*second.people}, _("（已离开）"))
    totals = [
        *(_total(total, {"year": _("每年合计"), "once": _("一次性合计")}) for total in found.totals),
        *(_total(total, say.programmes) for total in found.year),
        *(_total(total, say.programmes, once=True) for total in found.once),
    ]
    policy = [_parameter(change, parameters.get(change.key)) for change in found.parameters]
    policy += [_row(change) for change in found.rows]
    tables: list[ChangeTable] = [
        (_("类别"), [ChangeLine("", _("类别"), was, now)] if found.category else [], False),
        (_("合计"), totals, True),
        (_("帮扶"), [_support(support, say) for support in found.supports], True),
        (_("事实"), [_fact(fact, say, marks) for fact in found.facts], False),
        (_("政策标准"), policy, False),
        (
            _("程序版本"),
            [ChangeLine("", d.key, d.before or _("没有"), d.after or _("没有")) for d in found.plugins],
            False,
        ),
    ]
    return [table for table in tables if table[1]]


def _total(total: ValueChange[str, Decimal], labels: Mapping[str, str], *, once: bool = False) -> ChangeLine:
    label = labels.get(total.key, total.key)
    before, after = total.before or Decimal(0), total.after or Decimal(0)
    said = _("{label}（一次性）", label=label) if once else label
    return ChangeLine("", said, f"{before:,.2f}", f"{after:,.2f}", increase(before, after))


def _support(support: ValueChange[tuple[int | None, str], Mapping[str, Any]], say: KeptLabels) -> ChangeLine:
    """Return how a support differs; a no on either side was not kept, and is no support."""
    before, after = support.before, support.after
    by = increase(due_amount(before), due_amount(after))
    name = (before or support.either)["name"]
    return ChangeLine(say.person(support.key[0]), name, say.support(before), say.support(after), by)


def _fact(
    fact: ValueChange[tuple[int | None, str], Any], say: KeptLabels, marks: Mapping[int | None, str]
) -> ChangeLine:
    person, name = fact.key
    (label, before), (_label, after) = (say.fact(name, value) for value in (fact.before, fact.after))
    return ChangeLine(say.person(person) + marks.get(person, ""), label, before, after)


def _parameter(change: ValueChange[str, Mapping[str, Any]], parameter: Parameter | None) -> ChangeLine:
    def said(entry: Mapping[str, Any] | None) -> str:
        if entry is None:
            return _("没有设定")
        if parameter is None:
            return str(entry["value"])
        try:
            return value_text(parameter, entry["value"], Per(entry["per"]) if entry["per"] else None)
        except (TypeError, ValueError):  # it was declared otherwise then
            return str(entry["value"])

    return ChangeLine("", parameter.label if parameter else change.key, said(change.before), said(change.after))


def _row(change: ValueChange[str, Mapping[str, Any]]) -> ChangeLine:
    """Return what differs in a row of a table: its amount, and which other parts."""
    before, after = (side and side["data"] for side in (change.before, change.after))
    others = {_PARTS[part.key]: None for part in changed_values(before or {}, after or {}) if part.key in _PARTS}
    label = in_words(str(change.either["data"].get("name", change.key)))
    if before and after and others:
        label += _("（{list}有变）", list=joined("、", others))
    return ChangeLine("", label, _row_amount(before), _row_amount(after))


def _row_amount(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return _("没有这一项")
    amount = row.get("amount")
    if amount is None:
        return _("不写金额")
    return _("{amount} 元/{get}", amount=amount, get=PER_LABELS.get(str(row.get("per", "year")), _("年")))
