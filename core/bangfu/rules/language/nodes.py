"""The nodes of expressions (节点): what a rule can work out, each checking that its parts fit together."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from operator import eq, ge, lt, ne
from typing import Any, ClassVar

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language import kinds, known
from bangfu.rules.language.expression import Constant, Expression, Function, given, like
from bangfu.rules.language.kinds import NUMBER, ORDERED, YES_NO, Kind, Sort, must_be_choice
from bangfu.rules.language.known import KnownRows, Truth, Value
from bangfu.rules.language.misuse import are_tests, must_be, name_of, refuse, settle, shown
from bangfu.rules.language.rounding import Rounding, rounded


class Operator(StrEnum):
    """How two values are compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


OF_ORDER = (Operator.AT_LEAST, Operator.ABOVE, Operator.AT_MOST, Operator.BELOW)
SWAPPED = {Operator.ABOVE, Operator.AT_MOST}
"""What says "below" of the other and the one: a > b is b < a."""
NEGATED = {Operator.UNEQUAL, Operator.AT_MOST, Operator.AT_LEAST}
"""What is the opposite of "equal" or "below": a >= b is not a < b."""
_SIGNS = str.maketrans("-*/", "−×÷")


def apart(part: Expression | str) -> str:
    """Return the formula of a part of another, in parentheses where it is more than one word."""
    formula = str(part)
    return f"({formula})" if " " in formula and not formula.startswith("'") else formula


@frozen(eq=False)
class OfOne(Expression):
    """Something of one value: a test, where it does not say otherwise."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        settle(self, kind=YES_NO)


class Not(OfOne):
    """Whether a test fails."""

    of_known: ClassVar = staticmethod(known.negated)

    def __attrs_post_init__(self) -> None:
        are_tests("~", self.part)
        super().__attrs_post_init__()

    def __str__(self) -> str:
        return f"not {apart(self.part)}"


@frozen(eq=False)
class _Several(Expression):
    """What one test that is ``decisive`` says; else, where all are known, the opposite."""

    tests: tuple[Expression, ...]
    parts: ClassVar = ("tests",)
    sign: ClassVar = ""
    joint: ClassVar = ""
    decisive: ClassVar[bool]

    def __attrs_post_init__(self) -> None:
        are_tests(self.sign, *self.tests)
        settle(self, kind=YES_NO)

    def function(self) -> Function:
        """Return the function that asks one test after the other until one decides."""
        functions, decisive = tuple(test.function() for test in self.tests), self.decisive

        def together(rows: KnownRows) -> Truth:
            result: Truth = not decisive
            for test in functions:
                truth: Truth = test(rows)
                if truth is decisive:
                    return decisive
                if truth is None:
                    result = None
            return result

        return together

    def __str__(self) -> str:
        return self.joint.join(map(apart, self.tests))


class All(_Several):
    """Whether all tests hold."""

    sign: ClassVar = "&"
    joint: ClassVar = " and "
    decisive: ClassVar = False


class Some(_Several):
    """Whether one test at least holds."""

    sign: ClassVar = "|"
    joint: ClassVar = " or "
    decisive: ClassVar = True


@frozen(eq=False)
class Two(Expression):
    """Something of two values, of a kind that theirs make."""

    one: Expression
    other: Expression
    parts: ClassVar = ("one", "other")
    infix: ClassVar = ""
    sign: ClassVar = ""
    """What a formula writes between the two, and an error instead."""
    kind_of: ClassVar[Callable[..., Kind | str]] = staticmethod(kinds.together)
    """Gives the kind of what comes of two kinds; where nothing can, why."""

    def __attrs_post_init__(self) -> None:
        if self.one.kind and self.other.kind:
            made = self.kind_of(self.one.kind, self.other.kind)
            if isinstance(made, str):
                refuse(self.one, self.sign or self.infix.translate(_SIGNS), self.other, made)
            settle(self, kind=made)

    def __str__(self) -> str:
        return f"{apart(self.one)} {self.infix} {apart(self.other)}" if self.infix else super().__str__()


class _Alike(Two):
    """Two values of one kind; a constant among them is of the other's."""

    def __attrs_post_init__(self) -> None:
        settle(self, one=like(self.one, self.other), other=like(self.other, self.one))
        super().__attrs_post_init__()


