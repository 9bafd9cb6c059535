"""The nodes of expressions (节点): what a rule can work out, each checking that its parts fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, field, frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.rules.language.expression import (
    Constant,
    Expression,
    Name,
    are_tests,
    given,
    like,
    must_be,
    must_be_choice,
    set_kind,
)
from bangfu.rules.language.kinds import COUNT, DAY, MEASURED, ORDERED, YEARS, YES_NO, Kind, Sort, product, quotient


class Operator(StrEnum):
    """How two values are compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Over(StrEnum):
    """What is worked out of a value that every member has."""

    SOME = "some"
    EVERY = "every"
    COUNT = "count"
    TOTAL = "total"
    LARGEST = "largest"
    SMALLEST = "smallest"


class Unit(StrEnum):
    """By what a day is moved."""

    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"


@frozen(eq=False)
class Not(Expression):
    """Whether a test fails."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        are_tests("~", self.part)
        set_kind(self, YES_NO)


@frozen(eq=False)
class _Several(Expression):
    tests: tuple[Expression, ...]
    parts: ClassVar = ("tests",)
    sign: ClassVar = ""

    def __attrs_post_init__(self) -> None:
        are_tests(self.sign, *self.tests)
        set_kind(self, YES_NO)


@frozen(eq=False)
class All(_Several):
    """Whether all tests hold."""

    sign: ClassVar = "&"


@frozen(eq=False)
class Some(_Several):
    """Whether one test at least holds."""

    sign: ClassVar = "|"


@frozen(eq=False)
class Two(Expression):
    """Something of two values; a constant among them is of the other's kind."""

    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")

    def __attrs_post_init__(self) -> None:
        one, other = like(self.one, self.other), like(self.other, self.one)
        object.__setattr__(self, "one", one)
        object.__setattr__(self, "other", other)
        if one.kind and other.kind:
            set_kind(self, self._joined(one.kind, other.kind))

    def _joined(self, one: Kind, other: Kind) -> Kind:
        """Return the kind of what comes of these.

        Raises:
            RuleError: nothing can come of them.
        """
        raise NotImplementedError


@frozen(eq=False)
class Compare(Two):
    """How two values of one kind stand to each other."""

    operator: Operator = field(kw_only=True)

    @classmethod
    def of(cls, operator: Operator, one: Expression, other: object) -> Compare:
        """Return a comparison with a value that may be a plain one."""
        return cls(one, given(other, one.kind), operator=operator)

    def _joined(self, one: Kind, other: Kind) -> Kind:
        if not one.fits(other):
            raise RuleError(f"{one} {self.operator} {other}: they cannot be compared")
        if self.operator not in {Operator.EQUAL, Operator.UNEQUAL} and one.sort not in ORDERED:
            raise RuleError(f"{one} {self.operator} {other}: neither is more or less than the other")
        return YES_NO


@frozen(eq=False)
class OneOf(Expression):
    """Whether a choice is one of some words."""

    part: Expression
    words: tuple[str, ...]
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        kind = self.part.kind
        if kind is not None:
            if kind.sort not in {Sort.CHOICE, Sort.TEXT}:
                raise RuleError(f"one_of asks for a choice, and this is {kind}")
            for word in self.words:
                must_be_choice(word, kind)
        set_kind(self, YES_NO)


@frozen(eq=False)
class _Alike(Two):
    sign: ClassVar = ""

    def _joined(self, one: Kind, other: Kind) -> Kind:
        if one.sort not in MEASURED or not one.fits(other):
            raise RuleError(f"{one} {self.sign} {other}: only what is of one kind can be so joined")
        return one.joined(other)


@frozen(eq=False)
class Sum(_Alike):
    """One and the other together."""

    sign: ClassVar = "+"


@frozen(eq=False)
class Difference(_Alike):
    """One less the other; it may be below zero."""

    sign: ClassVar = "−"


@frozen(eq=False)
class Larger(_Alike):
    """The larger of two."""

    sign: ClassVar = "or more:"


@frozen(eq=False)
class Smaller(_Alike):
    """The smaller of two."""

    sign: ClassVar = "or less:"


