"""From a ruleset to a handbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bangfu.engine import Ruleset
from bangfu.errors import PluginError
from bangfu.facts import Choice, Digits, Fact, Integer, Items, Quantity
from bangfu.handbook.categories import categories_of, recognition_of
from bangfu.handbook.model import Handbook, PackInForce, StatedFact
from bangfu.handbook.offers import departments_of
from bangfu.handbook.standards import Standards
from bangfu.policy import Pack

_TYPES = {"Money": "金额（元）", "YesNo": "是／否", "Day": "日期", "Choice": "选一项", "Text": "文字"}
_OWNERS = {"core": "系统自带", "user": "本地添加"}


def handbook_of(
    ruleset: Ruleset, packs: Sequence[Pack], region: str, on: date, left_out: Iterable[PluginError] = ()
) -> Handbook:
    """Return the handbook of a ruleset.

    Args:
        ruleset: what is in force in the region on the day.
        packs: all packs that were read; those for other regions are passed over.
        region: the division code.
        on: the day.
        left_out: plugins that could not be used, so that the reader knows what is missing.
    """
    standards = Standards(ruleset)
    catalog = ruleset.graph.catalog
    return Handbook(
        region,
        on,
        tuple(_pack(ruleset, pack) for pack in packs if pack.applies(region)),
        categories_of(ruleset, standards),
        recognition_of(ruleset, standards),
        departments_of(ruleset, standards),
        tuple(standards.by_name.values()),
        tuple(_fact(fact) for fact in catalog.household),
        tuple(_fact(fact) for fact in catalog.member),
        tuple(f"{error.plugin}：{error.reason}" for error in left_out),
    )


def _pack(ruleset: Ruleset, pack: Pack) -> PackInForce:
    policy = ruleset.policy
    names = {programme.code: programme.name for programme in ruleset.programmes}
    return PackInForce(
        pack.name,
        pack.file,
        pack.region if pack.prefix else "全国",
        pack.source,
        _OWNERS.get(pack.owner) or names.get(pack.owner, pack.owner),
        sum(entry.pack is pack for entry in policy.entries.values()),
        sum(row.pack is pack for row in policy.rows),
        pack.unused,
    )


def _fact(fact: Fact) -> StatedFact:
    kind = fact.type.kinds if isinstance(fact.type, Items) else fact.type
    presumption = fact.presumption
    return StatedFact(
        fact.name,
        fact.label,
        _type_text(fact),
        tuple(kind.labels.items()) if isinstance(kind, Choice) else (),
        presumption.text if presumption else "必须写明" if fact.required else "视为未知，需要询问",
        presumption.source if presumption else "",
        fact.asks,
    )


def _type_text(fact: Fact) -> str:
    match fact.type:
        case Items(fields=fields):
            return f"逐项列出：{'、'.join(f'{field.label}（{field.name}）' for field in fields)}"
        case Integer(least, most):
            return f"整数，{least} 至 {most:,}"
        case Quantity(unit):
            return f"数量（{unit}）"
        case Digits(lengths):
            return f"{'、'.join(map(str, lengths))} 位数字"
        case kind:
            return _TYPES[type(kind).__name__]
