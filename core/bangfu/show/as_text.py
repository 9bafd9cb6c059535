"""A plan as text for a caseworker: what is due, what isn't and why, what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define

from bangfu.engine import Ruleset
from bangfu.facts import Items, Level, Per
from bangfu.facts.declare import PER_LABELS
from bangfu.facts.household import CATEGORY_LABELS, RESIDENCE_LABELS
from bangfu.facts.member import RELATION_LABELS
from bangfu.plan import Missing, NearMiss, Plan, Reason, Status, Support
from bangfu.plan.model import MemberResult, Recipient
from bangfu.rules.benefit import KIND_LABELS, Amount
from bangfu.rules.criterion import Comparison

_MARKS = {True: "✓", False: "✗", None: "?"}
_RULE_LABELS = {**CATEGORY_LABELS, "grace": "渐退期", "tekun_member": "特困", "counted": "共同生活"}


def plan_as_text(plan: Plan, ruleset: Ruleset) -> str:
    """Return the plan as lines of Chinese text."""
    lines = list(_Text(plan, ruleset).lines())
    return "\n".join([*lines, *_legend(lines, ruleset.policy.titles)]) + "\n"


def _legend(lines: Iterable[str], titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what the short names of the sources that occur stand for."""
    named = dict.fromkeys(code for line in lines for code in re.findall(r"\b[A-Z]\d+\b", line))
    known = sorted((code for code in named if code in titles), key=lambda code: (code[0], int(code[1:])))
    if known:
        yield ""
        yield "【依据】"
        yield from (f"  {code}　{titles[code]}" for code in known)


