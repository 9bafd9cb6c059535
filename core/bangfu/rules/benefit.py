"""Benefits (待遇) and programmes (帮扶项目): what a department gives, to whom, by which clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

from attrs import define, field, frozen

from bangfu.declaring import checked
from bangfu.errors import RuleError
from bangfu.facts import Level, Per
from bangfu.facts.declare import LARGEST_AMOUNT
from bangfu.messages import _
from bangfu.rules.criterion import Criterion, as_criterion
from bangfu.rules.language import Expression, Name, given
from bangfu.rules.language.expression import Constant
from bangfu.rules.language.kinds import MONEY, YES_NO
from bangfu.rules.language.known import HUNDREDTHS
from bangfu.rules.language.misuse import shown
from bangfu.rules.language.rounding import Rounding, exactly
from bangfu.rules.origin import DeclaredWord, as_level, as_period, declared_at


def _value(value: Expression | bool) -> Expression:  # noqa: FBT001 - a truth, no switch
    return given(value, YES_NO)


@frozen(eq=False, field_transformer=checked)
class Derived:
    """A named column worked out from other columns.

    ``value`` speaks of columns of its own level, a member's of the household's as well, and a household's of its
    members through ``some``, ``every``, ``count``, ``total``, ``largest``, ``smallest``.
    ``figure`` marks what a caseworker reads as one number: sums show it as such; other columns are opened up in sums,
    until there is nothing left to add or multiply. ``determination`` marks what an office determines (认定): a
    category, who counts, a benefit's status. Whoever is shown it, such as another department's officer, is not
    therefore shown what it was worked out from.
    """

    name: str
    level: Level = field(converter=as_level)
    value: Expression = field(converter=_value, repr=False)
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    determination: bool = False
    figure: bool = False
    at: str = field(factory=declared_at, repr=False)


_Part = TypeVar("_Part")


class SupportKind(DeclaredWord):
    """In what form a support comes; a figure, such as a tax, is none and in no total. Labels: ``KIND_LABELS``."""

    CASH = "cash"
    WAIVER = "waiver"
    IN_KIND = "in_kind"
    SERVICE = "service"
    FIGURE = "figure"


KIND_LABELS: Mapping[str, str] = {
    "cash": _("现金"),
    "waiver": _("减免"),
    "in_kind": _("实物"),
    "service": _("服务"),
    "figure": _("核算数，不是待遇"),
}


def _amount(value: Expression | Decimal | int | None) -> Expression | None:
    return None if value is None else given(value, MONEY)


def _must_be_possible(amount: Expression | None, whose: str) -> None:
    if isinstance(amount, Constant) and not 0 <= Fraction(str(amount.as_written)) < LARGEST_AMOUNT:
        told = _(
            "an amount lies between 0 and {largest_amount:,} yuan, and this is {as_written:,}",
            largest_amount=LARGEST_AMOUNT,
            as_written=amount.as_written,
        )
        raise RuleError(told, benefit=whose)


_MOST_PERIODS = 100_000
"""In a year; more than ten an hour is a slip, and sums of a year stay within what columns hold."""


def _column_named(column: Name | str | None) -> str | None:
    if column is None or isinstance(column, str):
        return column
    if not isinstance(column, Name):
        told = _('a column is named here, as in "housing.until", and this is {text}', text=shown(given(column)))
        raise RuleError(told)
    return column.name


def _columns_named(columns: Iterable[Name | str]) -> tuple[str, ...]:
    if isinstance(columns, str):
        told = _("several columns are named here, as in ({columns!r},), and this is one text", columns=columns)
        raise RuleError(told)
    return tuple(name for column in columns if (name := _column_named(column)))


def _rounding(value: Rounding) -> Rounding:
    if not isinstance(value, Rounding):
        raise RuleError(_("how an amount is rounded is Rounding(fen, direction), and this is {value!r}", value=value))
    return value


def _must_be_a_number_of_periods(times: object, whose: str) -> None:
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= _MOST_PERIODS):
        told = _(
            "a year has so many periods, 1 to {most_periods:,}, and this is {times!r}",
            most_periods=_MOST_PERIODS,
            times=times,
        )
        raise RuleError(told, benefit=whose)


def _criteria(value: Iterable[Criterion | Expression]) -> tuple[Criterion, ...]:
    return tuple(map(as_criterion, _listed(value, "when", "criteria or tests, as in [household.homes <= 1]")))


def _listed(value: Iterable[_Part], key: str, of: str) -> Iterable[_Part]:
    if isinstance(value, str | Expression | Criterion) or not isinstance(value, Iterable):
        found = shown(value) if isinstance(value, Expression) else type(value).__name__
        raise RuleError(_("{key} is a list of {of}, and this is no list but {found}", key=key, of=of, found=found))
    return value


def _benefits(value: Iterable[Benefit]) -> tuple[Benefit, ...]:
    return _each(value, Benefit, "benefits")


def _each(value: Iterable[_Part], kind: type[_Part], key: str) -> tuple[_Part, ...]:
    parts = tuple(_listed(value, key, f"{kind.__name__}(…)"))
    for part in parts:
        if not isinstance(part, kind):
            told = _(
                "{key} is a list of {name}(…), and in it stands a {name2}",
                key=key,
                name=kind.__name__,
                name2=type(part).__name__,
            )
            raise RuleError(told)
    return parts


def _columns(value: Iterable[Derived]) -> tuple[Derived, ...]:
    return _each(value, Derived, "columns")


@define(frozen=True, slots=False, repr=False, field_transformer=checked)
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
        at: where it is declared; found by itself.
    """

    code: str
    name: str
    for_: Level = field(converter=as_level)
    when: tuple[Criterion, ...] = field(converter=_criteria)
    amount: Expression | None = field(default=None, converter=_amount)
    per: Per = field(default=Per.YEAR, converter=as_period)
    source: str = ""
    kind: SupportKind = field(default=SupportKind.CASH, converter=SupportKind)
    times: int | None = field(default=None)
    verified: bool = False
    documents: tuple[str, ...] = ()
    office: str = ""
    note: str = ""
    needs: tuple[str, ...] = ()
    gives_way_to: tuple[str, ...] = ()
    group: str = ""
    shows: tuple[str, ...] = field(default=(), converter=_columns_named)
    until: str | None = field(default=None, converter=_column_named)
    rounding: Rounding = field(factory=Rounding, converter=_rounding)
    members_only: bool = True
    at: str = field(factory=declared_at, eq=False, repr=False)

    def __repr__(self) -> str:
        return f"Benefit({self.code!r}, {self.name!r}, {self.for_}, {len(self.when)} criteria)"

    def __attrs_post_init__(self) -> None:
        _must_be_possible(self.amount, self.code)
        _must_be_a_number_of_periods(self.times, self.code)
        if self.amount is None and self.kind in {SupportKind.CASH, SupportKind.FIGURE}:
            told = _(
                "what is paid in cash has an amount, and so has a "
                "figure; parameter(…) is one that nobody has set yet, "
                "and kind=SupportKind.SERVICE, IN_KIND or WAIVER is what is no sum of money"
            )
            raise RuleError(told, benefit=self.code)
        object.__setattr__(self, "when", tuple(criterion.by_default(self.source) for criterion in self.when))

    @cached_property
    def fixed_amount(self) -> Decimal | None:
        """The amount where it is the same for everybody, rounded; None where it is worked out or there is none."""
        if not isinstance(self.amount, Constant):
            return None
        return Decimal(exactly(Fraction(str(self.amount.as_written)) * HUNDREDTHS, self.rounding)).scaleb(-2)

    @property
    def times_a_year(self) -> int:
        """How often the amount is given in a year."""
        return self.times or self.per.times_a_year


