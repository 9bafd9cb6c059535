"""What is declared, in words and as data: facts and their values, programmes, parameters."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict

from bangfu.engine import BoundBenefit, Ruleset
from bangfu.engine.labels import sum_text
from bangfu.facts import Catalog, Choice, Fact, Items, Money, Quantity
from bangfu.facts.declare import PER_LABELS
from bangfu.messages import _, joined
from bangfu.policy import Pack, Parameter, Policy
from bangfu.rules import Programme
from bangfu.rules.benefit import KIND_LABELS
from bangfu.show.as_json import money, text

_TYPES = {
    "Money": "金额", "Quantity": "数量", "Integer": "整数", "YesNo": "是否", "Choice": "选项",
    "Day": "日期", "Digits": "代码", "Text": "文本", "Items": "列表",
}  # fmt: skip


class FactJson(TypedDict):
    """A declared fact."""

    name: str
    level: str
    type: str
    label: str
    choices: dict[str, str]
    fields: list[str]
    required: bool
    presumption: str | None
    question: str


BenefitRow = TypedDict(
    "BenefitRow",
    {
        "code": str,
        "name": str,
        "for": str,
        "amount": str | None,
        "per": str,
        "kind": str,
        "source": str,
        "verified": bool,
        "when": list[str],
    },
)


class ProgrammeRow(TypedDict):
    """A programme with its benefits."""

    code: str
    name: str
    department: str
    benefits: list[BenefitRow]


class ParameterRow(TypedDict):
    """A parameter in force."""

    parameter: str
    label: str
    value: str | None
    unit: str
    per: str | None
    source: str | None
    pack: str | None
    verified: bool | None


def fact_rows(catalog: Catalog) -> list[FactJson]:
    """Return every fact as data."""
    return [_fact(fact) for fact in catalog.facts]


def programme_rows(ruleset: Ruleset) -> list[ProgrammeRow]:
    """Return every programme with its benefits as data."""
    return [_programme(ruleset, programme) for programme in ruleset.programmes]


def policy_rows(policy: Policy) -> list[ParameterRow]:
    """Return every parameter as data."""
    return [_parameter(policy, name) for name in policy.parameters]


def fact_lines(catalog: Catalog, *, as_json: bool = False) -> Iterator[str]:
    """Yield every fact: name, level, type, what is presumed where it is absent."""
    rows = fact_rows(catalog)
    if as_json:
        yield json.dumps(rows, ensure_ascii=False, indent=2)
        return
    level = ""
    for row in rows:
        if row["level"] != level:
            level = row["level"]
            yield f"# {'全户' if level == 'household' else '成员'}"
        absent = row["presumption"] or ("必填" if row["required"] else "未知")
        yield f"{row['name']}　{row['label']}（{_TYPES[row['type']]}）　未写明时：{absent}"
        if row["choices"]:
            yield f"    {'、'.join(f'{key}＝{label}' for key, label in row['choices'].items())}"


def _fact(fact: Fact) -> FactJson:
    kind = fact.type.kinds if isinstance(fact.type, Items) else fact.type
    return {
        "name": fact.name,
        "level": fact.level.value,
        "type": type(fact.type).__name__,
        "label": fact.label,
        "choices": dict(kind.labels) if isinstance(kind, Choice) else {},
        "fields": [f.name for f in fact.type.fields] if isinstance(fact.type, Items) else [],
        "required": fact.required,
        "presumption": fact.presumption.text if fact.presumption else None,
        "question": fact.asks,
    }


def programme_lines(ruleset: Ruleset, *, as_json: bool = False) -> Iterator[str]:
    """Yield every programme with its benefits: for whom, how much, by which clause."""
    rows = programme_rows(ruleset)
    if as_json:
        yield json.dumps(rows, ensure_ascii=False, indent=2)
        return
    for row in rows:
        yield f"# {row['code']}　{row['name']}　{row['department']}"
        for benefit in row["benefits"]:
            amount = benefit["amount"] or KIND_LABELS[benefit["kind"]]
            yield f"{benefit['code']}　{benefit['name']}　{amount}　［{benefit['source']}］"
            yield f"    条件：{'；'.join(benefit['when'])}"


def _programme(ruleset: Ruleset, programme: Programme) -> ProgrammeRow:
    return {
        "code": programme.code,
        "name": programme.name,
        "department": programme.department,
        "benefits": [
            {
                "code": bound.benefit.code,
                "name": bound.benefit.name,
                "for": bound.benefit.for_.value,
                "amount": _how_much(ruleset, bound),
                "per": bound.benefit.per.value,
                "kind": bound.benefit.kind.value,
                "source": bound.benefit.source,
                "verified": bound.benefit.verified,
                "when": [criterion.label for criterion in bound.criteria],
            }
            for bound in ruleset.benefits
            if bound.programme == programme.code
        ],
    }


def _how_much(ruleset: Ruleset, bound: BoundBenefit) -> str | None:
    """Return the amount or the sum that gives it, names written as labels; None for what is no money."""
    benefit = bound.benefit
    if benefit.amount is None:
        return None
    how = sum_text(ruleset.sum_of(bound), lambda leaf: ruleset.labels.of_column(leaf.level, leaf.column))
    return f"{how} 元/{PER_LABELS[benefit.per]}"


def policy_lines(policy: Policy, packs: Sequence[Pack], region: str, *, as_json: bool = False) -> Iterator[str]:
    """Yield every parameter: value, unit, clause, pack, whether verified; unset ones as *not configured*."""
    rows = policy_rows(policy)
    if as_json:
        yield json.dumps(rows, ensure_ascii=False, indent=2)
        return
    for row in rows:
        if row["value"] is None:
            yield f"{row['parameter']}　{row['label']}　未设定"
            continue
        value = f"{row['value']} {row['unit']}".strip()
        verified = "已核对" if row["verified"] else "未核对"
        yield f"{row['parameter']}　{row['label']}　{value}　［{row['source']}］　{row['pack']}　{verified}"
    for pack in packs:
        if pack.applies(region) and pack.unused:
            yield f"# {pack.file} 中没有项目使用的参数：{'、'.join(pack.unused)}"


def _parameter(policy: Policy, name: str) -> ParameterRow:
    parameter, entry = policy.parameters[name], policy.entries.get(name)
    return {
        "parameter": name,
        "label": parameter.label,
        "value": _value(parameter, entry.value) if entry else None,
        "unit": f"{parameter.unit}/{PER_LABELS[entry.per]}" if entry and entry.per else parameter.unit,
        "per": entry.per.value if entry and entry.per else None,
        "source": entry.source if entry else None,
        "pack": f"{entry.pack.name}（{entry.pack.file}）" if entry else None,
        "verified": entry.verified if entry else None,
    }


def _value(parameter: Parameter, value: object) -> str | None:
    if isinstance(value, Decimal) and isinstance(parameter.type, Money):
        return money(value)
    return text(value) if isinstance(value, bool | tuple) else str(value)


def shown_value(fact: Fact | None, raw: Any) -> str:
    """Return what a household file has of a fact in words: ``农村``, ``是``, ``工资 600.00 元/月``; ``未知`` for None.

    There is no ``fact`` of a plugin that is not installed.
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
    stated = (_("{labels} {entry} 元", labels=labels[name], entry=entry[name]) for name in amounts)
    return _("{kind}（{list}）", kind=kind, list=joined("，", stated))
