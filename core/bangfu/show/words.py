"""The words in which a plan is told, for every page and sheet that shows one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from attrs import define, frozen

from bangfu.engine import Ruleset
from bangfu.facts import Items, Level, Per
from bangfu.facts.declare import NO_DAYS, PER_LABELS, Partly
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.messages import _, concat, joined
from bangfu.plan import Missing, NearMiss, Plan, Reason, Support
from bangfu.plan.model import MemberResult, Recipient
from bangfu.rules.benefit import KIND_LABELS, SupportKind
from bangfu.rules.criterion import Comparison

SIGNS = {Comparison.AT_LEAST: "≥", Comparison.ABOVE: ">", Comparison.AT_MOST: "≤", Comparison.BELOW: "<"}
COUNTED_LABELS = {True: _("计入"), False: _("不计入"), None: _("是否计入未知")}
MARKS = {True: "✓", False: "✗", None: "?"}
TOLD_WHERE_MET = frozenset({"tekun", "watched", "grace"})
"""Categories of persons, or that an office gives of its own accord: of no other household anybody wants to read."""
RULE_LABELS = {**CATEGORY_LABELS, "grace": _("渐退期"), "tekun_member": _("特困"), "counted": _("共同生活")}


def member_named(member: int, name: str | None) -> str:
    """Return how a member (by place, from 0) is named everywhere: ``1 石大山``, ``成员 1``."""
    return f"{member + 1} {name}" if name else _("成员 {member}", member=member + 1)


def sums_said(year: Decimal | None, once: Decimal | None) -> str:
    """Return what is paid every year and what is paid once, never added up; empty where there is neither."""
    said = [_("每年 {year:,.2f} 元", year=year)] if year else []
    return joined("，", [*said, _("一次性 {once:,.2f} 元", once=once)] if once else said)


def amount_said(
    kind: SupportKind, per: Per, amount: Decimal | None, year_amount: Decimal | None, times: int | None = None
) -> str:
    """Return a sum for its period and the year, ``times`` as much, or (None) what kind of help it is."""
    if amount is None:
        return KIND_LABELS[kind]
    of_kind = "" if kind is SupportKind.CASH else _("（{kind_labels}）", kind_labels=KIND_LABELS[kind])
    label = PER_LABELS[per]
    if per is Per.ONCE:
        return _("{per} {amount:,.2f} 元{kind}", per=label, amount=amount, kind=of_kind)
    if per is Per.YEAR:
        return _("每年 {amount:,.2f} 元{kind}", amount=amount, kind=of_kind)
    if year_amount is None:
        return _("每{per} {amount:,.2f} 元{kind}", per=label, amount=amount, kind=of_kind)
    return _(
        "每{per} {amount:,.2f} 元 × {times} = 每年 {year_amount:,.2f} 元{kind}",
        per=label,
        amount=amount,
        times=times or (round(year_amount / amount) if amount else per.times_a_year),
        year_amount=year_amount,
        kind=of_kind,
    )


def category_said(category: str | None, candidates: Iterable[str] = ()) -> str:
    """Return a category, or what it can still be."""
    if category is not None:
        return CATEGORY_LABELS.get(category, category)
    return _("尚不能确定，可能是：{list}", list=joined("、", (CATEGORY_LABELS.get(c, c) for c in candidates)))


@frozen
class ProgrammeSupports:
    """One programme's supports that are due, and what they come to, by the year and paid once (None: no such money)."""

    code: str
    name: str
    department: str
    year: Decimal | None
    once: Decimal | None
    supports: tuple[Support, ...]


@frozen
class NotMet:
    """A criterion by which benefits are not due to people, each with what he or she has instead."""

    benefits: list[str]
    label: str
    source: str
    people: list[tuple[str, str]]