class GroupRule(DeclaredWord):
    """What holds between the benefits of a group."""

    FIRST = "first"
    HIGHEST = "highest"
    CAP = "cap"


@frozen(field_transformer=checked)
class Group:
    """Benefits of one level that cannot all be had in full.

    ``FIRST``: of those due, the first in declared order stays. ``HIGHEST``: the one worth most a year
    stays, the first of equals. ``CAP``: together they give ``limit`` yuan a year at most; the last in
    order are cut. ``per`` says whether the rule holds for each member or for the household's members
    together.
    """

    code: str
    name: str
    rule: GroupRule = field(converter=GroupRule)
    per: Level = field(default=Level.MEMBER, converter=as_level)
    limit: Expression | None = field(default=None, converter=_amount, eq=False, repr=False)
    source: str = ""
    at: str = field(factory=declared_at, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        _must_be_possible(self.limit, self.code)


def _groups(value: Iterable[Group]) -> tuple[Group, ...]:
    return _each(value, Group, "groups")


@frozen(field_transformer=checked)
class Programme:
    """A department's programme: code, Chinese name, department, benefits, own columns and groups."""

    code: str
    name: str
    department: str
    benefits: tuple[Benefit, ...] = field(default=(), converter=_benefits)
    columns: tuple[Derived, ...] = field(default=(), converter=_columns)
    groups: tuple[Group, ...] = field(default=(), converter=_groups)
    at: str = field(factory=declared_at, eq=False, repr=False)
