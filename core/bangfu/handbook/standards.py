"""The standards (标准) behind a rule: parameters in words, and which of them a column rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from attrs import define, field

from bangfu.engine import BoundCriterion, Ruleset
from bangfu.engine.bound import Node
from bangfu.facts import Choice, Level, Money, Per
from bangfu.facts.declare import PER_LABELS
from bangfu.handbook.model import Condition, Standard
from bangfu.messages import _, joined
from bangfu.policy import Choices, Pack, Parameter, PolicyEntry, Ratio
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules import Criterion
from bangfu.rules.criterion import Comparison
from bangfu.rules.language import Name, names_in
from bangfu.rules.language.choices import By

Chosen = Mapping[str, Collection[str]]
"""By column, the values that a rule admits; of a switch on it, only those cases matter."""

_SHARE = _("比例")
_LARGEST_DENOMINATOR = 99


def day_text(day: date) -> str:
    """Return a day as it is written in Chinese."""
    return _("{year}年{month}月{day}日", year=day.year, month=day.month, day=day.day)


def validity_text(start: date | None, until: date | None) -> str:
    """Return from when until when something holds, empty for always."""
    if start and until:
        return _("{day_text}至{day_text2}", day_text=day_text(start), day_text2=day_text(until))
    if start:
        return _("{day_text}起", day_text=day_text(start))
    return _("至{day_text}止", day_text=day_text(until)) if until else ""


def pack_text(pack: Pack) -> str:
    """Return how a pack is referred to: its name and its file."""
    return _("{name}（{file}）", name=pack.name, file=pack.file) if pack.name else pack.file


def standard_of(parameter: Parameter, entry: PolicyEntry | None) -> Standard:
    """Return a parameter in words; ``entry`` is None where nothing sets it."""
    if entry is None:
        return Standard(parameter.name, parameter.label, parameter.unit)
    a_year = _("合每年 {year_value:,.2f} 元", year_value=entry.year_value) if entry.per in {Per.MONTH, Per.DAY} else ""
    return Standard(
        parameter.name,
        parameter.label,
        parameter.unit,
        value_text(parameter, entry.value, entry.per),
        a_year,
        entry.source,
        pack_text(entry.pack),
        validity_text(entry.start, entry.until),
        entry.verified,
    )


def value_text(parameter: Parameter, value: Any, per: Per | None) -> str:
    """Return a parameter's value in words, money with its period."""
    match parameter.type:
        case Money():
            unit = parameter.unit or _("元")
            if per is not None:
                unit += _("，一次性") if per is Per.ONCE else joined("/", ("", PER_LABELS[per]))
            return joined(" ", (f"{value:,.2f}", unit))
        case Ratio() if parameter.unit == _SHARE:
            return _ratio_text(value, percent=True)
        case Ratio():
            return _with_unit(_ratio_text(value), parameter)
        case Choice(labels):
            return labels.get(value, value)
        case Choices(labels):
            return joined("、", (labels.get(key, key) for key in value)) or _("无")
        case _:
            text = {True: _("是"), False: _("否")}.get(value, str(value)) if isinstance(value, bool) else f"{value:,}"
            return _with_unit(text, parameter)


def _with_unit(text: str, parameter: Parameter) -> str:
    return joined(" ", (text, parameter.unit)) if parameter.unit else text


def _ratio_text(value: Decimal | Fraction, *, percent: bool = False) -> str:
    """Return a ratio as short as it is exact: ``70%``, ``1.5``, ``2/3``."""
    exact = Fraction(value)
    if 10**6 % exact.denominator:
        return str(exact.limit_denominator(_LARGEST_DENOMINATOR))
    short = (Decimal(exact.numerator) / exact.denominator).normalize()
    return f"{(short * 100).normalize():f}%" if percent else f"{short:f}"


@define
class Standards:
    """All standards of a ruleset, and the way from a column to those it rests on."""

    ruleset: Ruleset
    by_name: dict[str, Standard] = field(init=False)

    def __attrs_post_init__(self) -> None:
        policy = self.ruleset.policy
        self.by_name = {
            name: standard_of(parameter, policy.entries.get(name)) for name, parameter in policy.parameters.items()
        }

    def behind(self, level: Level, columns: Iterable[str], chosen: Chosen | None = None) -> tuple[Standard, ...]:
        """Return the standards that columns rest on.

        Aggregates over members and categories end the search: they are explained by themselves.
        """
        found = (name for column in columns for name in self._search(level, column, chosen or {}, set()))
        return tuple(self.by_name[name] for name in dict.fromkeys(found))

    def _search(self, level: Level, column: str, chosen: Chosen, seen: set[tuple[Level, str]]) -> Iterator[str]:
        graph = self.ruleset.graph
        found = graph.locate(level, column)
        if found.parameter:
            yield found.name.removeprefix(POLICY)
            return
        node = graph.node(found)
        key = (found.level, found.name)
        if node is None or key in seen or node.determination:
            return
        seen.add(key)
        for name in _names(node, chosen):
            yield from self._search(name.level or node.level, name.name, chosen, seen)


def _names(node: Node, chosen: Chosen) -> Iterable[Name]:
    """Return the names a column reads, of those it takes by a word only the admitted ones."""
    value = node.value
    if not isinstance(value, By) or not isinstance(value.on, Name):
        return node.inputs
    admitted = chosen.get(value.on.name)
    cases = zip(value.words, value.values, strict=True)
    return [name for word, case in cases if admitted is None or word in admitted for name in names_in(case)]


def conditions_of(
    standards: Standards, declared: Sequence[Criterion], bound: Sequence[BoundCriterion]
) -> tuple[Condition, ...]:
    """Return criteria as conditions: ``declared`` as the rule has them, ``bound`` with their labels."""
    chosen = chosen_by(bound)
    return tuple(_condition(standards, d, b, chosen) for d, b in zip(declared, bound, strict=True))


def chosen_by(criteria: Iterable[BoundCriterion]) -> Chosen:
    """Return which values criteria admit, by column."""
    return {c.value: c.limit for c in criteria if c.value and c.comparison is Comparison.IS_IN}


def _condition(standards: Standards, declared: Criterion, bound: BoundCriterion, chosen: Chosen) -> Condition:
    if not bound.parts:
        return Condition(bound.label, bound.source, standards.behind(bound.level, [bound.status], chosen))
    parts = tuple(_condition(standards, d, b, chosen) for d, b in zip(declared.parts, bound.parts, strict=True))
    # The label that is made of the parts' labels would say everything twice.
    return Condition(declared.label, bound.source, parts=parts, together=declared.together)
