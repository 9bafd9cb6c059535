"""The benefits of a ruleset as offers: for whom, how much, and how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from attrs import define, field

from bangfu.engine import BoundBenefit, Ruleset
from bangfu.engine.labels import leaves, sum_text
from bangfu.facts import Level, Per
from bangfu.facts.declare import PER_LABELS
from bangfu.handbook.model import Condition, Department, HowMuch, Offer, Relation
from bangfu.handbook.standards import Standards, chosen_by, conditions_of, pack_text, validity_text
from bangfu.messages import _, joined
from bangfu.policy import Row
from bangfu.policy.parameters import PREFIX
from bangfu.rules import Benefit, Group, GroupRule, SupportKind
from bangfu.rules.benefit import KIND_LABELS
from bangfu.rules.language import names_in
from bangfu.rules.language.expression import Constant

OF_LABELS = {Level.MEMBER: _("成员"), Level.HOUSEHOLD: _("全户")}
_WITHOUT_SUM = {
    SupportKind.CASH: _("没有写明金额"),
    SupportKind.WAIVER: _("减免，没有写明数额"),
    SupportKind.IN_KIND: _("实物，不折算金额"),
    SupportKind.SERVICE: _("服务，不发放现金"),
    SupportKind.FIGURE: _("核算数，没有写明数额"),
}
_GROUP_RULES = {
    GroupRule.FIRST: _("同时符合时只享受一项，按下列次序取先符合的"),
    GroupRule.HIGHEST: _("同时符合时只享受一项，取每年数额最高的"),
    GroupRule.CAP: _("合计每年不超过上限，超出的部分按下列次序从后往前扣减"),
}
_COUNTED_IN = {Per.YEAR: _("次"), Per.MONTH: _("个月"), Per.DAY: _("天")}
_GROUP_OF = {Level.MEMBER: _("每人分别计算"), Level.HOUSEHOLD: _("全户合并计算")}


def departments_of(ruleset: Ruleset, standards: Standards) -> tuple[Department, ...]:
    """Return the programmes with their benefits."""
    offers = _Offers(ruleset, standards)
    return tuple(
        Department(programme, tuple(offers.offer(b) for b in ruleset.benefits if b.programme == programme.code))
        for programme in ruleset.programmes
    )


@define
class _Offers:
    ruleset: Ruleset
    standards: Standards
    benefits: Mapping[str, Benefit] = field(init=False)
    groups: Mapping[str, Group] = field(init=False)
    rows: Mapping[str, Row] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.benefits = {bound.benefit.code: bound.benefit for bound in self.ruleset.benefits}
        self.groups = {group.code: group for p in self.ruleset.programmes for group in p.groups}
        self.rows = {row.code: row for row in self.ruleset.policy.rows}

    def offer(self, bound: BoundBenefit) -> Offer:
        """Return a benefit in words."""
        benefit, labels = bound.benefit, self.ruleset.labels
        until = None
        if benefit.until is not None:
            standards = self.standards.behind(benefit.for_, [benefit.until])
            until = Condition(labels.of_column(benefit.for_, benefit.until), standards=standards)
        return Offer(
            benefit,
            OF_LABELS[benefit.for_],
            KIND_LABELS[benefit.kind],
            every(benefit.per) if benefit.amount is not None else "",
            self._conditions(bound),
            self._how_much(bound),
            until,
            tuple(labels.of_column(benefit.for_, column) for column in benefit.shows),
            self._pack(benefit.code),
            tuple(self._relations(benefit)),
        )

    def _conditions(self, bound: BoundBenefit) -> tuple[Condition, ...]:
        """Return the criteria; those for benefits needed first are among the relations."""
        declared = bound.benefit.when
        first = len(bound.criteria) - len(declared) - len(bound.benefit.needs)
        own = bound.criteria[first : first + len(declared)]
        added = (
            Condition(added.label, added.source, self.standards.behind(added.level, [added.status]))
            for added in bound.criteria[:first]
        )
        return (*added, *conditions_of(self.standards, declared, own))

    def _how_much(self, bound: BoundBenefit) -> HowMuch:
        benefit = bound.benefit
        if benefit.amount is None:
            return HowMuch(KIND_LABELS[benefit.kind], _WITHOUT_SUM[benefit.kind])
        if benefit.fixed_amount is not None:
            return _fixed(benefit)
        written = self.ruleset.sum_of(bound)
        columns = [leaf.column for leaf in leaves(written)]
        standards = self.standards.behind(benefit.for_, columns, chosen_by(bound.criteria))
        formula = sum_text(written, lambda leaf: self.ruleset.labels.of_column(leaf.level, leaf.column))
        full = _("{every}：{formula}", every=every(benefit.per), formula=formula)
        if standards and not any(standard.is_set for standard in standards):
            return HowMuch(_("未设定"), full, standards)
        is_one_standard = [PREFIX + standard.name for standard in standards] == columns
        return HowMuch(standards[0].text if is_one_standard else _("按公式计算"), full, standards)

    def _pack(self, code: str) -> str:
        row = self.rows.get(code)
        if row is None:
            return ""
        pack, validity = pack_text(row.pack), validity_text(row.start, row.until)
        return _("{pack_text}，{validity}", pack_text=pack, validity=validity) if validity else pack

    def _relations(self, benefit: Benefit) -> Iterator[Relation]:
        if benefit.needs:
            yield Relation(_("须先享受"), self._named(benefit.needs))
        if benefit.gives_way_to:
            yield Relation(_("同时符合下列待遇时，让位于它，本项不再享受"), self._named(benefit.gives_way_to))
        yielding = tuple(other for other in self.benefits.values() if benefit.code in other.gives_way_to)
        if yielding:
            yield Relation(_("同时符合时以本项为先，下列待遇不再享受"), yielding)
        if benefit.group:
            yield self._group(self.groups[benefit.group])

    def _group(self, group: Group) -> Relation:
        members = tuple(benefit for benefit in self.benefits.values() if benefit.group == group.code)
        level = members[0].for_
        scope = _("（{group_of}）", group_of=_GROUP_OF[group.per]) if level is Level.MEMBER else ""
        columns = [] if group.limit is None else [name.name for name in names_in(group.limit)]
        fixed = group.limit.as_written if isinstance(group.limit, Constant) else None
        limit = "" if fixed is None else _("；上限 {fixed:,.2f} 元", fixed=fixed)
        rule = _GROUP_RULES[group.rule]
        text = _("{name}：{group_rules}{scope}{limit}", name=group.name, group_rules=rule, scope=scope, limit=limit)
        in_order = group.rule is not GroupRule.HIGHEST
        return Relation(text, members, in_order, group.source, self.standards.behind(level, columns))

    def _named(self, codes: Iterable[str]) -> tuple[Benefit, ...]:
        return tuple(self.benefits[code] for code in codes)


def every(per: Per) -> str:
    """Return a period in words: ``每年``, ``每月``, ``每天``, ``一次性``."""
    return PER_LABELS[per] if per is Per.ONCE else _("每{per_labels}", per_labels=PER_LABELS[per])


def _fixed(benefit: Benefit) -> HowMuch:
    amount = benefit.fixed_amount or Decimal(0)
    full = _("{every} {amount:,.2f} 元", every=every(benefit.per), amount=amount)
    if benefit.per is Per.ONCE:
        return HowMuch(full, full)
    if benefit.times_a_year != 1:
        times = joined(" ", (str(benefit.times_a_year), _COUNTED_IN[benefit.per]))
        full += _("，一年计 {times}，合每年 {amount:,.2f} 元", times=times, amount=amount * benefit.times_a_year)
    return HowMuch(_("{amount:,.2f} 元/{per_labels}", amount=amount, per_labels=PER_LABELS[benefit.per]), full)