@frozen(eq=False)
class Compare(_Alike):
    """How two values of one kind stand to each other."""

    operator: Operator = field(kw_only=True)

    @classmethod
    def of(cls, operator: Operator, one: Expression, other: object) -> Compare:
        """Return a comparison with a value that may be a plain one."""
        return cls(one, given(other, one.kind, name_of(one)), operator=operator)

    @property
    def infix(self) -> str:  # type: ignore[override]
        """What stands between the two."""
        return self.operator.value

    def kind_of(self, one: Kind, other: Kind) -> Kind | str:
        """Return yes or no; of two that cannot be compared, why."""
        if not one.fits(other):
            return "they cannot be compared"
        if one.sort is Sort.TEXT:
            return "no rule hangs on a text that anything may stand in; make it a choice"
        if self.operator in OF_ORDER and one.sort not in ORDERED:
            return "neither is more or less than the other"
        return YES_NO

    def function(self) -> Function:
        """Return the function that compares both; what is plainly known is compared at once, as it mostly is."""
        one, other = self.one.function(), self.other.function()
        if self.operator in SWAPPED:
            one, other = other, one
        negated = self.operator in NEGATED
        of_known, exactly, opposite = (known.below, lt, ge) if self.operator in OF_ORDER else (known.equal, eq, ne)
        at_once = opposite if negated else exactly
        plain = str if self.one.kind is not None and self.one.kind.sort is Sort.CHOICE else int

        def compared(rows: KnownRows) -> Any:
            a, b = one(rows), other(rows)
            if a.__class__ is b.__class__ is plain:
                return at_once(a, b)
            truth = of_known(a, b)
            return known.negated(truth) if negated else truth

        return compared


@frozen(eq=False)
class OneOf(OfOne):
    """Whether a choice is one of some words."""

    words: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        if self.part.kind is not None:
            must_be(_("a choice"), self.part, {Sort.CHOICE})
            for word in self.words:
                must_be_choice(word, self.part.kind, name_of(self.part))
        super().__attrs_post_init__()

    def function(self) -> Function:
        """Return the function that looks the word up."""
        part, words = self.part.function(), frozenset(self.words)
        return lambda rows: known.one_of(part(rows), words)

    def __str__(self) -> str:
        words = ", ".join(map(repr, self.words)) + ("," if len(self.words) == 1 else "")
        return f"{apart(self.part)} in ({words})"


class Sum(_Alike):
    """One and the other together."""

    of_known: ClassVar = staticmethod(known.plus)
    infix: ClassVar = "+"


class Difference(_Alike):
    """One less the other; it may be below zero."""

    of_known: ClassVar = staticmethod(known.minus)
    infix: ClassVar = "-"


class Larger(_Alike):
    """The larger of two."""

    of_known: ClassVar = staticmethod(known.larger)
    sign: ClassVar = "or more:"
    said: ClassVar = "largest"


class Smaller(_Alike):
    """The smaller of two."""

    of_known: ClassVar = staticmethod(known.smaller)
    sign: ClassVar = "or less:"
    said: ClassVar = "smallest"


class Units(OfOne):
    """How many square metres an area has, as a number: 2.5 of 2.50 m²."""

    of_known: ClassVar = staticmethod(known.in_units)

    def __attrs_post_init__(self) -> None:
        must_be(_("an area"), self.part, {Sort.AREA})
        settle(self, kind=NUMBER)

    def __str__(self) -> str:
        return str(self.part)


class Product(Two):
    """One so many times as the other says: a plain number stays one beside money."""

    of_known: ClassVar = staticmethod(known.times)
    infix: ClassVar = "*"
    kind_of: ClassVar = staticmethod(kinds.product)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.kind is not None and self.kind.sort is Sort.MONEY:  # so much for each square metre
            parts = {name: getattr(self, name) for name in self.parts}
            settle(self, **{name: Units(part) for name, part in parts.items() if part.kind.sort is Sort.AREA})


class Quotient(Two):
    """One by the other, a number or its like; unknown where the other is zero."""

    of_known: ClassVar = staticmethod(known.over)
    infix: ClassVar = "/"
    kind_of: ClassVar = staticmethod(kinds.quotient)

    def __attrs_post_init__(self) -> None:
        if isinstance(self.other, Constant) and self.other.value == 0:
            raise RuleError(_("{text} ÷ 0: nothing can be divided by zero", text=shown(self.one)))
        super().__attrs_post_init__()


class IsKnown(OfOne):
    """Whether a value is known exactly; this itself always is."""

    of_known: ClassVar = staticmethod(known.is_exact)
    said: ClassVar = "known"


@frozen(eq=False)
class IsStated(OfOne):
    """Whether anything was stated of a fact; ``unstated`` is what is known of it where nothing was."""

    unstated: Value = None
    of_known: ClassVar = staticmethod(known.is_stated)
    said: ClassVar = "is_stated"


@frozen(eq=False)
class Rounded(OfOne):
    """An amount of money rounded: to the fen, the jiao (10) or the yuan (100), half up, up or down."""

    rounding: Rounding
    of_known: ClassVar = staticmethod(rounded)

    def __attrs_post_init__(self) -> None:
        must_be(_("an amount of money"), self.part, {Sort.MONEY})
        settle(self, kind=self.part.kind)
