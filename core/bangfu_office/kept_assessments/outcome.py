"""The outcome of a kept assessment, as it was, in words as a caseworker reads them; what differs between two.

What came out is read from what was kept. Reasons, numbers and every no are read from the plan made again, where it
came to the same result; where it did not they would explain another one, and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, TypeAlias

from attrs import field, frozen

from bangfu import Choice, Parameter, Per, Rulebook
from bangfu.differences import ValueChange, changed_values
from bangfu.facts import CATEGORY_LABELS, PER_LABELS
from bangfu.handbook import value_text
from bangfu.messages import _, in_words, joined
from bangfu.plan import increase
from bangfu.rules import SupportKind
from bangfu.show import RULE_LABELS, TOLD_WHERE_MET, amount_said, category_said, shown_value, sums_said
from bangfu_office.registry import Assessment, AssessmentComparison, Record, Replay, due_amount, sums_of

Json = Mapping[str, Any]
_STATUS = {"eligible": _("符合"), "ineligible": _("不符合"), "undetermined": _("不能确定"), "": _("不享受")}
_PARTS = {"name": _("名称"), "per": _("周期"), "when": _("条件"), "any": _("条件"), "source": _("依据")}


@frozen
class KeptLabels:
    """Says what was kept as codes; ``programmes`` names programmes, the record people by their number."""

    rulebook: Rulebook
    programmes: Mapping[str, str]
    record: Record

    def person(self, number: int | None) -> str:
        """Return a person's name; who has moved to another household is not named here any more."""
        if number is None:
            return _("全户")
        known = {person.id: person.facts.get("name") for person in (*self.record.members, *self.record.former)}
        if number not in known:
            return _("成员 {number}（已迁往别户）", number=number)
        return str(known[number] or "") or _("成员 {number}", number=number)

    def value(self, text: str | None) -> str:
        """Return a value of a reason; empty for yes, no and whatever has no words of its own."""
        if text is None or text in {"true", "false"}:
            return ""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text if text[:4].isdigit() else self._codes.get(text, "")
        return f"{number:,.2f}" if "." in text else text

    @cached_property
    def _codes(self) -> Mapping[str, str]:
        """The labels of codes that mean the same in every fact."""
        choices = (fact.type.labels for fact in self.rulebook.catalog.facts if isinstance(fact.type, Choice))
        pairs = {pair for labels in (CATEGORY_LABELS, *choices) for pair in labels.items()}
        meanings = Counter(code for code, _label in pairs)
        return {code: label for code, label in pairs if meanings[code] == 1}

    def support(self, support: Json | None) -> str:
        """Return what came of a support: its amount, or that there is none."""
        if support is None or support["status"] != "eligible":
            return _STATUS["" if support is None else support["status"]]
        if support["replaced_by"]:
            return _("让位于其他帮扶")
        if support["amount"] is None and support["kind"] == SupportKind.CASH:
            return _("金额未知")
        amount, year_amount = (
            None if support[name] is None else Decimal(support[name]) for name in ("amount", "year_amount")
        )
        return amount_said(SupportKind(support["kind"]), Per(support["per"]), amount, year_amount)

    def fact(self, name: str, value: Any) -> tuple[str, str]:
        """Return what a fact is called, and its value in words."""
        declared = self.rulebook.catalog.by_name.get(name)
        return declared.label if declared else name, shown_value(declared, value)