@define
class Words:
    """Says each part of a plan in Chinese."""

    plan: Plan
    ruleset: Ruleset

    @property
    def names(self) -> dict[str, str]:
        """The names of benefits and categories by code."""
        return {bound.benefit.code: bound.benefit.name for bound in self.ruleset.benefits} | RULE_LABELS

    @property
    def income(self) -> str:
        """The household's yearly income, or what is known of it."""
        amount, low, high = self.plan.income_year, self.plan.income_bounds.low, self.plan.income_bounds.high
        if amount is not None:
            return _("{amount:,.2f} 元", amount=amount)
        if not low:
            return _("未知")
        return _("至少 {low:,.2f} 元", low=low) if high is None else _("{low:,.2f}–{high:,.2f} 元", low=low, high=high)

    category, sums = staticmethod(category_said), staticmethod(sums_said)

    def who(self, recipient: Recipient | None) -> str:
        """Return a recipient: a member by place and name, or the whole household."""
        if recipient is None or isinstance(recipient, str):
            return _("全户")
        return member_named(recipient, self.name(recipient))

    def name(self, member: int) -> str:
        """Return a member's name; empty where it is not known."""
        return self.plan.members[member].name or ""

    def reason(self, reason: Reason) -> str:
        """Return a reason as one line: outcome, what was tested, the values, the clause."""
        details = _("（{details}）", details=found) if (found := self.details(reason)) else ""
        source = _("［{source}］", source=reason.source) if reason.source else ""
        marks = self.presumption(reason), self.unchecked(reason)
        return concat((f"{MARKS[reason.status]} ", reason.criterion.label, details, source, *marks))

    def unchecked(self, reason: Reason) -> str:
        """Return the mark of a line that rests on a figure nobody has checked."""
        column = reason.criterion.limit_column
        if column is None or reason.limit is None:
            return ""
        entries = self.ruleset.entries(reason.criterion.level, column)
        return _("〔标准未核对〕") if any(not entry.verified for entry in entries) else ""

    def details(self, reason: Reason) -> str:
        """Return the value a reason rests on, beside its limit."""
        criterion = reason.criterion
        if reason.because:
            return reason.because
        if reason.parts and reason.status:
            return joined("；", (part.criterion.label for part in reason.parts if part.status))
        if criterion.value is None:
            return ""
        if reason.value is None and reason.status is False:
            return _("不是")
        value = self.ruleset.labels.of_value(criterion.level, criterion.value, reason.value)
        if criterion.limit_column is not None:
            sign = SIGNS.get(criterion.comparison or Comparison.HOLDS, "／")
            limit = self.ruleset.labels.of_value(criterion.level, None, reason.limit)
            holds = (reason.status is not False or sign == "／") and not isinstance(reason.value, Partly)
            return joined(f" {sign} ", (value, limit)) if holds else _("{value}，线 {limit}", value=value, limit=limit)
        return "" if isinstance(reason.value, bool) else value

    def presumption(self, reason: Reason) -> str:
        """Return the mark of a line that rests on a presumption."""
        return _("〔推定〕") if reason.presumed and reason.status is not None else ""

    def number(self, support: Support, column: str) -> str:
        """Return a number that is shown with a support."""
        number = next(n for n in support.numbers if n.column == column)
        value = self.ruleset.labels.of_value(support.benefit.for_, column, number.value)
        return joined(" ", (number.label, value))

    def amount(self, support: Support) -> str:
        """Return what a support gives: the sum for its period and the year, or what kind of help it is."""
        benefit = support.benefit
        if support.amount is None and support.before_cap is not None:
            return _("金额未知")
        return amount_said(benefit.kind, benefit.per, support.amount, support.year_amount, benefit.times_a_year)

    def sum(self, support: Support) -> str:
        """Return how a known amount was worked out, before any cap; empty where it is the same for everybody."""
        if not support.sum:
            return ""
        of_value, level = self.ruleset.labels.of_value, support.benefit.for_
        pieces = (
            piece
            if isinstance(piece, str)
            else joined(" ", (piece.label, piece.by_period or of_value(level, piece.column, piece.value)))
            for piece in support.sum
        )
        amount = support.amount if support.before_cap is None else support.before_cap
        return concat((*pieces, f" = {amount:,.2f}"))

    def capped(self, support: Support) -> str:
        """Return what a cap made of a support's amount; empty where no cap cut it."""
        before, amount = support.before_cap, support.amount
        if before is None:
            return ""
        if amount is None:
            return _("按合计上限计，上限未知；不计上限为 {before_cap:,.2f} 元", before_cap=before)
        return _("按合计上限由 {before_cap:,.2f} 元减为 {amount:,.2f} 元", before_cap=before, amount=amount)

    def decides(self, missing: Missing) -> str:
        """Return what a missing fact would decide."""
        parts = [_("类别")] if missing.decides_category else []
        if missing.decides:
            parts.append(_("{n} 项帮扶", n=len(missing.decides)))
        return _("——关系到{list}", list=joined("和", parts)) if parts else ""

    def open_entries(self, missing: Missing) -> Iterator[str]:
        """Yield for each entry that keeps a missing list's sum unknown: which one, why, and what to state instead."""
        kind = self.ruleset.graph.catalog.by_name[missing.fact].type
        if not isinstance(kind, Items):
            return
        for entry in missing.entries:
            labels = {part.name: part.label for part in kind.fields}
            lacks = joined("、", (labels[name] for name in entry.lacks))
            why = _("没有写明{lacks}", lacks=lacks) if lacks else NO_DAYS
            of_kind = kind.kinds.labels[entry.kind]
            yield _("第 {place} 笔（{labels}）：{why}", place=entry.place + 1, labels=of_kind, why=why)

    def by(self, near: NearMiss) -> str:
        """Return how near a near miss is."""
        if near.by is None:
            return ""
        if near.by == 0 and near.reason.criterion.comparison in {Comparison.BELOW, Comparison.ABOVE}:
            return _("正好在线上")
        return _("差 {of_value}", of_value=self.ruleset.labels.of_value(Level.HOUSEHOLD, None, near.by))

    def rules_that_matter(self) -> Iterator[str]:
        """Yield the rules up to the one that gave the category; those behind it play no part."""
        for code in dict.fromkeys(reason.rule for reason in self.plan.reasons):
            yield code
            if code == self.plan.category and self.plan.grace_until is None:
                return

    def rules(self) -> Iterator[tuple[str, list[Reason]]]:
        """Yield the names of the rules that matter, with their reasons; some of them only where they hold."""
        for code in self.rules_that_matter():
            reasons = [reason for reason in self.plan.reasons if reason.rule == code]
            if code not in TOLD_WHERE_MET or not any(reason.status is False for reason in reasons):
                yield RULE_LABELS[code], reasons

    def due(self) -> Iterator[ProgrammeSupports]:
        """Yield what is due by programme; programmes that give nothing are none."""
        sums, paid_once = self.plan.totals.by_programme, self.plan.totals.once_by_programme
        due = [s for s in self.plan.supports if s.is_due]
        for p in self.ruleset.programmes:
            own = tuple(support for support in due if support.programme == p.code)
            if own:
                yield ProgrammeSupports(p.code, p.name, p.department, sums.get(p.code), paid_once.get(p.code), own)

    def not_met(self, supports: Iterable[Support]) -> Iterator[NotMet]:
        """Yield the criteria by which supports are not due, the first of each; benefits that fail alike together."""
        found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for support in supports:
            failed = next(reason for reason in support.reasons if reason.status is False)
            value = concat((self.details(failed) or _("否"), self.presumption(failed)))
            key = support.benefit.name, failed.criterion.label, failed.source
            found.setdefault(key, []).append((self.who(support.recipient), value))
        alike: dict[object, NotMet] = {}
        for (name, label, source), people in found.items():
            alike.setdefault((label, source, tuple(people)), NotMet([], label, source, people)).benefits.append(name)
        return iter(alike.values())

    @staticmethod
    def counted(member: MemberResult) -> list[Reason]:
        """Return why a member is counted or not; of the many ways to be counted, those that hold."""
        return [r for r in member.reasons if r.rule == "counted" and (r.status or member.counted is None)]
