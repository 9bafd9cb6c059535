"""Benefits (待遇) and programmes (帮扶项目): what a department gives, to whom, by which clause."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from attrs import define, field, frozen

from bangfu.facts import Level, Per
from bangfu.rules.criterion import Criterion, as_criterion
from bangfu.rules.derived import Derived
from bangfu.rules.language import Expression
from bangfu.rules.language.expression import Constant, given
from bangfu.rules.language.kinds import MONEY
from bangfu.rules.language.rounding import Rounding


class SupportKind(StrEnum):
    """In what form a support comes; the labels are in ``KIND_LABELS``."""

    CASH = "cash"
    WAIVER = "waiver"
    IN_KIND = "in_kind"
    SERVICE = "service"


KIND_LABELS = {"cash": "现金", "waiver": "减免", "in_kind": "实物", "service": "服务"}


def _amount(value: Expression | Decimal | int | None) -> Expression | None:
    return None if value is None else given(value, MONEY)


def _criteria(value: Iterable[Criterion | Expression]) -> tuple[Criterion, ...]:
    return tuple(map(as_criterion, value))


def _benefits(value: Iterable[Benefit]) -> tuple[Benefit, ...]:
    return tuple(value)


def _columns(value: Iterable[Derived]) -> tuple[Derived, ...]:
    return tuple(value)


@define(frozen=True, slots=False)
class Benefit:
    """One support that a programme can give.

    Args:
        code: unique over all programmes, beginning with its programme's code.
        name: what a caseworker reads.
        for_: a member or the household.
        when: criteria, or bare tests, all of which must hold; their clause is the benefit's where they have none.
        amount: yuan for ``per``, a plain sum or worked out; None where the benefit is not a sum of money.
        per: the period of the amount.
        times: how many periods a year has (school days, say) where it isn't the calendar's number.
        source: the clause.
        verified: whether a fixed amount was checked against the official text; one that is worked out is
            verified where every parameter behind it is.
        documents: what to bring.
        office: where to go and who pays.
        needs: codes of benefits the recipient must have first; one that another replaced, also of the same group, is
            not had (a household has what any of its members has).
        gives_way_to: codes of benefits that replace this one where they are due.
        group: the ``Group`` it shares with others.
        shows: further columns shown with the amount.
        rounding: how the amount is rounded, once, at the end.
        until: the date column of the last day it is given.
        members_only: whether a member must count as living together (N2 art. 7).
    """

    code: str
    name: str
    for_: Level
    when: tuple[Criterion, ...] = field(converter=_criteria)
    amount: Expression | None = field(default=None, converter=_amount)
    per: Per = Per.YEAR
    source: str = ""
    kind: SupportKind = SupportKind.CASH
    times: int | None = None
    verified: bool = False
    documents: tuple[str, ...] = ()
    office: str = ""
    note: str = ""
    needs: tuple[str, ...] = ()
    gives_way_to: tuple[str, ...] = ()
    group: str = ""
    shows: tuple[str, ...] = ()
    until: str | None = None
    rounding: Rounding = field(factory=Rounding)
    members_only: bool = True

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "when", tuple(criterion.by_default(self.source) for criterion in self.when))

    @cached_property
    def fixed_amount(self) -> Decimal | None:
        """The amount where it is the same for everybody, None where it is worked out or there is none."""
        return Decimal(str(self.amount.as_written)) if isinstance(self.amount, Constant) else None

    @property
    def times_a_year(self) -> int:
        """How often the amount is given in a year."""
        return self.times or self.per.times_a_year


class GroupRule(StrEnum):
    """What holds between the benefits of a group."""

    FIRST = "first"
    HIGHEST = "highest"
    CAP = "cap"


@frozen
class Group:
    """Benefits of one level that cannot all be had in full.

    ``FIRST``: of those due, the first in declared order stays. ``HIGHEST``: the one worth most a year
    stays, the first of equals. ``CAP``: together they give ``limit`` yuan a year at most; the last in
    order are cut. ``per`` says whether the rule holds for each member or for the household's members
    together.
    """

    code: str
    name: str
    rule: GroupRule
    per: Level = Level.MEMBER
    limit: Expression | None = field(default=None, converter=_amount, eq=False, repr=False)
    source: str = ""


def _groups(value: Iterable[Group]) -> tuple[Group, ...]:
    return tuple(value)


@frozen
class Programme:
    """A department's programme: code, Chinese name, department, benefits, own columns and groups."""

    code: str
    name: str
    department: str
    benefits: tuple[Benefit, ...] = field(default=(), converter=_benefits)
    columns: tuple[Derived, ...] = field(default=(), converter=_columns)
    groups: tuple[Group, ...] = field(default=(), converter=_groups)
