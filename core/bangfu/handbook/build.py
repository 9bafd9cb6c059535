"""From a ruleset to a handbook: categories, recognition and income lines, packs, facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from bangfu.classification import HOUSEHOLD_ORDER, classification
from bangfu.engine import Ruleset
from bangfu.engine.values import shown
from bangfu.facts import Digits, Fact, Integer, Items, Level, Quantity
from bangfu.facts.household import CATEGORY_LABELS, RESIDENCE_LABELS
from bangfu.handbook.model import Category, Handbook, IncomeLine, PackInForce, Recognition
from bangfu.handbook.offers import OF_LABELS, departments_of
from bangfu.handbook.standards import Standards, conditions_of
from bangfu.identification import MEMBER_GROUNDS, property_criteria
from bangfu.messages import _, joined
from bangfu.policy import Pack
from bangfu.rulebook import Rulebook
from bangfu.rules.language import KnownRows
from bangfu.rules.language.known import Value

_TYPES = {"Money": _("金额（元）"), "YesNo": _("是／否"), "Day": _("日期"), "Choice": _("选一项"), "Text": _("文字")}
_OWNERS = {"core": _("系统自带"), "user": _("本地添加")}


def handbook_of(rulebook: Rulebook, region: str, on: date) -> Handbook:
    """Return what is in force in a region on a day, and which plugins could not be used.

    Raises:
        PackError, RuleError: as ``Rulebook.rules``.
    """
    ruleset = rulebook.rules(region, on)
    standards = Standards(ruleset)
    left_out = (*rulebook.left_out, *ruleset.left_out)
    return Handbook(
        region,
        on,
        tuple(_pack(ruleset, pack) for pack in rulebook.packs if pack.applies(region)),
        _categories(ruleset, standards),
        _recognition(ruleset, standards),
        departments_of(ruleset, standards),
        tuple(standards.by_name.values()),
        rulebook.catalog.at(Level.HOUSEHOLD),
        rulebook.catalog.at(Level.MEMBER),
        tuple(_("{plugin}：{reason}", plugin=error.plugin, reason=error.reason) for error in left_out),
    )


def _pack(ruleset: Ruleset, pack: Pack) -> PackInForce:
    names = {**{programme.code: programme.name for programme in ruleset.programmes}, **_OWNERS}
    standards = sum(entry.pack is pack for entry in ruleset.policy.entries.values())
    return PackInForce(
        pack, names.get(pack.owner, pack.owner), standards, sum(row.pack is pack for row in ruleset.policy.rows)
    )


def type_text(fact: Fact) -> str:
    """Return what a household file says of a fact."""
    match fact.type:
        case Items(fields=fields):
            parts = (_("{label}（{name}）", label=field.label, name=field.name) for field in fields)
            return _("逐项列出：{list}", list=joined("、", parts))
        case Integer(least, most):
            return _("整数，{least} 至 {most:,}", least=least, most=most)
        case Quantity(unit):
            return _("数量（{unit}）", unit=unit)
        case Digits(lengths):
            return _("{list} 位数字", list=joined("、", map(str, lengths)))
        case kind:
            return _TYPES[type(kind).__name__]


_NAMES = {**CATEGORY_LABELS, "tekun_member": _("特困人员"), "tekun": _("特困家庭"), "grace": _("渐退期")}
_OF_MEMBERS = ("tekun_member", "dibao_single")
_ORDER = ("tekun_member", "tekun", "dibao", "dibao_single", "margin", "rigid_expenditure", "watched", "grace")


def _categories(ruleset: Ruleset, standards: Standards) -> tuple[Category, ...]:
    """Return the categories' rules under the policy, grace last."""
    rules = classification(ruleset.policy)
    declared = {rule.code: rule.criteria for rule in (*rules.household, *rules.member)}
    bound = {rule.code: rule for rule in (*ruleset.household_rules, *ruleset.member_rules)}
    return tuple(
        Category(
            code,
            _NAMES[code],
            OF_LABELS[bound[code].level],
            conditions_of(standards, declared[code], bound[code].criteria),
        )
        for code in _ORDER
    )


def _recognition(ruleset: Ruleset, standards: Standards) -> Recognition:
    """Return in what order categories are tried, who counts as a member, what income and property count."""
    grounds = ruleset.grounds
    return Recognition(
        tuple(_NAMES.get(code, code) for code in HOUSEHOLD_ORDER),
        tuple(_NAMES[code] for code in _OF_MEMBERS),
        conditions_of(standards, MEMBER_GROUNDS.including, grounds.including),
        conditions_of(standards, MEMBER_GROUNDS.excluding, grounds.excluding),
        conditions_of(standards, property_criteria(ruleset.policy), ruleset.property),
        tuple(standard for name, standard in standards.by_name.items() if name.startswith("income.")),
        tuple(_income_lines(ruleset)),
    )


SIZES = (1, 2, 3, 4, 5, 6)
_GIVEN = ("residence", "size")


def _income_lines(ruleset: Ruleset) -> Iterator[IncomeLine]:
    """Yield every line of a category's rule that only the place and the size of the household decide."""
    criteria = [criterion for rule in ruleset.household_rules for criterion in rule.criteria]
    for column in dict.fromkeys(c.limit_column for c in criteria if c.limit_column):
        if _is_of_place_and_size(ruleset, column, set()):
            name = ruleset.labels.of_column(Level.HOUSEHOLD, column)
            for residence, label in RESIDENCE_LABELS.items():
                amounts = [_amount(ruleset, column, residence, size) for size in SIZES]
                title = _("{name}（{residence}）", name=name, residence=label)
                yield IncomeLine(title, tuple("" if amount is None else f"{amount:,.2f}" for amount in amounts))


def _is_of_place_and_size(ruleset: Ruleset, column: str, seen: set[str]) -> bool:
    """Return whether only the place and the size of the household decide a column, no fact of its own."""
    reference = ruleset.graph.locate(Level.HOUSEHOLD, column)
    if column in _GIVEN or reference.parameter:
        return True
    node = ruleset.graph.node(reference)
    if node is None or node.of_members or column in seen:
        return False
    return all(_is_of_place_and_size(ruleset, name.name, seen | {column}) for name in node.inputs)


def _amount(ruleset: Ruleset, column: str, residence: str, size: int) -> Decimal | None:
    row: dict[str, Value] = {"residence": residence, "size": size}
    rows = KnownRows(row, (), parameters=ruleset.parameters)
    for node in ruleset.graph.ordered([(Level.HOUSEHOLD, column)]):
        own = node.level is Level.HOUSEHOLD and node.name not in _GIVEN
        if own and _is_of_place_and_size(ruleset, node.name, set()):
            row[node.name] = ruleset.function(node.value)(rows)
    reference = ruleset.graph.locate(Level.HOUSEHOLD, column)
    amount = shown(row[reference.name], ruleset.graph.kind(reference))
    return amount if isinstance(amount, Decimal) else None
