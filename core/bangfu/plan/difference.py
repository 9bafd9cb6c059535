"""What one plan gives and another does not (两份计划之差): per support, with the reasons that are others."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

from attrs import frozen

from bangfu.differences import changed_values
from bangfu.plan.model import Number, Plan, Reason, Status, Support


class ChangeKind(StrEnum):
    """What happens to a support from one plan to the other."""

    GAINED = "gained"
    LOST = "lost"
    MORE = "more"
    LESS = "less"
    OPEN = "open"
    CLOSED = "closed"
    OTHER = "other"


@frozen
class Cause:
    """A reason, or a number, that is another: as it was and as it is; None stands in one plan alone."""

    before: Reason | Number | None
    after: Reason | Number | None


@frozen
class Change:
    """One support that is another: ``by`` is how many yuan more a year (of a single payment: the payment), if known."""

    kind: ChangeKind
    before: Support | None
    after: Support | None
    by: Decimal | None
    causes: tuple[Cause, ...]

    @property
    def support(self) -> Support:
        """The support as it is in the second plan, or where it has none in the first."""
        found = self.after or self.before
        if found is None:
            raise AssertionError
        return found


@frozen
class PlanDifference:
    """Everything in which a second plan differs from a first; ``category`` are the reasons of categories."""

    before: Plan
    after: Plan
    category: tuple[Cause, ...]
    changes: tuple[Change, ...]

    @property
    def year(self) -> Decimal:
        """How many yuan more the second gives every year."""
        return self.after.totals.year - self.before.totals.year

    @property
    def once(self) -> Decimal:
        """How many yuan more the second gives once."""
        return self.after.totals.once - self.before.totals.once

    def __repr__(self) -> str:
        kinds = ", ".join(f"{change.kind} {change.support.benefit.code}" for change in self.changes[:3])
        more = ", …" if len(self.changes) > 3 else ""  # noqa: PLR2004 - fits a line
        return f"PlanDifference({self.year:+} a year, {self.once:+} once: {kinds or 'no support'}{more})"


def difference(before: Plan, after: Plan) -> PlanDifference:
    """Return what differs from one plan to another; supports in the order of the plans."""
    return PlanDifference(before, after, tuple(_categories(before, after)), tuple(_changes(before, after)))


def increase(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Return how much more an amount is than before; None where it is the same, or either is unknown."""
    return None if before is None or after is None else (after - before) or None


def _categories(before: Plan, after: Plan) -> Iterator[Cause]:
    old, new = ({(r.rule, r.criterion.label): r for r in plan.reasons} for plan in (before, after))
    for found in changed_values(old, new, by=attrgetter("status")):
        yield Cause(found.before, found.after)


def _changes(before: Plan, after: Plan) -> Iterator[Change]:
    old, new = ({(s.benefit.code, s.recipient): s for s in plan.supports} for plan in (before, after))
    for found in changed_values(old, new, by=attrgetter("status", "replaced_by", "year_amount")):
        was, now = found.before, found.after
        kind = _kind(was, now)
        if kind is not None:
            yield Change(kind, was, now, increase(_amount(was), _amount(now)), tuple(_causes(was, now)))


def _kind(old: Support | None, new: Support | None) -> ChangeKind | None:
    had, has = (support is not None and support.is_due for support in (old, new))
    if had and has:
        return _by_amount(_amount(old), _amount(new))
    if has:
        return ChangeKind.GAINED
    open_before, open_now = (s is not None and s.status is Status.UNDETERMINED for s in (old, new))
    if had:
        return ChangeKind.OPEN if open_now else ChangeKind.LOST
    if open_before == open_now:
        return None
    return ChangeKind.OPEN if open_now else ChangeKind.CLOSED


def _amount(support: Support | None) -> Decimal | None:
    return support.year_amount if support is not None and support.is_due else Decimal(0)


def _by_amount(before: Decimal | None, after: Decimal | None) -> ChangeKind | None:
    if before == after:
        return None
    if before is None or after is None:
        return ChangeKind.OTHER
    return ChangeKind.MORE if after > before else ChangeKind.LESS


def _causes(old: Support | None, new: Support | None) -> Iterator[Cause]:
    before, after = (
        {(reason.criterion.label, reason.source): reason for reason in support.reasons} if support else {}
        for support in (old, new)
    )
    for found in changed_values(before, after, by=lambda reason: (reason.status,)):
        was, now = found.before, found.after
        # A reason that stands in one plan alone says nothing where it holds.
        if (was and now) or found.either.status is not True:
            yield Cause(was, now)
    if old is not None and new is not None and old.is_due and new.is_due:
        values = {number.column: number for number in old.numbers}
        for number in new.numbers:
            earlier = values.get(number.column)
            if earlier is not None and earlier.value != number.value:
                yield Cause(earlier, number)