@frozen(eq=False)
class _Scaled(Expression):
    """One by the other, of which one is a number: a plain number stays one beside money."""

    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")
    sign: ClassVar = ""
    kind_of: ClassVar[Callable[[Kind, Kind], Kind | None]]

    def __attrs_post_init__(self) -> None:
        if self.one.kind and self.other.kind:
            kind = type(self).kind_of(self.one.kind, self.other.kind)
            if kind is None:
                raise RuleError(f"{self.one.kind} {self.sign} {self.other.kind}: one of them is to be a number")
            set_kind(self, kind)


@frozen(eq=False)
class Product(_Scaled):
    """One so many times as the other says."""

    sign: ClassVar = "×"
    kind_of: ClassVar = product


@frozen(eq=False)
class Quotient(_Scaled):
    """One by the other, a number or its like; unknown where the other is zero."""

    sign: ClassVar = "÷"
    kind_of: ClassVar = quotient


@frozen(eq=False)
class Choose(Expression):
    """The value of the first test that holds; ``otherwise`` where none does."""

    tests: tuple[Expression, ...]
    values: tuple[Expression, ...]
    otherwise: Expression
    parts: ClassVar = ("tests", "values", "otherwise")

    def __attrs_post_init__(self) -> None:
        are_tests("choose", *self.tests)
        of_kind = next((v for v in (*self.values, self.otherwise) if v.kind and not isinstance(v, Constant)), None)
        if of_kind is not None:
            object.__setattr__(self, "values", tuple(like(value, of_kind) for value in self.values))
            object.__setattr__(self, "otherwise", like(self.otherwise, of_kind))
        kinds = [value.kind for value in (*self.values, self.otherwise)]
        known = [kind for kind in kinds if kind is not None]
        for kind in known[1:]:
            if not known[0].fits(kind) and kind.sort is not Sort.CHOICE:
                raise RuleError(f"choose gives {known[0]} in one case and {kind} in another")
        if len(known) == len(kinds):
            joined = known[0]
            for kind in known[1:]:
                joined = joined.joined(kind)
            set_kind(self, joined)


@frozen(eq=False)
class Moved(Expression):
    """The day so many years, months or days later, or (below zero) earlier.

    A month that has no such day gives its last (Civil Code art. 202).
    """

    day: Expression
    number: Expression
    unit: Unit
    parts: ClassVar = ("day", "number")

    def __attrs_post_init__(self) -> None:
        must_be("a day", self.day, {Sort.DAY})
        must_be("a number", self.number, {Sort.NUMBER, Sort.YEARS})
        set_kind(self, DAY)


@frozen(eq=False)
class Age(Expression):
    """The completed years between two days."""

    since: Expression
    on: Expression
    parts: ClassVar = ("since", "on")

    def __attrs_post_init__(self) -> None:
        must_be("a day", self.since, {Sort.DAY})
        must_be("a day", self.on, {Sort.DAY})
        set_kind(self, YEARS)


@frozen(eq=False)
class OverMembers(Expression):
    """What is worked out of a value of every member, for the household."""

    over: Over
    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        tests = self.over in {Over.SOME, Over.EVERY, Over.COUNT}
        if tests:
            are_tests(self.over, self.part)
        else:
            must_be("an amount", self.part, MEASURED)
        set_kind(self, YES_NO if self.over in {Over.SOME, Over.EVERY} else COUNT if tests else self.part.kind)


@frozen(eq=False)
class IsKnown(Expression):
    """Whether a value is known exactly; this itself always is."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        set_kind(self, YES_NO)


def looked_up(expression: Expression, kinds: Mapping[tuple[Level | None, str], Kind]) -> Expression:
    """Return an expression with the kind of each name, checked anew."""
    if isinstance(expression, Name) and expression.kind is None:
        return evolve(expression, kind=kinds[expression.level, expression.name])
    inputs = expression.inputs
    made = tuple(looked_up(part, kinds) for part in inputs)
    return expression if all(a is b for a, b in zip(made, inputs, strict=True)) else expression.rebuilt(made)
