"""What a refusal says: which category or benefit is not met, by which reason, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from bangfu import Reason
from bangfu.engine import compared
from bangfu.messages import _, joined
from bangfu.plan import HOUSEHOLD, Recipient
from bangfu.policy import Clauses
from bangfu.rules import Comparison
from bangfu.show import RULE_LABELS, TOLD_WHERE_MET
from bangfu_office.access import NotThereError
from bangfu_office.plan_view import PlanView

EVERYTHING, CATEGORIES = "", "categories"
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
    """What was asked, the answers (all benefits together in short), and all that could be asked: code and name."""

    asked: str
    categories: tuple[No, ...]
    benefits: tuple[No, ...]
    short: tuple[Short, ...]
    choices: tuple[tuple[str, str], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing of what was asked is refused."""
        return not (self.categories or self.benefits or self.short)


def refusal(view: PlanView, clauses: Clauses, asked: str) -> Refusal:
    """Return the refusal of what was asked: a category, a benefit, ``categories``, or (empty) everything.

    Raises:
        NotThereError: no such is refused.
    """
    telling = _RefusalTelling(view, clauses)
    failing = list(telling.categories())
    choices = {code: RULE_LABELS[code] + (_("（个人）") if code in _PERSONAL else "") for code, *_rest in failing}
    choices |= {support.benefit.code: support.benefit.name for support in view.ineligible}
    if asked not in {EVERYTHING, CATEGORIES, *choices}:
        raise NotThereError
    all_categories = asked in {EVERYTHING, CATEGORIES}
    return Refusal(
        asked,
        tuple(
            No(RULE_LABELS[code], whose, telling.grounds(failed, code, HOUSEHOLD))
            for code, whose, failed in failing
            if asked == code or (all_categories and code not in _PERSONAL)
        ),
        tuple(telling.benefits(asked)),
        tuple(telling.short()) if asked == EVERYTHING else (),
        tuple(choices.items()),
    )


def _failed(reasons: Iterable[Reason], rule: str = "") -> list[Reason]:
    return [reason for reason in reasons if reason.rule == rule and reason.status is False]


@frozen
class _RefusalTelling:
    view: PlanView
    clauses: Clauses

    def categories(self) -> Iterator[tuple[str, str, list[Reason]]]:
        """Yield the categories of the household, then those of single members that failed: which, whose, why."""
        plan, words = self.view.plan, self.view.words
        for code in words.rules_that_matter():
            failed = _failed(plan.reasons, code)
            if failed and code != plan.category and code not in TOLD_WHERE_MET:
                yield code, _("全户"), failed
        for member in plan.members:
            for code in _PERSONAL:
                failed = _failed(member.reasons, code)
                if failed and member.category != code.removesuffix("_member"):
                    yield code, words.who(member.index), failed

    def benefits(self, asked: str) -> Iterator[No]:
        """Yield one benefit that is not met, for each recipient with every reason."""
        for support in self.view.ineligible:
            if asked == support.benefit.code:
                grounds = self.grounds(_failed(support.reasons), asked, support.recipient)
                yield No(support.benefit.name, self.view.words.who(support.recipient), grounds)

    def short(self) -> Iterator[Short]:
        """Yield all benefits that are not met by their first reason, those with the same one together."""
        for closed in self.view.words.not_met(self.view.ineligible):
            stands = gathered((value, who) for who, value in closed.people)
            people = joined("；", (_("{list}（{value}）", list=those, value=value) for value, those in stands))
            yield Short(joined("、", closed.benefits), closed.label, people, self.clauses.written(closed.source))

    def grounds(self, failed: Iterable[Reason], code: str, recipient: Recipient) -> tuple[Ground, ...]:
        """Return why a category or benefit is a no."""
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


def gathered(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return each first once, with all that goes with it in one line."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return tuple((first, joined("、", seconds)) for first, seconds in found.items())
