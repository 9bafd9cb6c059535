"""The values a support plan is made of. Nothing here computes; amounts are yuan, to the fen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from attrs import define, field, frozen, setters

from bangfu.engine import BoundCriterion
from bangfu.errors import NotInPlanError, PluginError
from bangfu.facts.catalog import near
from bangfu.facts.declare import OpenEntry, Partly
from bangfu.households import Household
from bangfu.rules import Benefit

HOUSEHOLD = "household"
Recipient = int | str


class Status(StrEnum):
    """Whether a support is due."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"


@define(on_setattr=setters.frozen, unsafe_hash=True)  # as frozen as the others, and quicker made: there are hundreds
class Reason:
    """One criterion met, not met or not known (``status`` true, false, None).

    ``value`` and ``limit`` are as they stand in the columns; ``missing`` names the facts that would
    decide it and ``not_configured`` the parameters, ``presumed`` the facts it rests on that were
    presumed. ``rule`` is the category it stands in, empty for a benefit's. ``because`` says why there is no value
    although all is known: a division by zero, an amount below zero. ``source`` is the clause: the criterion's, or that
    of the standard which counts for this household.
    """

    criterion: BoundCriterion
    status: bool | None
    value: Any = None
    limit: Any = None
    missing: tuple[str, ...] = ()
    not_configured: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
    parts: tuple[Reason, ...] = ()
    rule: str = ""
    because: str = ""
    source: str = ""

    def __repr__(self) -> str:
        return f"Reason({self.criterion.label!r}, {self.status}, value={self.value!r}, limit={self.limit!r})"


@frozen
class MemberResult:
    """One person of the file: whether he or she counts, in which category, why."""

    index: int
    name: str | None = field(repr=False)
    counted: bool | None
    category: str | None
    candidates: tuple[str, ...]
    reasons: tuple[Reason, ...] = field(repr=False)


@frozen
class Number:
    """A number an amount came from: the column, its value, its clause and whether it was verified.

    ``by_period`` is how a sum writes a value that is set for a shorter period than a year: ``540.00/月 × 12``.
    """

    column: str
    label: str
    value: Any
    source: str
    verified: bool | None = None
    by_period: str = ""


@define(on_setattr=setters.frozen, unsafe_hash=True)  # as frozen as the others, and quicker made: there are hundreds
class Support:
    """One benefit for one recipient.

    ``amount`` is yuan for the benefit's period, None where unknown or where it is no sum of money; ``year_amount`` what
    that makes in a year (a single payment: the payment). ``replaced_by`` is the code of the benefit it gave way to,
    ``before_cap`` the amount before a cap cut it (``amount`` None: the cap's limit is not known), ``until`` the last
    day. ``sum`` is how the amount was worked out, in words and numbers, empty where it is the same for everybody.
    """

    benefit: Benefit
    programme: str
    recipient: Recipient
    status: Status
    amount: Decimal | None
    year_amount: Decimal | None
    verified: bool
    reasons: tuple[Reason, ...]
    numbers: tuple[Number, ...] = ()
    sum: tuple[str | Number, ...] = ()
    replaced_by: str | None = None
    before_cap: Decimal | None = None
    until: date | None = None

    @property
    def is_due(self) -> bool:
        """Whether it is given: eligible, and not replaced."""
        return self.status is Status.ELIGIBLE and self.replaced_by is None

    def __repr__(self) -> str:
        amount = "" if self.amount is None else f", {self.amount} {self.benefit.per}"
        return f"Support({self.benefit.code!r}, {self.recipient!r}, {self.status}{amount})"


@frozen
class Missing:
    """An unknown fact, of a member or (None) of the household, and the benefits it would help decide.

    ``entries`` are those of a stated list that keep its sums unknown.
    """

    fact: str
    member: int | None
    decides: tuple[str, ...]
    decides_category: bool
    entries: tuple[OpenEntry, ...] = ()


@frozen
class NotConfigured:
    """A parameter that no pack sets, and the benefits that wait for it."""

    parameter: str
    decides: tuple[str, ...]
    decides_category: bool


@frozen
class NearMiss:
    """A benefit or category that failed by one criterion only; ``by`` is how much, where it is a number."""

    code: str
    recipient: Recipient
    reason: Reason
    by: Decimal | int | None


@frozen
class Presumed:
    """A fact that was not stated and decided something by its presumption."""

    fact: str
    member: int | None
    value: Any


@frozen
class Totals:
    """Sums over eligible supports that count, in yuan: by the year and paid once, all together and by programme.

    What is paid once is never added to what is paid every year.
    """

    year: Decimal
    once: Decimal
    by_programme: Mapping[str, Decimal]
    once_by_programme: Mapping[str, Decimal]


@frozen
class Plan:
    """The support plan of one household on one day."""

    household: Household
    members: tuple[MemberResult, ...]
    size: int | None
    income_year: Decimal | None
    income_bounds: Partly
    income_per_head_year: Decimal | None
    category: str | None
    candidates: tuple[str, ...]
    grace_until: date | None
    reasons: tuple[Reason, ...]
    supports: tuple[Support, ...]
    totals: Totals
    missing: tuple[Missing, ...]
    not_configured: tuple[NotConfigured, ...]
    near_misses: tuple[NearMiss, ...]
    presumed: tuple[Presumed, ...]
    left_out: tuple[PluginError, ...]

    def support(self, code: str, who: Recipient | None = None) -> Support:
        """Return the support of a code for a member (by place) or the household; without ``who`` the only one.

        Raises:
            NotInPlanError: there is no such support, or several; says which there are.
        """
        of_code = [support for support in self.supports if support.benefit.code == code]
        found = [support for support in of_code if who is None or support.recipient == who]
        if len(found) == 1:
            return found[0]
        if not of_code:
            known = near(code, [support.benefit.code for support in self.supports])
            raise NotInPlanError(f"no support {code!r} in this plan{known}")
        whose = ", ".join(repr(support.recipient) for support in of_code)
        asked = "say whose" if who is None else f"not of {who!r}"
        raise NotInPlanError(f"{code!r} is a support of {whose}; {asked}")

    def __repr__(self) -> str:
        return (
            f"Plan(on={self.household.on}, region={self.household.region}, category={self.category!r}, "
            f"{len(self.supports)} supports, {self.totals.year} a year, {self.totals.once} once)"
        )
