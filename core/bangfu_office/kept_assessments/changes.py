"""What differs between two assessments, in words: facts, policy, plugins, category, supports, sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from bangfu import Choices, Parameter
from bangfu.facts.declare import PER_LABELS
from bangfu.messages import _, in_words, joined
from bangfu.show import shown_value
from bangfu_office.kept_assessments.labels import Saying
from bangfu_office.registry import Assessment, Comparison, Difference

_PARTS = {
    "name": _("名称"),
    "amount": _("金额"),
    "per": _("周期"),
    "when": _("条件"),
    "any": _("条件"),
    "source": _("依据"),
}


@frozen
class Change:
    """One thing that was another: whose, which, how it was and is."""

    who: str
    label: str
    before: str
    after: str
    by: Decimal | None = None


@frozen
class Changes:
    """Everything the page of two assessments shows."""

    category: Change | None
    totals: tuple[Change, ...]
    supports: tuple[Change, ...]
    facts: tuple[Change, ...]
    policy: tuple[Change, ...]
    plugins: tuple[Change, ...]


def changes(
    first: Assessment, second: Assessment, found: Comparison, say: Saying, parameters: Mapping[str, Parameter]
) -> Changes:
    """Return the differences of two assessments of one household in words."""
    telling = _Telling(first, second, say, parameters)
    category = Change("", _("类别"), telling.category(first), telling.category(second))
    return Changes(
        category if found.category else None,
        (
            *(telling.total(difference) for difference in found.totals),
            *(telling.total(difference, once=True) for difference in found.paid_once),
        ),
        tuple(telling.supports(found.supports)),
        tuple(telling.fact(difference) for difference in found.facts),
        tuple(telling.policy(difference) for difference in found.policy),
        tuple(Change("", d.what, d.before or _("没有"), d.after or _("没有")) for d in found.plugins),
    )


@frozen
class _Telling:
    first: Assessment
    second: Assessment
    say: Saying
    parameters: Mapping[str, Parameter]

    def category(self, made: Assessment) -> str:
        household = made.household
        return self.say.category(household["category"], household["candidates"])

    def total(self, difference: Difference, *, once: bool = False) -> Change:
        labels = {"year": _("每年合计"), "once": _("一次性合计"), **self.say.programmes}
        label = labels.get(difference.what, difference.what)
        if once:
            label = _("{label}（一次性）", label=label)
        before, after = (Decimal(value or 0) for value in (difference.before, difference.after))
        return Change("", label, f"{before:,.2f}", f"{after:,.2f}", after - before)

    def supports(self, differences: tuple[Difference, ...]) -> Iterator[Change]:
        """Yield the supports that differ; a no on either side was not kept, and is no support."""
        known = {s["benefit"]: s for made in (self.first, self.second) for s in made.supports}
        for found in differences:
            by = _due(found.after) - _due(found.before)
            kind = {"kind": known[found.what]["kind"]}
            before, after = (self.say.support(side and kind | side) for side in (found.before, found.after))
            yield Change(self.say.person(found.person), known[found.what]["name"], before, after, by or None)

    def fact(self, difference: Difference) -> Change:
        fact = self.say.catalog.by_name.get(difference.what)
        who = self.say.person(difference.person)
        if difference.person is not None:
            joined = difference.person not in self.first.people
            left = difference.person not in self.second.people
            who += _("（新加入）") if joined else _("（已离开）") if left else ""
        label = fact.label if fact else difference.what
        return Change(who, label, shown_value(fact, difference.before), shown_value(fact, difference.after))

    def policy(self, difference: Difference) -> Change:
        if isinstance(difference.before, Mapping) or isinstance(difference.after, Mapping):
            return _row(difference)
        parameter = self.parameters.get(difference.what)
        label = parameter.label if parameter else difference.what
        return Change("", label, _parameter(parameter, difference.before), _parameter(parameter, difference.after))


def _due(support: Mapping[str, Any] | None) -> Decimal:
    if support is None or support["status"] != "eligible" or support["replaced_by"]:
        return Decimal(0)
    return Decimal(support["year_amount"] or 0)


def _parameter(parameter: Parameter | None, kept: str | None) -> str:
    """Return the value of a parameter: ``5400/year`` as 5400 元/年, codes by their labels."""
    if kept is None:
        return _("没有设定")
    labels: Mapping[str, str] = getattr(parameter.type, "labels", {}) if parameter else {}
    if isinstance(getattr(parameter, "type", None), Choices):
        return joined("、", (labels.get(code, code) for code in kept.split("、") if code)) or _("没有")
    if kept in {"True", "False"}:
        return _("是") if kept == "True" else _("否")
    value, _slash, per = kept.partition("/")
    if per in PER_LABELS:
        return _("{value} 元/{per_labels}", value=value, per_labels=PER_LABELS[per])
    unit = f" {parameter.unit}" if parameter and parameter.unit else ""
    return labels.get(kept, kept + unit)


def _row(difference: Difference) -> Change:
    """Return what differs in a row of a table: its amount, and which other parts."""
    before, after = (
        _unmarked(side["table"]["data"]) if side else None for side in (difference.before, difference.after)
    )
    named = after or before or {}
    others = [
        label
        for part, label in _PARTS.items()
        if part != "amount" and before and after and before.get(part) != after.get(part)
    ]
    label = in_words(str(named.get("name", difference.what))) + (
        _("（{list}有变）", list=joined("、", dict.fromkeys(others))) if others else ""
    )
    return Change("", label, _row_amount(before), _row_amount(after))


def _row_amount(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return _("没有这一项")
    amount = row.get("amount")
    return (
        _("不写金额")
        if amount is None
        else _("{amount} 元/{get}", amount=amount, get=PER_LABELS.get(str(row.get("per", "year")), _("年")))
    )


def _unmarked(value: Any) -> Any:
    """Return a kept value as it was written: amounts and days stand marked in a kept policy."""
    match value:
        case {"decimal": text} | {"day": text}:
            return text
        case {"table": dict(table)}:
            return {name: _unmarked(part) for name, part in table.items()}
        case list():
            return [_unmarked(part) for part in value]
        case _:
            return value
