"""The words of the language (规则用语) that are no operators: whose facts, choices, members, days.

``member.age >= 70`` speaks of one member, ``household.income_year`` of the household, ``parameter("tekun.multiple")``
of what a place sets. A name with dots goes on with dots: ``member.incomes.wage``, or ``member["incomes.wage"]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from itertools import pairwise

from attrs import evolve, frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.keys import DAY
from bangfu.messages import _
from bangfu.rules.language.choices import By, Choose, Unknown
from bangfu.rules.language.days import Age, Coming, Moved, Unit
from bangfu.rules.language.expression import PARAMETER, Constant, Expression, Given, Name, given
from bangfu.rules.language.kinds import MONEY, YES_NO
from bangfu.rules.language.nodes import All, IsKnown, IsStated, Larger, Smaller, Some
from bangfu.rules.language.over_members import Over, OverMembers

_TEST_AND_VALUE = 2


@frozen
class Names:
    """The facts and columns of a household, or of one member."""

    _level: Level

    def __getattr__(self, name: str) -> Name:
        if name.startswith("_"):
            raise AttributeError(name)
        return Name(name, self._level)

    def __getitem__(self, name: str) -> Name:
        return Name(name, self._level)


household = Names(Level.HOUSEHOLD)
member = Names(Level.MEMBER)
unknown = Unknown()
"""What nobody knows; beside another value, of its kind."""


def parameter(name: str) -> Name:
    """Return what the place sets for a parameter, which is named by a text; unknown where nothing sets it."""
    if not isinstance(name, str):
        raise RuleError(_('a parameter\'s name is a text; by(household.residence, {"rural": parameter(…), …}) chooses'))
    return Name(PARAMETER + name)


def yuan(amount: int | Decimal) -> Constant:
    """Return an amount of money: a plain number beside money is money already, ``yuan`` is for where none is."""
    made = given(amount, MONEY)
    if isinstance(amount, Expression) or not isinstance(made, Constant) or made.kind != MONEY:
        raise RuleError(_("yuan makes money of a plain number; an amount by the piece is yuan(…) * its number"))
    return made


def stated(fact: Name) -> Name:
    """Return a fact as it was stated, without what is presumed of it."""
    return evolve(fact, name=STATED + fact.name)


def presumed(fact: Name) -> Name:
    """Return what is presumed of a list fact that was not stated."""
    return evolve(fact, name=PRESUMED + fact.name)


def is_stated(fact: Name) -> IsStated:
    """Return whether anything was stated of a fact, be it in part; of what is no fact this cannot be asked."""
    if not isinstance(fact, Name):
        told = _("is_stated asks for a fact, as in is_stated(household.rooms); known(…) asks whether a value is")
        raise RuleError(told)
    return IsStated(fact)


def known(value: Expression) -> IsKnown:
    """Return whether a value is known exactly."""
    return IsKnown(value)


def all_of(*tests: Given) -> Expression:
    """Return whether all tests hold; true of none."""
    return _one_or(All, tuple(given(test, YES_NO) for test in tests))


def any_of(*tests: Given) -> Expression:
    """Return whether one test at least holds; of none, of which one never holds, this cannot be asked."""
    if not tests:
        raise RuleError(_("any_of(…) of no test never holds; name the tests"))
    return _one_or(Some, tuple(given(test, YES_NO) for test in tests))


def _one_or(several: type[All | Some], tests: tuple[Expression, ...]) -> Expression:
    return tests[0] if len(tests) == 1 else several(tests)


def choose(*cases: tuple[Expression, Given], otherwise: Given = unknown) -> Choose:
    """Return the value of the first case, a pair, whose test holds; without ``otherwise`` unknown where none does."""
    if not cases or not all(isinstance(case, tuple) and len(case) == _TEST_AND_VALUE for case in cases):
        raise RuleError(_("choose takes pairs: choose((test, value), (test, value), otherwise=value)"))
    tests, values = zip(*cases, strict=True)
    return Choose(tests, tuple(map(given, values)), given(otherwise))


def scale(on: Expression, steps: Mapping[Given, Given], otherwise: Given | None = None) -> Choose:
    """Return the value of the highest of steps that rise which is reached; below all ``otherwise``, or nothing."""
    listed = list(steps.items())
    plain = [step for step, _ in listed if not isinstance(step, Expression)]
    if not listed or any(not one < other for one, other in pairwise(plain)):  # type: ignore[operator]
        raise RuleError(_("scale takes steps that rise, as in scale(member.age, {80: 50, 90: 100}), at least one"))
    if otherwise is None:
        kinds = (given(value).kind for _, value in listed)
        otherwise = given(0, next((kind for kind in kinds if kind is not None), None))
    return choose(*((on >= step, value) for step, value in reversed(listed)), otherwise=otherwise)


def by(on: Expression, cases: Mapping[str, Given]) -> By:
    """Return the value that belongs to the word of a choice; unknown for a word that has none."""
    return By(on, tuple(cases), tuple(map(given, cases.values())))


def some(test: Expression) -> OverMembers:
    """Return whether a test holds for one member at least."""
    return OverMembers(Over.SOME, test)


def every(test: Expression) -> OverMembers:
    """Return whether a test holds for every member."""
    return OverMembers(Over.EVERY, test)


def count(test: Expression) -> OverMembers:
    """Return for how many members a test holds."""
    return OverMembers(Over.COUNT, test)


def total(amount: Expression) -> OverMembers:
    """Return what the members have together."""
    return OverMembers(Over.TOTAL, amount)


def largest(one: Given, *others: Given) -> Expression:
    """Return the largest of several values; of one, the largest that a member has."""
    return _most(Larger, Over.LARGEST, one, others)


def smallest(one: Given, *others: Given) -> Expression:
    """Return the smallest of several values; of one, the smallest that a member has."""
    return _most(Smaller, Over.SMALLEST, one, others)


def _most(of_two: type[Larger | Smaller], over: Over, one: Given, others: tuple[Given, ...]) -> Expression:
    if others:
        return reduce(of_two, map(given, others), given(one))
    if not isinstance(one, Expression):
        raise RuleError(_("{over} of one plain value is that value; give an expression, or several values", over=over))
    return OverMembers(over, one)


def years_after(day: Expression, years: Given) -> Moved:
    """Return the day so many years later."""
    return Moved(day, given(years), Unit.YEARS)


def years_before(day: Expression, years: Given) -> Moved:
    """Return the day so many years earlier."""
    return Moved(day, given(0) - given(years), Unit.YEARS)


def months_after(day: Expression, months: Given) -> Moved:
    """Return the day so many months later; where that month has no such day, its last (Civil Code art. 202)."""
    return Moved(day, given(months), Unit.MONTHS)


def coming(since: Expression, *, month: int, day: int) -> Coming:
    """Return the first day with a date, such as 31 March, that is not before another day."""
    return Coming(since, month, day)


def years_between(since: Expression, on: Expression) -> Age:
    """Return the completed years between two days, of which the earlier is to stand first."""
    if isinstance(since, Name) and since.name == DAY:
        raise RuleError(_("years_between(since, on) has the day of the assessment second"))
    return Age(since, on)
