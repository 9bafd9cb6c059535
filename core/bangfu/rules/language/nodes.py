"""The nodes of expressions (节点): what a rule can work out, each checking that its parts fit together."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from attrs import evolve, frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.rules.language.expression import (
    Constant,
    Expression,
    Name,
    adapted,
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
class All(Expression):
    """Whether all tests hold."""

    tests: tuple[Expression, ...]
    parts: ClassVar = ("tests",)

    def __attrs_post_init__(self) -> None:
        are_tests("&", *self.tests)
        set_kind(self, YES_NO)


@frozen(eq=False)
class Some(Expression):
    """Whether one test at least holds."""

    tests: tuple[Expression, ...]
    parts: ClassVar = ("tests",)

    def __attrs_post_init__(self) -> None:
        are_tests("|", *self.tests)
        set_kind(self, YES_NO)


@frozen(eq=False)
class Compare(Expression):
    """How two values of one kind stand to each other."""

    operator: Operator
    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")

    @classmethod
    def of(cls, operator: Operator, one: Expression, other: object) -> Compare:
        """Return a comparison with a value that may be a plain one."""
        return cls(operator, one, given(other, one.kind))

    def __attrs_post_init__(self) -> None:
        one, other = adapted(self.one, self.other)
        object.__setattr__(self, "one", one)
        object.__setattr__(self, "other", other)
        if one.kind and other.kind:
            if not one.kind.fits(other.kind):
                raise RuleError(f"{one.kind} {self.operator} {other.kind}: they cannot be compared")
            if self.operator not in {Operator.EQUAL, Operator.UNEQUAL} and one.kind.sort not in ORDERED:
                raise RuleError(f"{one.kind} {self.operator} {other.kind}: neither is more or less than the other")
        set_kind(self, YES_NO)


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
class _Two(Expression):
    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")
    sign: ClassVar = ""

    def __attrs_post_init__(self) -> None:
        one, other = adapted(self.one, self.other)
        object.__setattr__(self, "one", one)
        object.__setattr__(self, "other", other)
        if one.kind and other.kind:
            if one.kind.sort not in MEASURED or not one.kind.fits(other.kind):
                raise RuleError(f"{one.kind} {self.sign} {other.kind}: only what is of one kind can be so joined")
            set_kind(self, one.kind.joined(other.kind))


@frozen(eq=False)
class Sum(_Two):
    """One and the other together."""

    sign: ClassVar = "+"


@frozen(eq=False)
class Difference(_Two):
    """One less the other; it may be below zero."""

    sign: ClassVar = "−"


@frozen(eq=False)
class Larger(_Two):
    """The larger of two."""

    sign: ClassVar = "or more:"


@frozen(eq=False)
class Smaller(_Two):
    """The smaller of two."""

    sign: ClassVar = "or less:"


@frozen(eq=False)
class Product(Expression):
    """One so many times as the other says."""

    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")

    def __attrs_post_init__(self) -> None:
        if self.one.kind and self.other.kind:
            kind = product(self.one.kind, self.other.kind)
            if kind is None:
                raise RuleError(f"{self.one.kind} × {self.other.kind}: one of them is to be a number")
            set_kind(self, kind)


@frozen(eq=False)
class Quotient(Expression):
    """One by the other; unknown where the other is zero."""

    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")

    def __attrs_post_init__(self) -> None:
        if self.one.kind and self.other.kind:
            kind = quotient(self.one.kind, self.other.kind)
            if kind is None:
                raise RuleError(f"{self.one.kind} ÷ {self.other.kind}: what is measured, by a number or by its like")
            set_kind(self, kind)


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
