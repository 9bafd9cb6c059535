"""What one plan gives and another does not: per support, with the reason that is another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from attrs import define, field, frozen

from bangfu import Per, Plan, Reason, Status, Support
from bangfu.engine import Ruleset
from bangfu.plan.model import Recipient
from bangfu.show import RULE_LABELS, Words
from bangfu_web.verbatim import PageWords

_SAID = {True: "符合", False: "不符合", None: "未知"}
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


_YEAR, _ONCE = "每年帮扶", "另一次性"
_GROUPS = {
    "gained": ("得到", "better"),
    "lost": ("失去", "worse"),
    "more": ("增加", "better"),
    "less": ("减少", "worse"),
    "open": ("变得不能确定", ""),
    "closed": ("原来不能确定，这样就不符合", ""),
    "other": ("金额不能比较", ""),
}


def difference(now: tuple[Plan, Ruleset], then: tuple[Plan, Ruleset], programme: str | None) -> Difference:
    """Return what differs from the plan as it is to the plan as it would be, of one programme or (None) all."""
    return _Comparing(_Side(*now, programme), _Side(*then, programme)).all()


@define
class _Side:
    """One of both plans."""

    plan: Plan
    ruleset: Ruleset
    programme: str | None
    words: Words = field(init=False)
    supports: dict[tuple[str, Recipient], Support] = field(init=False)
    names: dict[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.words = PageWords(self.plan, self.ruleset)
        own = [s for s in self.plan.supports if self.programme in (None, s.programme)]
        self.supports = {(s.benefit.code, s.recipient): s for s in own}
        self.names = {s.benefit.code: s.benefit.name for s in self.plan.supports}

    def due(self, support: Support | None) -> bool:
        """Return whether a support is given."""
        return support is not None and support.status is Status.ELIGIBLE and support.replaced_by is None

    def says(self, support: Support | None) -> str:
        """Return in a few words what comes of a support."""
        if support is None:
            return "当地没有这一项"
        if support.replaced_by is not None:
            return f"让位于{self.names[support.replaced_by]}"
        if support.status is Status.ELIGIBLE:
            return self.words.amount(support)
        return "不符合" if support.status is Status.INELIGIBLE else "不能确定"

    def total(self, label: str) -> Decimal:
        """Return a sum of the plan: of the programme alone where there is one."""
        totals = self.plan.totals
        if self.programme is not None:
            sums = totals.once_by_programme if label == _ONCE else totals.by_programme
            return sums.get(self.programme, Decimal(0))
        return totals.once if label == _ONCE else totals.year


@define
class _Comparing:
    now: _Side
    then: _Side

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
        return said + (f"（渐退期，至 {side.plan.grace_until} 止）" if side.plan.grace_until else "")

    def _category_causes(self) -> Iterator[tuple[str, Cause]]:
        before, after = ({(r.rule, r.criterion.label): r for r in side.plan.reasons} for side in (self.now, self.then))
        rules = dict.fromkeys([*self.now.words.rules_that_matter(), *self.then.words.rules_that_matter()])
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key), after.get(key)
            if key[0] in rules and (old and old.status) != (new and new.status) and self._worth(key[0]):
                yield RULE_LABELS[key[0]], self._reason(old, new)

    def _worth(self, rule: str) -> bool:
        return rule not in _SKIPPED or rule in (self.now.plan.category, self.then.plan.category)

    def _groups(self) -> Iterator[Group]:
        found: dict[str, list[Line]] = {kind: [] for kind in _GROUPS}
        for key in dict.fromkeys([*self.now.supports, *self.then.supports]):
            old, new = self.now.supports.get(key), self.then.supports.get(key)
            kind = self._kind(old, new)
            if kind:
                found[kind].append(self._line(old, new))
        for kind, (title, way) in _GROUPS.items():
            if found[kind]:
                yield Group(title, way, tuple(sorted(found[kind], key=lambda line: -abs(line.by or Decimal(0)))))

    def _kind(self, old: Support | None, new: Support | None) -> str:
        had, has = self.now.due(old), self.then.due(new)
        if had and has and old is not None and new is not None:
            return _by_amount(old.year_amount, new.year_amount)
        if has:
            return "gained"
        open_now = new is not None and new.status is Status.UNDETERMINED
        if had:
            return "open" if open_now else "lost"
        open_before = old is not None and old.status is Status.UNDETERMINED
        if open_before and not open_now:
            return "closed"
        return "open" if open_now and not open_before else ""

    def _line(self, old: Support | None, new: Support | None) -> Line:
        either = new or old
        if either is None:
            raise AssertionError
        before = old.year_amount if old is not None and self.now.due(old) else Decimal(0)
        after = new.year_amount if new is not None and self.then.due(new) else Decimal(0)
        by = None if before is None or after is None else after - before
        return Line(
            self.then.words.who(either.recipient),
            either.benefit.name,
            self.now.says(old),
            self.then.says(new),
            by or None,
            either.benefit.per is Per.ONCE,
            either.benefit.source,
            tuple(self._causes(old, new)),
        )

    def _causes(self, old: Support | None, new: Support | None) -> Iterator[Cause]:
        before, after = (_by_label(support) for support in (old, new))
        for key in dict.fromkeys([*before, *after]):
            was, would = before.get(key), after.get(key)
            if was is None or would is None:
                # A reason that stands in one plan alone says nothing where it holds.
                another = any(reason is not None and reason.status is not True for reason in (was, would))
            else:
                another = was.status != would.status
            if another:
                yield self._reason(was, would)
        if old is not None and new is not None and self.now.due(old) and self.then.due(new):
            yield from self._numbers(old, new)
        for support, side, says in ((old, self.now, "不再让位于{}"), (new, self.then, "让位于{}")):
            other = self.then if side is self.now else self.now
            if support is not None and support.replaced_by is not None:
                same = other.supports.get((support.benefit.code, support.recipient))
                if same is None or same.replaced_by != support.replaced_by:
                    yield Cause(says.format(side.names[support.replaced_by]), "", "", side is self.now)

    def _numbers(self, old: Support, new: Support) -> Iterator[Cause]:
        values = {number.column: number for number in old.numbers}
        for number in new.numbers:
            was = values.get(number.column)
            if was is not None and was.value != number.value:
                before = self.now.ruleset.labels.of_value(old.benefit.for_, was.column, was.value)
                after = self.then.ruleset.labels.of_value(new.benefit.for_, number.column, number.value)
                yield Cause(number.label, before, after, source=number.source)

    def _reason(self, old: Reason | None, new: Reason | None) -> Cause:
        either = new or old
        if either is None:
            raise AssertionError
        return Cause(
            either.criterion.label,
            self._value(self.now, old),
            self._value(self.then, new),
            new.status if new is not None else None,
            either.source,
        )

    @staticmethod
    def _value(side: _Side, reason: Reason | None) -> str:
        return "" if reason is None else side.words.details(reason) or _SAID[reason.status]


def _by_amount(before: Decimal | None, after: Decimal | None) -> str:
    if before == after:
        return ""
    if before is None or after is None:
        return "other"
    return "more" if after > before else "less"


def _by_label(support: Support | None) -> dict[tuple[str, str], Reason]:
    reasons: Iterable[Reason] = () if support is None else support.reasons
    return {(reason.criterion.label, reason.source): reason for reason in reasons}
