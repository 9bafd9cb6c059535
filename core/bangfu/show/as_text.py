"""A plan as text for a caseworker: what is due, what isn't and why, what to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import define

from bangfu.engine import Ruleset
from bangfu.facts import Items
from bangfu.facts.household import RELATION_LABELS, RESIDENCE_LABELS
from bangfu.plan import Plan, Status, Support
from bangfu.plan.model import MemberResult
from bangfu.show.words import COUNTED_LABELS, RULE_LABELS, Words


def plan_as_text(plan: Plan, ruleset: Ruleset) -> str:
    """Return the plan as lines of Chinese text."""
    lines = list(_PlanText(plan, ruleset, Words(plan, ruleset)).lines())
    return "\n".join([*lines, *_legend(lines, ruleset.policy.titles)]) + "\n"


def _legend(lines: Iterable[str], titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what the short names of the sources that occur stand for."""
    named = dict.fromkeys(code for line in lines for code in re.findall(r"\b[A-Z]\d+\b", line))
    known = sorted((code for code in named if code in titles), key=lambda code: (code[0], int(code[1:])))
    if known:
        yield from ("", "【依据】", *(f"  {code}　{titles[code]}" for code in known))


@define
class _PlanText:
    plan: Plan
    ruleset: Ruleset
    words: Words

    def lines(self) -> Iterator[str]:
        """Yield the whole sheet, part by part."""
        yield from self._head()
        parts = {
            "成员": self._members(),
            "类别的依据": self._household_reasons(),
            "应当享受": self._eligible(),
            "符合条件但让位于其他帮扶": self._replaced(),
            "还不能确定": self._undetermined(),
            "需要询问": self._questions(),
            "当地尚未设定的参数": self._not_configured(),
            "只差一项": self._near_misses(),
            "不符合的": self._ineligible(),
            "按推定处理的事实（写明后以写明的为准）": self._presumed(),
        }
        for title, lines in parts.items():
            if written := list(lines):
                yield from ("", f"【{title}】", *written)
        yield from ("", "※ 标有“未核对”的标准尚未与正式文件核对，发放前请核实。")

    def _head(self) -> Iterator[str]:
        plan = self.plan
        residence = RESIDENCE_LABELS.get(plan.household.facts.get("residence", ""), "户籍类别未知")
        yield f"帮扶计划　{plan.household.on}　{plan.household.region}（{residence}）"
        yield f"类别：{self.words.category(plan.category, plan.candidates)}" + (
            f"（渐退期，至 {plan.grace_until} 止）" if plan.grace_until else ""
        )
        size = "未知" if plan.size is None else f"{plan.size} 人"
        per_head = "" if plan.income_per_head_year is None else f"，人均 {plan.income_per_head_year:,.2f} 元"
        yield f"收入核算：{size}，年收入 {self.words.income}{per_head}"
        total = f"每年 {plan.totals.year:,.2f} 元"
        if plan.totals.once:
            total += f"，另一次性 {plan.totals.once:,.2f} 元"
        yield f"已能确定的帮扶合计：{total}"
        for error in plan.left_out:
            yield f"！插件 {error.plugin} 未能使用，其项目不在本计划内：{error.reason}"

    def _members(self) -> Iterator[str]:
        for member in self.plan.members:
            yield self._member(member)
            not_met = {reason.rule for reason in member.reasons if reason.status is False}
            for reason in member.reasons:
                if reason.rule in {"tekun_member", "dibao_single"} - not_met:
                    yield f"      {RULE_LABELS[reason.rule]}　{self.words.reason(reason)}"

    def _member(self, member: MemberResult) -> str:
        stated = self.plan.household.members[member.index]
        counted = COUNTED_LABELS[member.counted]
        grounds = "；".join(
            f"{r.criterion.label}［{r.source}］" + self.words.presumption(r) for r in self.words.counted(member)
        )
        relation = RELATION_LABELS[stated["relation"]]
        category = self.words.category(member.category, member.candidates)
        return f"  {self.words.who(member.index)}（{relation}）：{counted}（{grounds or '没有计入的理由'}），{category}"

    def _household_reasons(self) -> Iterator[str]:
        for name, reasons in self.words.rules():
            yield f"  {name}"
            for reason in reasons:
                yield f"    {self.words.reason(reason)}"

    def _eligible(self) -> Iterator[str]:
        for programme in self.words.due():
            subtotal = self.words.sums(programme.year, programme.once)
            office = f"（{programme.department}）" if programme.department else ""
            yield f"  {programme.name}{office}" + (f"：{subtotal}" if subtotal else "")
            for support in programme.supports:
                yield from self._support(support)

    def _support(self, support: Support) -> Iterator[str]:
        benefit = support.benefit
        verified = "" if support.verified or support.amount is None else "　未核对"
        who = self.words.who(support.recipient)
        yield f"    {who}：{benefit.name}　{self.words.amount(support)}　［{benefit.source}］{verified}"
        if support.sum:
            yield f"      算法：{self.words.sum(support)}"
        for reason in support.reasons:
            yield f"      {self.words.reason(reason)}"
        if capped := self.words.capped(support):
            yield f"      {capped}"
        extra = {
            "期限": f"至 {support.until} 止" if support.until else "",
            "另见": "；".join(self.words.number(support, column) for column in benefit.shows),
            "材料": "、".join(benefit.documents),
            "办理": benefit.office,
            "说明": benefit.note,
        }
        for label, text in extra.items():
            if text:
                yield f"      {label}：{text}"

    def _replaced(self) -> Iterator[str]:
        names = self.words.names
        for support in self.plan.supports:
            if support.replaced_by is not None:
                instead = names[support.replaced_by]
                who = self.words.who(support.recipient)
                yield f"    {who}：{support.benefit.name}　{self.words.amount(support)}　由“{instead}”代替"

    def _undetermined(self) -> Iterator[str]:
        for support in self.plan.supports:
            if support.status is Status.UNDETERMINED:
                yield f"    {self.words.who(support.recipient)}：{support.benefit.name}　［{support.benefit.source}］"
                for reason in support.reasons:
                    if reason.status is None:
                        yield f"      {self.words.reason(reason)}"

    def _questions(self) -> Iterator[str]:
        catalog = self.ruleset.graph.catalog
        for missing in self.plan.missing:
            fact = catalog.by_name[missing.fact]
            yield f"  {self.words.who(missing.member)}：{fact.asks}（{missing.fact}）{self.words.decides(missing)}"
            yield from (f"      {line}" for line in self.words.open_entries(missing))

    def _not_configured(self) -> Iterator[str]:
        parameters = self.ruleset.policy.parameters
        for unset in self.plan.not_configured:
            yield f"  {parameters[unset.parameter].label}（{unset.parameter}）"

    def _near_misses(self) -> Iterator[str]:
        names = self.words.names
        for near in self.plan.near_misses:
            why = "，".join(filter(None, (self.words.reason(near.reason), self.words.by(near))))
            yield f"  {self.words.who(near.recipient)}：{names[near.code]}　{why}"

    def _ineligible(self) -> Iterator[str]:
        """Yield each reason that closed benefits, once for everybody it holds for."""
        for closed in self.words.not_met(s for s in self.plan.supports if s.status is Status.INELIGIBLE):
            yield f"  {'、'.join(closed.benefits)}"
            people = "、".join(f"{who}（{value}）" for who, value in closed.people)
            yield f"      ✗ {closed.label}［{closed.source}］：{people}"

    def _presumed(self) -> Iterator[str]:
        catalog = self.ruleset.graph.catalog
        by_member: dict[int | None, list[str]] = {}
        for presumed in self.plan.presumed:
            fact = catalog.by_name[presumed.fact]
            value: Any = "无" if isinstance(fact.type, Items) else presumed.value
            shown = self.ruleset.labels.of_value(fact.level, fact.name, value)
            by_member.setdefault(presumed.member, []).append(f"{fact.label}＝{shown}")
        for member, facts in by_member.items():
            yield f"  {self.words.who(member)}：{'；'.join(facts)}"
