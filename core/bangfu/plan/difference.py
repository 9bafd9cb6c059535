"""What one plan gives and another does not (两份计划之差): per support, with the reasons that are others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from bangfu.plan.model import Number, Plan, Reason, Recipient, Status, Support


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


def is_due(support: Support | None) -> bool:
    """Return whether a support is given: due, and not replaced."""
    return support is not None and support.status is Status.ELIGIBLE and support.replaced_by is None


def _categories(before: Plan, after: Plan) -> Iterator[Cause]:
    old, new = ({(r.rule, r.criterion.label): r for r in plan.reasons} for plan in (before, after))
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if (was and was.status) != (now and now.status):
            yield Cause(was, now)


def _changes(before: Plan, after: Plan) -> Iterator[Change]:
    old, new = (_by_recipient(plan.supports) for plan in (before, after))
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        kind = _kind(was, now)
        if kind is not None:
            yield Change(kind, was, now, _by(was, now), tuple(_causes(was, now)))


def _by_recipient(supports: Iterable[Support]) -> dict[tuple[str, Recipient], Support]:
    return {(support.benefit.code, support.recipient): support for support in supports}


def _kind(old: Support | None, new: Support | None) -> ChangeKind | None:
    had, has = is_due(old), is_due(new)
    if had and has and old is not None and new is not None:
        return _by_amount(old.year_amount, new.year_amount)
    if has:
        return ChangeKind.GAINED
    open_now = new is not None and new.status is Status.UNDETERMINED
    if had:
        return ChangeKind.OPEN if open_now else ChangeKind.LOST
    open_before = old is not None and old.status is Status.UNDETERMINED
    if open_before and not open_now:
        return ChangeKind.CLOSED
    return ChangeKind.OPEN if open_now and not open_before else None


def _by_amount(before: Decimal | None, after: Decimal | None) -> ChangeKind | None:
    if before == after:
        return None
    if before is None or after is None:
        return ChangeKind.OTHER
    return ChangeKind.MORE if after > before else ChangeKind.LESS


def _by(old: Support | None, new: Support | None) -> Decimal | None:
    before = old.year_amount if old is not None and is_due(old) else Decimal(0)
    after = new.year_amount if new is not None and is_due(new) else Decimal(0)
    return None if before is None or after is None else (after - before) or None


def _causes(old: Support | None, new: Support | None) -> Iterator[Cause]:
    before, after = (_by_label(support) for support in (old, new))
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if was is None or now is None:
            # A reason that stands in one plan alone says nothing where it holds.
            another = any(reason is not None and reason.status is not True for reason in (was, now))
        else:
            another = was.status != now.status
        if another:
            yield Cause(was, now)
    if old is not None and new is not None and is_due(old) and is_due(new):
        values = {number.column: number for number in old.numbers}
        for number in new.numbers:
            earlier = values.get(number.column)
            if earlier is not None and earlier.value != number.value:
                yield Cause(earlier, number)


def _by_label(support: Support | None) -> dict[tuple[str, str], Reason]:
    reasons: Iterable[Reason] = () if support is None else support.reasons
    return {(reason.criterion.label, reason.source): reason for reason in reasons}
