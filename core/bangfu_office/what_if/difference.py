"""What one plan gives and another does not: per support, with the reason that is another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from attrs import define, field, frozen

from bangfu import Cause, Change, ChangeKind, Level, Number, Per, Plan, PlanDifference, Reason, Status, Support
from bangfu import difference as between
from bangfu.engine import Ruleset
from bangfu.messages import _
from bangfu.show import RULE_LABELS, TOLD_WHERE_MET, Words

_SAID = {True: _("符合"), False: _("不符合"), None: _("未知")}


@frozen
class CauseLine:
    """One reason or number that is another: what it is, how it was and would be, by which clause."""

    label: str
    before: str = ""
    after: str = ""
    status: bool | None = None
    source: str = ""


@frozen
class SupportLine:
    """One support: whose, which, what it is now and would be, by how much a year (or once) that differs."""

    who: str
    name: str
    before: str
    after: str
    by: Decimal | None
    once: bool
    source: str
    causes: tuple[CauseLine, ...]


@frozen
class ChangeGroup:
    """Supports to which the same happens, those worth most first."""

    title: str
    lines: tuple[SupportLine, ...]


@frozen
class SumLine:
    """A sum in yuan in both plans."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def by(self) -> Decimal:
        """How much more it would be."""
        return self.after - self.before


@frozen
class WhatIfDifference:
    """Everything a page shows of two plans beside each other."""

    categories: tuple[str, str]
    causes: tuple[tuple[str, CauseLine], ...]
    totals: tuple[SumLine, ...]
    groups: tuple[ChangeGroup, ...]


_GROUPS = {
    ChangeKind.GAINED: _("得到"),
    ChangeKind.LOST: _("失去"),
    ChangeKind.MORE: _("增加"),
    ChangeKind.LESS: _("减少"),
    ChangeKind.OPEN: _("变得不能确定"),
    ChangeKind.CLOSED: _("原来不能确定，这样就不符合"),
    ChangeKind.OTHER: _("金额不能比较"),
}


def difference(now: tuple[Plan, Ruleset], then: tuple[Plan, Ruleset], programme: str | None) -> WhatIfDifference:
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

    def category(self) -> str:
        """Return the category, with the end of a grace period."""
        said, grace = self.words.category(self.plan.category, self.plan.candidates), self.plan.grace_until
        return said + _("（渐退期，至 {grace_until} 止）", grace_until=grace) if grace else said

    def says(self, support: Support | None) -> str:
        """Return in a few words what comes of a support."""
        if support is None:
            return _("当地没有这一项")
        if support.replaced_by is not None:
            return _("让位于{names}", names=self.names[support.replaced_by])
        if support.status is Status.ELIGIBLE:
            return self.words.amount(support)
        return _("不符合") if support.status is Status.INELIGIBLE else _("不能确定")

    def sums(self) -> tuple[Decimal, Decimal]:
        """Return what the plan gives every year and once: of the programme alone where there is one."""
        totals = self.plan.totals
        if self.programme is None:
            return totals.year, totals.once
        sums = (totals.by_programme, totals.once_by_programme)
        year, once = (by_programme.get(self.programme, Decimal(0)) for by_programme in sums)
        return year, once

    def reason(self, reason: Reason | None) -> str:
        """Return what a reason rests on, or whether it holds."""
        return "" if reason is None else self.words.details(reason) or _SAID[reason.status]


@frozen
class _Worded:
    """A difference in a page's words."""

    now: _Side
    then: _Side
    found: PlanDifference

    def all(self) -> WhatIfDifference:
        """Return the difference."""
        sums = zip(self.now.sums(), self.then.sums(), strict=True)
        year, once = (SumLine(label, *both) for label, both in zip((_("每年帮扶"), _("另一次性")), sums, strict=True))
        return WhatIfDifference(
            (self.now.category(), self.then.category()),
            tuple(self._category_causes()) if self.now.programme is None else (),
            (year, once) if once.before or once.after else (year,),
            tuple(self._groups()),
        )

    def _category_causes(self) -> Iterator[tuple[str, CauseLine]]:
        held = {self.now.plan.category, self.then.plan.category}
        rules = {*self.now.words.rules_that_matter(), *self.then.words.rules_that_matter()} - (TOLD_WHERE_MET - held)
        for cause in self.found.category:
            either = cause.after or cause.before
            if isinstance(either, Reason) and either.rule in rules:
                yield RULE_LABELS[either.rule], self._worded(cause, Level.HOUSEHOLD)

    def _groups(self) -> Iterator[ChangeGroup]:
        own = [c for c in self.found.changes if self.now.programme in (None, c.support.programme)]
        for kind, title in _GROUPS.items():
            lines = [self._line(change) for change in own if change.kind is kind]
            if lines:
                yield ChangeGroup(title, tuple(sorted(lines, key=lambda line: -abs(line.by or Decimal(0)))))

    def _line(self, change: Change) -> SupportLine:
        benefit = change.support.benefit
        return SupportLine(
            self.then.words.who(change.support.recipient),
            benefit.name,
            self.now.says(change.before),
            self.then.says(change.after),
            change.by,
            benefit.per is Per.ONCE,
            benefit.source,
            (*(self._worded(cause, benefit.for_) for cause in change.causes), *self._replacements(change)),
        )

    def _replacements(self, change: Change) -> Iterator[CauseLine]:
        """Yield what a support gives way to in one of both plans alone."""
        before, after = (support and support.replaced_by for support in (change.before, change.after))
        if before and before != after:
            yield CauseLine(_("不再让位于{names}", names=self.now.names[before]), status=True)
        if after and after != before:
            yield CauseLine(_("让位于{names}", names=self.then.names[after]), status=False)

    def _worded(self, cause: Cause, level: Level) -> CauseLine:
        was, would = cause.before, cause.after
        if isinstance(was, Number) and isinstance(would, Number):
            before = self.now.ruleset.labels.of_value(level, was.column, was.value)
            after = self.then.ruleset.labels.of_value(level, would.column, would.value)
            return CauseLine(would.label, before, after, source=would.source)
        old, new = (reason if isinstance(reason, Reason) else None for reason in (was, would))
        either = new or old
        if either is None:
            raise AssertionError
        said = self.now.reason(old), self.then.reason(new)
        return CauseLine(either.criterion.label, *said, None if new is None else new.status, either.source)