@define
class _Text:
    plan: Plan
    ruleset: Ruleset

    def lines(self) -> Iterator[str]:
        """Yield the whole sheet, part by part."""
        yield from self._head()
        yield from self._part("成员", self._members())
        yield from self._part("类别的依据", self._household_reasons())
        yield from self._part("应当享受", self._eligible())
        yield from self._part("符合条件但让位于其他帮扶", self._replaced())
        yield from self._part("还不能确定", self._undetermined())
        yield from self._part("需要询问", self._questions())
        yield from self._part("当地尚未设定的参数", self._not_configured())
        yield from self._part("只差一项", self._near_misses())
        yield from self._part("不符合的", self._ineligible())
        yield from self._part("按推定处理的事实（写明后以写明的为准）", self._presumed())
        yield ""
        yield "※ 标有“未核对”的标准尚未与正式文件核对，发放前请核实。"

    def _part(self, title: str, lines: Iterable[str]) -> Iterator[str]:
        written = list(lines)
        if written:
            yield ""
            yield f"【{title}】"
            yield from written

    def _head(self) -> Iterator[str]:
        plan = self.plan
        residence = RESIDENCE_LABELS.get(plan.household.facts.get("residence", ""), "户籍类别未知")
        yield f"帮扶计划　{plan.household.on}　{plan.household.region}（{residence}）"
        yield f"类别：{self._category(plan.category, plan.candidates)}" + (
            f"（渐退期，至 {plan.grace_until} 止）" if plan.grace_until else ""
        )
        size = "未知" if plan.size is None else f"{plan.size} 人"
        per_head = "" if plan.income_per_head_year is None else f"，人均 {plan.income_per_head_year:,.2f} 元"
        yield f"收入核算：{size}，年收入 {self._money(plan.income_year)}{per_head}"
        total = f"每年 {plan.totals.year:,.2f} 元"
        if plan.totals.once:
            total += f"，另一次性 {plan.totals.once:,.2f} 元"
        yield f"已能确定的帮扶合计：{total}"
        for error in plan.left_out:
            yield f"！插件 {error.plugin} 未能使用，其项目不在本计划内：{error.reason}"

    def _category(self, category: str | None, candidates: tuple[str, ...]) -> str:
        if category is not None:
            return CATEGORY_LABELS[category]
        return "尚不能确定，可能是：" + "、".join(CATEGORY_LABELS[code] for code in candidates)

    def _money(self, amount: object) -> str:
        return "未知" if amount is None else f"{amount:,.2f} 元"

    def _who(self, recipient: Recipient | None) -> str:
        if recipient is None or isinstance(recipient, str):
            return "全户"
        name = self.plan.members[recipient].name
        return f"{recipient + 1} {name}" if name else f"成员 {recipient + 1}"

    def _members(self) -> Iterator[str]:
        for member in self.plan.members:
            yield self._member(member)
            for reason in member.reasons:
                if reason.rule in {"tekun_member", "dibao_single"} and self._worth_showing(member, reason.rule):
                    yield f"      {_RULE_LABELS[reason.rule]}　{self._reason(reason)}"

    def _member(self, member: MemberResult) -> str:
        stated = self.plan.household.members[member.index]
        counted = {True: "计入", False: "不计入", None: "是否计入未知"}[member.counted]
        grounds = "；".join(
            f"{r.criterion.label}［{r.criterion.source}］" + self._presumption(r)
            for r in member.reasons
            if r.rule == "counted" and (r.status or member.counted is None)
        )
        relation = RELATION_LABELS[stated["relation"]]
        category = self._category(member.category, member.candidates)
        return f"  {self._who(member.index)}（{relation}）：{counted}（{grounds or '没有计入的理由'}），{category}"

    def _worth_showing(self, member: MemberResult, rule: str) -> bool:
        """Return whether a rule was met or came close enough to be worth a caseworker's reading."""
        statuses = [reason.status for reason in member.reasons if reason.rule == rule]
        return False not in statuses

    def _household_reasons(self) -> Iterator[str]:
        for code in self._rules_that_matter():
            reasons = [reason for reason in self.plan.reasons if reason.rule == code]
            if code in {"tekun", "watched", "grace"} and any(reason.status is False for reason in reasons):
                continue
            yield f"  {_RULE_LABELS[code]}"
            for reason in reasons:
                yield f"    {self._reason(reason)}"

    def _rules_that_matter(self) -> Iterator[str]:
        """Yield the rules up to the one that gave the category; those behind it play no part."""
        for code in dict.fromkeys(reason.rule for reason in self.plan.reasons):
            yield code
            if code == self.plan.category and self.plan.grace_until is None:
                return

    def _reason(self, reason: Reason) -> str:
        criterion = reason.criterion
        text = f"{_MARKS[reason.status]} {criterion.label}"
        details = self._details(reason)
        if details:
            text += f"（{details}）"
        source = f"［{criterion.source}］" if criterion.source else ""
        return text + source + self._presumption(reason) + self._unchecked(reason)

    def _unchecked(self, reason: Reason) -> str:
        """Return the mark of a line that rests on a figure nobody has checked."""
        column = reason.criterion.limit_column
        if column is None or reason.limit is None:
            return ""
        entries = self.ruleset.entries(reason.criterion.level, column)
        return "〔标准未核对〕" if any(not entry.verified for entry in entries) else ""

    def _details(self, reason: Reason) -> str:
        criterion = reason.criterion
        if reason.parts and reason.status:
            return "；".join(part.criterion.label for part in reason.parts if part.status)
        if criterion.value is None:
            return ""
        if reason.value is None and reason.status is False:
            return "不是"
        value = self.ruleset.labels.of_value(criterion.level, criterion.value, reason.value)
        if criterion.limit_column is not None:
            sign = {"不低于": "≥", "高于": ">", "不高于": "≤", "低于": "<"}.get(criterion.comparison or "", "／")
            limit = self.ruleset.labels.of_value(criterion.level, None, reason.limit)
            holds = reason.status is not False or sign == "／"
            return f"{value} {sign} {limit}" if holds else f"{value}，线 {limit}"
        return "" if isinstance(reason.value, bool) else value

    def _presumption(self, reason: Reason) -> str:
        return "〔推定〕" if reason.presumed and reason.status is not None else ""

    def _eligible(self) -> Iterator[str]:
        due = [s for s in self.plan.supports if s.status is Status.ELIGIBLE and s.replaced_by is None]
        for programme in self.ruleset.programmes:
            supports = [s for s in due if s.programme == programme.code]
            if not supports:
                continue
            subtotal = self.plan.totals.by_programme.get(programme.code)
            office = f"（{programme.department}）" if programme.department else ""
            yield f"  {programme.name}{office}" + (f"：每年 {subtotal:,.2f} 元" if subtotal else "")
            for support in supports:
                yield from self._support(support)

    def _support(self, support: Support) -> Iterator[str]:
        benefit = support.benefit
        verified = "" if support.verified or support.amount is None else "　未核对"
        who = self._who(support.recipient)
        yield f"    {who}：{benefit.name}　{self._amount(support)}　［{benefit.source}］{verified}"
        if support.numbers and benefit.amount and benefit.amount.how:
            yield f"      算法：{self._sum(support, benefit.amount)}"
        for reason in support.reasons:
            yield f"      {self._reason(reason)}"
        if support.before_cap is not None:
            yield f"      按合计上限由 {support.before_cap:,.2f} 元减为 {support.amount:,.2f} 元"
        extra = {
            "期限": f"至 {support.until} 止" if support.until else "",
            "另见": "；".join(self._number(support, column) for column in benefit.shows),
            "材料": "、".join(benefit.documents),
            "办理": benefit.office,
            "说明": benefit.note,
        }
        for label, text in extra.items():
            if text:
                yield f"      {label}：{text}"

    def _number(self, support: Support, column: str) -> str:
        number = next(n for n in support.numbers if n.column == column)
        return f"{number.label} {self.ruleset.labels.of_value(support.benefit.for_, column, number.value)}"

    def _replaced(self) -> Iterator[str]:
        names = {s.benefit.code: s.benefit.name for s in self.plan.supports}
        for support in self.plan.supports:
            if support.replaced_by is not None:
                instead = names[support.replaced_by]
                who = self._who(support.recipient)
                yield f"    {who}：{support.benefit.name}　{self._amount(support)}　由“{instead}”代替"

    def _amount(self, support: Support) -> str:
        benefit = support.benefit
        if support.amount is None:
            return KIND_LABELS[benefit.kind]
        kind = "" if benefit.kind.value == "cash" else f"（{KIND_LABELS[benefit.kind]}）"
        per = PER_LABELS[benefit.per]
        if benefit.per is Per.ONCE:
            return f"{per} {support.amount:,.2f} 元{kind}"
        if benefit.per is Per.YEAR:
            return f"每年 {support.amount:,.2f} 元{kind}"
        times = benefit.times_a_year
        return f"每{per} {support.amount:,.2f} 元 × {times} = 每年 {support.year_amount:,.2f} 元{kind}"

    def _sum(self, support: Support, how: Amount) -> str:
        of_value = self.ruleset.labels.of_value
        level = support.benefit.for_
        numbers = {n.column: f"{n.label} {of_value(level, n.column, n.value)}" for n in support.numbers}
        return f"{how.written(numbers)} = {support.amount:,.2f}"

    def _undetermined(self) -> Iterator[str]:
        for support in self.plan.supports:
            if support.status is Status.UNDETERMINED:
                yield f"    {self._who(support.recipient)}：{support.benefit.name}　［{support.benefit.source}］"
                for reason in support.reasons:
                    if reason.status is None:
                        yield f"      {self._reason(reason)}"

    def _questions(self) -> Iterator[str]:
        catalog = self.ruleset.graph.catalog
        for missing in self.plan.missing:
            fact = catalog.by_name[missing.fact]
            yield f"  {self._who(missing.member)}：{fact.asks}（{missing.fact}）{self._decides(missing)}"

    def _decides(self, missing: Missing) -> str:
        parts = (["类别"] if missing.decides_category else []) + [f"{len(missing.decides)} 项帮扶"] * bool(
            missing.decides
        )
        return f"——关系到{'和'.join(parts)}" if parts else ""

    def _not_configured(self) -> Iterator[str]:
        parameters = self.ruleset.policy.parameters
        for unset in self.plan.not_configured:
            yield f"  {parameters[unset.parameter].label}（{unset.parameter}）"

    def _near_misses(self) -> Iterator[str]:
        names = {s.benefit.code: s.benefit.name for s in self.plan.supports} | _RULE_LABELS
        for near in self.plan.near_misses:
            yield f"  {self._who(near.recipient)}：{names[near.code]}　{self._reason(near.reason)}{self._by(near)}"

    def _by(self, near: NearMiss) -> str:
        if near.by is None:
            return ""
        if near.by == 0 and near.reason.criterion.comparison in {Comparison.BELOW, Comparison.ABOVE}:
            return "，正好在线上"
        return f"，差 {self.ruleset.labels.of_value(Level.HOUSEHOLD, None, near.by)}"

    def _ineligible(self) -> Iterator[str]:
        """Yield each reason that closed benefits, once for everybody it holds for."""
        closed: dict[str, dict[str, str]] = {}
        for support in self.plan.supports:
            if support.status is Status.INELIGIBLE:
                failed = next(r for r in support.reasons if r.status is False)
                who = f"{self._who(support.recipient)}（{self._details(failed) or '否'}{self._presumption(failed)}）"
                people = closed.setdefault(support.benefit.name, {})
                label = f"✗ {failed.criterion.label}［{failed.criterion.source}］"
                people[label] = f"{people[label]}、{who}" if label in people else who
        merged: dict[tuple[str, str], list[str]] = {}
        for name, reasons in closed.items():
            for label, people_text in reasons.items():
                merged.setdefault((label, people_text), []).append(name)
        for (label, people_text), names in merged.items():
            yield f"  {'、'.join(names)}"
            yield f"      {label}：{people_text}"

    def _presumed(self) -> Iterator[str]:
        catalog = self.ruleset.graph.catalog
        by_member: dict[int | None, list[str]] = {}
        for presumed in self.plan.presumed:
            fact = catalog.by_name[presumed.fact]
            value: Any = "无" if isinstance(fact.type, Items) else presumed.value
            shown = self.ruleset.labels.of_value(fact.level, fact.name, value)
            by_member.setdefault(presumed.member, []).append(f"{fact.label}＝{shown}")
        for member, facts in by_member.items():
            yield f"  {self._who(member)}：{'；'.join(facts)}"
