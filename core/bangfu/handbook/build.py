"""From a ruleset to a handbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from bangfu.engine import Ruleset
from bangfu.errors import PluginError
from bangfu.facts import Choice, Digits, Fact, Integer, Items, Level, Quantity
from bangfu.handbook.categories import categories_of, recognition_of
from bangfu.handbook.model import Handbook, PackInForce, StatedFact
from bangfu.handbook.offers import departments_of
from bangfu.handbook.standards import Standards
from bangfu.messages import _, joined
from bangfu.policy import Pack

_TYPES = {"Money": _("金额（元）"), "YesNo": _("是／否"), "Day": _("日期"), "Choice": _("选一项"), "Text": _("文字")}
_OWNERS = {"core": _("系统自带"), "user": _("本地添加")}


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
        tuple(_fact(fact) for fact in catalog.at(Level.HOUSEHOLD)),
        tuple(_fact(fact) for fact in catalog.at(Level.MEMBER)),
        tuple(_("{plugin}：{reason}", plugin=error.plugin, reason=error.reason) for error in left_out),
    )


def _pack(ruleset: Ruleset, pack: Pack) -> PackInForce:
    policy = ruleset.policy
    names = {programme.code: programme.name for programme in ruleset.programmes}
    return PackInForce(
        pack.name,
        pack.file,
        pack.region if pack.prefix else _("全国"),
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
        presumption.text if presumption else _("必须写明") if fact.required else _("视为未知，需要询问"),
        presumption.source if presumption else "",
        fact.asks,
    )


def _type_text(fact: Fact) -> str:
    match fact.type:
        case Items(fields=fields):
            return _(
                "逐项列出：{list}",
                list=joined("、", (_("{label}（{name}）", label=field.label, name=field.name) for field in fields)),
            )
        case Integer(least, most):
            return _("整数，{least} 至 {most:,}", least=least, most=most)
        case Quantity(unit):
            return _("数量（{unit}）", unit=unit)
        case Digits(lengths):
            return _("{list} 位数字", list=joined("、", map(str, lengths)))
        case kind:
            return _TYPES[type(kind).__name__]
