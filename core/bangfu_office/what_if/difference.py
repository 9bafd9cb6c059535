"""What one plan gives and another does not: per support, with the reason that is another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import define, field, frozen

from bangfu import Cause as PlanCause
from bangfu import Change, ChangeKind, Level, Number, Per, Plan, PlanDifference, Reason, Status, Support
from bangfu import difference as between
from bangfu.engine import Ruleset
from bangfu.messages import _
from bangfu.show import RULE_LABELS, Words

_SAID = {True: _("符合"), False: _("不符合"), None: _("未知")}
_SKIPPED = {"tekun", "watched", "grace"}
"""Categories that are told only where they hold or held."""


@frozen
class Cause:
    """One reason or number that is another: what it is, how it was and would be, by which clause."""

    label: str
    before: str
    after: str
    status: bool | None = None
    source: str = ""


@frozen
class Line:
    """One support: whose, which, what it is now and would be, by how much a year (or once) that differs."""

    who: str
    name: str
    before: str
    after: str
    by: Decimal | None
    once: bool
    source: str
    causes: tuple[Cause, ...]


@frozen
class Group:
    """Supports to which the same happens, those worth most first; ``way`` is ``better``, ``worse`` or neither."""

    title: str
    way: str
    lines: tuple[Line, ...]


@frozen
class Total:
    """A sum in yuan in both plans."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def by(self) -> Decimal:
        """How much more it would be."""
        return self.after - self.before


@frozen
class Difference:
    """Everything a page shows of two plans beside each other."""

    categories: tuple[str, str]
    causes: tuple[tuple[str, Cause], ...]
    totals: tuple[Total, ...]
    groups: tuple[Group, ...]


_YEAR, _ONCE = _("每年帮扶"), _("另一次性")
_GROUPS = {
    ChangeKind.GAINED: (_("得到"), "better"),
    ChangeKind.LOST: (_("失去"), "worse"),
    ChangeKind.MORE: (_("增加"), "better"),
    ChangeKind.LESS: (_("减少"), "worse"),
    ChangeKind.OPEN: (_("变得不能确定"), ""),
    ChangeKind.CLOSED: (_("原来不能确定，这样就不符合"), ""),
    ChangeKind.OTHER: (_("金额不能比较"), ""),
}


def difference(now: tuple[Plan, Ruleset], then: tuple[Plan, Ruleset], programme: str | None) -> Difference:
    """Return what differs from the plan as it is to the plan as it would be, of one programme or (None) all."""
    return _Worded(_Side(*now, programme), _Side(*then, programme), between(now[0], then[0])).all()


@define
class _Side:
    """One of both plans."""

    plan: Plan
    ruleset: Ruleset
    programme: str | None
    words: Words = field(init=False)
    names: dict[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.words = Words(self.plan, self.ruleset)
        self.names = {s.benefit.code: s.benefit.name for s in self.plan.supports}

    def says(self, support: Support | None) -> str:
        """Return in a few words what comes of a support."""
        if support is None:
            return _("当地没有这一项")
        if support.replaced_by is not None:
            return _("让位于{names}", names=self.names[support.replaced_by])
        if support.status is Status.ELIGIBLE:
            return self.words.amount(support)
        return _("不符合") if support.status is Status.INELIGIBLE else _("不能确定")

    def total(self, label: str) -> Decimal:
        """Return a sum of the plan: of the programme alone where there is one."""
        totals = self.plan.totals
        if self.programme is not None:
            sums = totals.once_by_programme if label == _ONCE else totals.by_programme
            return sums.get(self.programme, Decimal(0))
        return totals.once if label == _ONCE else totals.year


@define
class _Worded:
    """A difference in a page's words."""

    now: _Side
    then: _Side
    found: PlanDifference

    def all(self) -> Difference:
        """Return the difference."""
        totals = [Total(label, self.now.total(label), self.then.total(label)) for label in (_YEAR, _ONCE)]
        return Difference(
            (self._category(self.now), self._category(self.then)),
            tuple(self._category_causes()) if self.now.programme is None else (),
            tuple(total for total in totals if total.label != _ONCE or total.before or total.after),
            tuple(self._groups()),
        )

    @staticmethod
    def _category(side: _Side) -> str:
        said = side.words.category(side.plan.category, side.plan.candidates)
        return said + (
            _("（渐退期，至 {grace_until} 止）", grace_until=side.plan.grace_until) if side.plan.grace_until else ""
        )

    def _category_causes(self) -> Iterator[tuple[str, Cause]]:
        rules = dict.fromkeys([*self.now.words.rules_that_matter(), *self.then.words.rules_that_matter()])
        for cause in self.found.category:
            either = cause.after or cause.before
            if isinstance(either, Reason) and either.rule in rules and self._worth(either.rule):
                yield RULE_LABELS[either.rule], self._worded(cause, Level.HOUSEHOLD)

    def _worth(self, rule: str) -> bool:
        return rule not in _SKIPPED or rule in (self.now.plan.category, self.then.plan.category)

    def _groups(self) -> Iterator[Group]:
        own = [c for c in self.found.changes if self.now.programme in (None, c.support.programme)]
        for kind, (title, way) in _GROUPS.items():
            lines = [self._line(change) for change in own if change.kind is kind]
            if lines:
                yield Group(title, way, tuple(sorted(lines, key=lambda line: -abs(line.by or Decimal(0)))))

    def _line(self, change: Change) -> Line:
        support = change.support
        return Line(
            self.then.words.who(support.recipient),
            support.benefit.name,
            self.now.says(change.before),
            self.then.says(change.after),
            change.by,
            support.benefit.per is Per.ONCE,
            support.benefit.source,
            tuple(self._causes(change)),
        )

    def _causes(self, change: Change) -> Iterator[Cause]:
        for cause in change.causes:
            yield self._worded(cause, change.support.benefit.for_)
        for support, side, says in (
            (change.before, self.now, _("不再让位于{}")),
            (change.after, self.then, _("让位于{}")),
        ):
            other = change.after if side is self.now else change.before
            to = None if support is None else support.replaced_by
            if to is not None and (other is None or other.replaced_by != to):
                yield Cause(says.format(side.names[to]), "", "", side is self.now)

    def _worded(self, cause: PlanCause, level: Level) -> Cause:
        was, would = cause.before, cause.after
        if isinstance(was, Number) and isinstance(would, Number):
            before = self.now.ruleset.labels.of_value(level, was.column, was.value)
            after = self.then.ruleset.labels.of_value(level, would.column, would.value)
            return Cause(would.label, before, after, source=would.source)
        old = was if isinstance(was, Reason) else None
        new = would if isinstance(would, Reason) else None
        either = new or old
        if either is None:
            raise AssertionError
        status = None if new is None else new.status
        said = self._value(self.now, old), self._value(self.then, new)
        return Cause(either.criterion.label, *said, status, either.source)

    @staticmethod
    def _value(side: _Side, reason: Reason | None) -> str:
        return "" if reason is None else side.words.details(reason) or _SAID[reason.status]
