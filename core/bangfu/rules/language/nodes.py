"""The nodes of expressions (节点): what a rule can work out, each checking that its parts fit together."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.expression import (
    Constant,
    Expression,
    are_tests,
    given,
    like,
    must_be,
    name_of,
    set_kind,
)
from bangfu.rules.language.kinds import MEASURED, NUMBER, ORDERED, YES_NO, Kind, Sort, must_be_choice, product, quotient
from bangfu.rules.language.known import Value
from bangfu.rules.language.misuse import refuse, shown
from bangfu.rules.language.rounding import Rounding


class Operator(StrEnum):
    """How two values are compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


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
            if why := self._unfit(one.kind, other.kind):
                refuse(one, self._sign, other, why)
            set_kind(self, self._joined(one.kind, other.kind))

    @property
    def _sign(self) -> str:
        """What an error writes between the two."""
        raise NotImplementedError

    def _unfit(self, one: Kind, other: Kind) -> str:
        """Return why nothing can come of these; empty where something can."""
        raise NotImplementedError

    def _joined(self, one: Kind, other: Kind) -> Kind:
        """Return the kind of what comes of these."""
        raise NotImplementedError


@frozen(eq=False)
class Compare(Two):
    """How two values of one kind stand to each other."""

    operator: Operator = field(kw_only=True)

    @classmethod
    def of(cls, operator: Operator, one: Expression, other: object) -> Compare:
        """Return a comparison with a value that may be a plain one."""
        return cls(one, given(other, one.kind, name_of(one)), operator=operator)

    @property
    def _sign(self) -> str:
        return self.operator.value

    def _unfit(self, one: Kind, other: Kind) -> str:
        if not one.fits(other):
            return "they cannot be compared"
        if one.sort is Sort.TEXT:
            return "no rule hangs on a text that anything may stand in; make it a choice"
        if self.operator not in {Operator.EQUAL, Operator.UNEQUAL} and one.sort not in ORDERED:
            return "neither is more or less than the other"
        return ""

    def _joined(self, _: Kind, __: Kind) -> Kind:
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
            must_be(_("a choice"), self.part, {Sort.CHOICE})
            for word in self.words:
                must_be_choice(word, kind, name_of(self.part))
        set_kind(self, YES_NO)


@frozen(eq=False)
class _Alike(Two):
    sign: ClassVar = ""

    @property
    def _sign(self) -> str:
        return self.sign

    def _unfit(self, one: Kind, other: Kind) -> str:
        return "" if one.sort in MEASURED and one.fits(other) else "only what is of one kind can be so joined"

    def _joined(self, one: Kind, other: Kind) -> Kind:
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
    unfit: ClassVar = "one of them is to be a number"
    kind_of: ClassVar[Callable[[Kind, Kind], Kind | None]]

    def __attrs_post_init__(self) -> None:
        if self.one.kind and self.other.kind:
            kind = type(self).kind_of(self.one.kind, self.other.kind)
            if kind is None:
                refuse(self.one, self.sign, self.other, self.unfit)
            set_kind(self, kind)


@frozen(eq=False)
class Units(Expression):
    """How many square metres an area has, as a number: 2.5 of 2.50 m²."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        must_be(_("an area"), self.part, {Sort.AREA})
        set_kind(self, NUMBER)


@frozen(eq=False)
class Product(_Scaled):
    """One so many times as the other says."""

    sign: ClassVar = "×"
    kind_of: ClassVar = product

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.kind is not None and self.kind.sort is Sort.MONEY:
            for name in self.parts:  # so much for each square metre
                part: Expression = getattr(self, name)
                if part.kind is not None and part.kind.sort is Sort.AREA:
                    object.__setattr__(self, name, Units(part))


@frozen(eq=False)
class Quotient(_Scaled):
    """One by the other, a number or its like; unknown where the other is zero."""

    sign: ClassVar = "÷"
    unfit: ClassVar = "the other is to be a number, or of the same kind"
    kind_of: ClassVar = quotient

    def __attrs_post_init__(self) -> None:
        if isinstance(self.other, Constant) and self.other.value == 0:
            raise RuleError(_("{text} ÷ 0: nothing can be divided by zero", text=shown(self.one)))
        super().__attrs_post_init__()


@frozen(eq=False)
class IsKnown(Expression):
    """Whether a value is known exactly; this itself always is."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        set_kind(self, YES_NO)


@frozen(eq=False)
class IsStated(Expression):
    """Whether anything was stated of a fact; ``unstated`` is what is known of it where nothing was."""

    part: Expression
    unstated: Value = None
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        set_kind(self, YES_NO)


@frozen(eq=False)
class Rounded(Expression):
    """An amount of money rounded: to the fen, the jiao (10) or the yuan (100), half up, up or down."""

    part: Expression
    rounding: Rounding
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        must_be(_("an amount of money"), self.part, {Sort.MONEY})
        set_kind(self, self.part.kind)
