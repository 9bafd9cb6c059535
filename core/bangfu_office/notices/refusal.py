"""What a refusal says: which category or benefit is not met, by which reason, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from attrs import frozen

from bangfu import Reason
from bangfu.engine import compared
from bangfu.messages import _, joined
from bangfu.plan import HOUSEHOLD, Recipient
from bangfu.policy import Clauses
from bangfu.rules import Comparison
from bangfu.show import RULE_LABELS, TOLD_WHERE_MET
from bangfu_office.plan_view import PlanView

EVERYTHING, CATEGORIES = "", "categories"
Pairs = Sequence[tuple[str, str]]
_PERSONAL = ("tekun_member", "dibao_single")


@frozen
class Ground:
    """One reason for a no: what was tested, the value, the limit, the clause, what would change it."""

    label: str
    value: str
    limit: str
    clause: str
    change: str


@frozen
class No:
    """One category or benefit that somebody does not meet, with every reason."""

    name: str
    whose: str
    grounds: tuple[Ground, ...]


@frozen
class Short:
    """Benefits that are not met by one criterion, with how it stands for each of those concerned."""

    names: str
    label: str
    people: str
    clause: str


@frozen
class Refusal:
    """What is refused of what was asked: a category, a benefit, ``categories``, or (empty) everything."""

    view: PlanView
    clauses: Clauses
    asked: str

    @cached_property
    def choices(self) -> dict[str, str]:
        """All that could be asked, by code."""
        codes = [code for code, *_rest in self._failing]
        categories = {code: RULE_LABELS[code] + (_("（个人）") if code in _PERSONAL else "") for code in codes}
        return categories | {support.benefit.code: support.benefit.name for support in self.view.ineligible}

    @cached_property
    def categories(self) -> list[No]:
        """The categories that somebody does not meet; those of single members where one of them was asked alone."""
        every = self.asked in {EVERYTHING, CATEGORIES}
        return [
            No(RULE_LABELS[code], whose, self._grounds(failed, code, HOUSEHOLD))
            for code, whose, failed in self._failing
            if self.asked == code or (every and code not in _PERSONAL)
        ]

    @cached_property
    def benefits(self) -> list[No]:
        """The one benefit that was asked, for each recipient with every reason."""
        words, asked = self.view.words, [s for s in self.view.ineligible if s.benefit.code == self.asked]
        return [
            No(s.benefit.name, words.who(s.recipient), self._grounds(_failed(s.reasons), self.asked, s.recipient))
            for s in asked
        ]

    @cached_property
    def short(self) -> list[Short]:
        """All benefits where everything was asked: by their first reason, those with the same one together."""
        found = []
        for closed in self.view.words.not_met(self.view.ineligible if self.asked == EVERYTHING else ()):
            stands = gathered((value, who) for who, value in closed.people)
            people = joined("；", (_("{list}（{value}）", list=those, value=value) for value, those in stands))
            clause = self.clauses.written(closed.source)
            found.append(Short(joined("、", closed.benefits), closed.label, people, clause))
        return found

    @property
    def empty(self) -> bool:
        """Whether nothing of what was asked is refused."""
        return not (self.categories or self.benefits or self.short)

    @cached_property
    def _failing(self) -> list[tuple[str, str, list[Reason]]]:
        """The categories of the household, then those of single members that failed: which, whose, why."""
        plan, words, found = self.view.plan, self.view.words, []
        for code in words.rules_that_matter():
            failed = _failed(plan.reasons, code)
            if failed and code != plan.category and code not in TOLD_WHERE_MET:
                found.append((code, _("全户"), failed))
        for member in plan.members:
            for code in _PERSONAL:
                failed = _failed(member.reasons, code)
                if failed and member.category != code.removesuffix("_member"):
                    found.append((code, words.who(member.index), failed))
        return found

    def _grounds(self, failed: Iterable[Reason], code: str, recipient: Recipient) -> tuple[Ground, ...]:
        near = {(n.code, n.recipient): n for n in self.view.plan.near_misses}.get((code, recipient))
        return tuple(
            self._ground(reason, self.view.words.by(near) if near and near.reason == reason else "")
            for reason in failed
        )

    def _ground(self, reason: Reason, by: str) -> Ground:
        label, value = reason.criterion.label, self._value(reason)
        if reason.parts:
            label += _("（下列各项都不是：{list}）", list=joined("；", (part.criterion.label for part in reason.parts)))
        return Ground(label, value, self._limit(reason), self.clauses.written(reason.source), self._change(reason, by))

    def _value(self, reason: Reason) -> str:
        criterion = reason.criterion
        if reason.parts or criterion.value is None or reason.value is None:
            return _("不是")
        return self.view.ruleset.labels.of_value(criterion.level, criterion.value, reason.value)

    def _limit(self, reason: Reason) -> str:
        criterion, labels = reason.criterion, self.view.ruleset.labels
        if criterion.limit_column is not None:
            return labels.of_value(criterion.level, None, reason.limit) + self.view.words.unchecked(reason)
        if reason.parts or criterion.comparison is None:
            return _("有其中一项") if reason.parts else _("是")
        if criterion.comparison is Comparison.HOLDS:
            return _("否") if criterion.limit is False else _("是")
        limit = labels.of_value(criterion.level, criterion.value, criterion.limit)
        return limit if criterion.comparison is Comparison.IS_IN else compared("", criterion.comparison, limit)

    def _change(self, reason: Reason, by: str) -> str:
        """Return what would change the answer: by how much, or what to state that is presumed now."""
        known = self.view.known
        said = [_("其他条件都符合，只有这一项不符合（{by}）", by=by)] if by else []
        if reason.presumed:
            facts = joined("、", (known[name].label for name in reason.presumed if name in known))
            said.append(_("没有写明、按推定处理的有：{facts}；写明并带凭证来，可以重新判断", facts=facts))
        return joined("；", said)


def _failed(reasons: Iterable[Reason], rule: str = "") -> list[Reason]:
    return [reason for reason in reasons if reason.rule == rule and reason.status is False]


def gathered(pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Return each first once, with all that goes with it in one line."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return tuple((first, joined("、", seconds)) for first, seconds in found.items())
