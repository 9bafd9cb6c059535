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


def refusal(view: PlanView, clauses: Clauses, asked: str = EVERYTHING) -> Refusal | None:
    """Return the refusal of what was asked: a category, a benefit, ``categories``, or everything; None for no such."""
    telling = _RefusalTelling(view, clauses)
    categories, personal = list(telling.categories()), list(telling.personal())
    choices = (
        *((code, RULE_LABELS[code]) for code, *_rest in categories),
        *((code, RULE_LABELS[code] + _("（个人）")) for code in dict.fromkeys(code for code, *_rest in personal)),
        *{support.benefit.code: support.benefit.name for support in view.ineligible}.items(),
    )
    if asked not in {EVERYTHING, CATEGORIES, *(code for code, _name in choices)}:
        return None
    refused = [telling.no(*category) for category in categories if asked in {EVERYTHING, CATEGORIES, category[0]}]
    refused += [telling.no(*category) for category in personal if asked == category[0]]
    short = tuple(telling.short()) if asked == EVERYTHING else ()
    return Refusal(asked, tuple(refused), tuple(telling.benefits(asked)), short, choices)


@frozen
class _RefusalTelling:
    view: PlanView
    clauses: Clauses

    def categories(self) -> Iterator[tuple[str, str, list[Reason]]]:
        """Yield the categories of the household that failed, with the reasons that failed."""
        plan = self.view.plan
        for code in self.view.words.rules_that_matter():
            failed = [r for r in plan.reasons if r.rule == code and r.status is False]
            if failed and code != plan.category and code not in TOLD_WHERE_MET:
                yield code, _("全户"), failed

    def personal(self) -> Iterator[tuple[str, str, list[Reason]]]:
        """Yield the categories of single members that failed."""
        for member in self.view.plan.members:
            for code in _PERSONAL:
                failed = [r for r in member.reasons if r.rule == code and r.status is False]
                if failed and member.category != code.removesuffix("_member"):
                    yield code, self.view.words.who(member.index), failed

    def benefits(self, asked: str) -> Iterator[No]:
        """Yield one benefit that is not met, for each recipient with every reason."""
        for support in self.view.ineligible:
            if asked == support.benefit.code:
                failed = [reason for reason in support.reasons if reason.status is False]
                who = self.view.words.who(support.recipient)
                yield No(support.benefit.name, who, self._grounds(failed, asked, support.recipient))

    def short(self) -> Iterator[Short]:
        """Yield all benefits that are not met by their first reason, those with the same one together."""
        for closed in self.view.words.not_met(self.view.ineligible):
            stands: dict[str, list[str]] = {}
            for who, value in closed.people:
                stands.setdefault(value, []).append(who)
            people = (_("{list}（{value}）", list=joined("、", those), value=value) for value, those in stands.items())
            clause = self.clauses.written(closed.source)
            yield Short(joined("、", closed.benefits), closed.label, joined("；", people), clause)

    def no(self, code: str, whose: str, failed: Iterable[Reason]) -> No:
        """Return a category that failed."""
        return No(RULE_LABELS[code], whose, self._grounds(failed, code, HOUSEHOLD))

    def _grounds(self, failed: Iterable[Reason], code: str, recipient: Recipient) -> tuple[Ground, ...]:
        near = {(n.code, n.recipient): n for n, _ in self.view.near}.get((code, recipient))
        return tuple(
            self._ground(reason, self.view.words.by(near) if near and near.reason == reason else "")
            for reason in failed
        )

    def _ground(self, reason: Reason, by: str) -> Ground:
        criterion = reason.criterion
        value = self._value(reason)
        label = criterion.label
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
        known = self.view.ruleset.graph.catalog.by_name
        said = [_("其他条件都符合，只有这一项不符合（{by}）", by=by)] if by else []
        if reason.presumed:
            facts = joined("、", (known[name].label for name in reason.presumed if name in known))
            said.append(_("没有写明、按推定处理的有：{facts}；写明并带凭证来，可以重新判断", facts=facts))
        return joined("；", said)