@frozen
class Outcome:
    """The outcome of a kept assessment: its ``plan`` as JSON, of which each part is told in words."""

    made: Assessment
    say: KeptLabels
    plan: Json = field(repr=False)

    category = staticmethod(category_said)

    def who(self, recipient: Any) -> str:
        """Return a recipient: a member by place and name, or the whole household."""
        if not isinstance(recipient, int):
            return _("全户")
        return f"{recipient + 1} {self.say.person(self.made.people[recipient])}"

    def supports(self, status: str) -> list[Json]:
        """Return the supports of a status."""
        return [support for support in self.plan["supports"] if support["status"] == status]

    def programmes(self) -> Iterator[tuple[str, str, list[Json]]]:
        """Yield the programmes that give something, by name: what they come to, and the supports."""
        year, once = sums_of(self.made)
        due: dict[str, list[Json]] = {}
        for support in self.supports("eligible"):
            if not support["replaced_by"]:
                due.setdefault(support["programme"], []).append(support)
        for code, supports in due.items():
            yield self.say.programmes.get(code, code), sums_said(year.get(code), once.get(code)), supports

    def replaced(self) -> list[tuple[Json, str]]:
        """Return the supports that others replace, each with the name of that one."""
        names = {support["benefit"]: support["name"] for support in self.plan["supports"]}
        return [(s, names.get(s["replaced_by"], "")) for s in self.supports("eligible") if s["replaced_by"]]

    def details(self, reason: Json) -> str:
        """Return the value a reason rests on, beside its limit."""
        value, limit = self.say.value(reason["value"]), self.say.value(reason["limit"])
        measured = any(digit in limit for digit in "0123456789")
        return _("{value}，线 {limit}", value=value, limit=limit) if value and measured else value

    def rules(self) -> Iterator[tuple[str, list[Json]]]:
        """Yield the categories up to the one that held, with their reasons."""
        household = self.plan["household"]
        for code in dict.fromkeys(reason["rule"] for reason in household["reasons"]):
            reasons = [reason for reason in household["reasons"] if reason["rule"] == code]
            if code not in TOLD_WHERE_MET or all(reason["status"] for reason in reasons):
                yield RULE_LABELS.get(code, code), reasons
            if code == household["category"] and household["grace"] is None:
                return

    def facts(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Yield every fact the assessment rests on, in words, by whom it is about."""
        own = {name: value for name, value in self.made.facts.items() if name != "members"}
        for who, facts in ((None, own), *enumerate(self.made.facts["members"])):
            yield self.who(who), [self.say.fact(name, value) for name, value in facts.items()]


def plan_kept(made: Assessment, again: Replay | None) -> Any:
    """Return the plan an assessment was, as JSON, or as it was made ``again``; None where another comes out."""
    made_again = again.outcome if again and again.same_result else None
    return made.outcome or made_again


def outcome(made: Assessment, again: Replay | None, say: KeptLabels) -> Outcome:
    """Return the outcome of an assessment; where its plan cannot be given, what was kept explains nothing."""
    nothing = {"reasons": (), "numbers": (), "office": ""}
    supports = [{**support, **nothing} for support in made.supports]
    kept = {"household": {**made.household, "reasons": ()}, "supports": supports, "missing": ()}
    return Outcome(made, say, plan_kept(made, again) or kept)


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


def changes(first: Assessment, second: Assessment, found: AssessmentComparison, say: KeptLabels) -> list[ChangeTable]:
    """Return the differences of two assessments of one household in words; a table without lines is left out."""
    was, now = (category_said(made.household["category"], made.household["candidates"]) for made in (first, second))
    marks: dict[int | None, str] = dict.fromkeys({*second.people} - {*first.people}, _("（新加入）"))
    marks |= dict.fromkeys({*first.people} - {*second.people}, _("（已离开）"))
    totals = [
        *(_total(total, {"year": _("每年合计"), "once": _("一次性合计")}) for total in found.totals),
        *(_total(total, say.programmes) for total in found.year),
        *(_total(total, say.programmes, once=True) for total in found.once),
    ]
    policy = [_parameter(change, say.rulebook.parameters.get(change.key)) for change in found.parameters]
    policy += [_row(change) for change in found.rows]
    plugins = [ChangeLine("", d.key, d.before or _("没有"), d.after or _("没有")) for d in found.plugins]
    tables: list[ChangeTable] = [
        (_("类别"), [ChangeLine("", _("类别"), was, now)] if found.category else [], False),
        (_("合计"), totals, True),
        (_("帮扶"), [_support(support, say) for support in found.supports], True),
        (_("事实"), [_fact(fact, say, marks) for fact in found.facts], False),
        (_("政策标准"), policy, False),
        (_("程序版本"), plugins, False),
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
