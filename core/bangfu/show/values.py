"""A fact's value, given as a household file writes it, as a caseworker reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bangfu.facts import Choice, Fact, Items, Money, Quantity
from bangfu.facts.declare import PER_LABELS
from bangfu.messages import _, joined


def shown_value(fact: Fact | None, raw: Any) -> str:
    """Return a value in words: ``农村``, ``是``, ``工资 600.00 元/月``; ``未知`` for None.

    Args:
        fact: its declaration; None for a fact of a plugin that is not installed.
        raw: the value as a household file writes it.
    """
    if raw is None:
        return _("未知")
    if isinstance(raw, bool):
        return _("是") if raw else _("否")
    match fact.type if fact else None:
        case Choice(labels):
            return labels.get(str(raw), str(raw))
        case Money():
            return _("{raw} 元", raw=raw)
        case Quantity(unit):
            return f"{raw} {unit}"
        case Items() as items:
            return joined("；", (_entry(items, entry) for entry in raw)) or _("没有")
        case _:
            return str(raw)


def _entry(items: Items, entry: Mapping[str, Any]) -> str:
    kind = items.kinds.labels.get(entry[items.by], entry[items.by])
    labels = {field.name: field.label for field in items.fields}
    amounts = [name for name in items.amounts if entry.get(name) is not None]
    if len(items.amounts) == 1:
        said = _("{entry} 元", entry=entry[amounts[0]]) if amounts else _("金额未知")
        per = entry.get("per")
        return joined(" ", (kind, joined("/", (said, PER_LABELS[per])) if per else said))
    return _(
        "{kind}（{list}）",
        kind=kind,
        list=joined("，", (_("{labels} {entry} 元", labels=labels[name], entry=entry[name]) for name in amounts)),
    )
