"""What every expression is (表达式): a frozen value of a kind, which operators join to others.

They are built by operators, and read as the clause reads: ``income_year < dibao_standard * size``. What cannot be, such
as money compared with a day, is an error at the operator that would make it. ``&``, ``|`` and ``~`` are and, or, not;
Python's own words ask an expression for its truth, which it has only for a household: ``function`` works it out.
``str`` gives its formula, as a pack would write it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar, NoReturn, Self, TypeAlias

from attrs import evolve, field, fields, frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.messages import _
from bangfu.rules.language.kinds import COUNT, DAY, MEASURED, NUMBER, TEXT, YEARS, YES_NO, Kind, Sort, must_be_choice
from bangfu.rules.language.known import HUNDREDTHS, KnownRows

Function: TypeAlias = Callable[[KnownRows], Any]
Literal: TypeAlias = "bool | int | Decimal | Fraction | date | str"
Given: TypeAlias = "Expression | Literal"

PARAMETER = "policy:"
"""Before a parameter's name where it stands among columns."""
_MOST_DECIMALS, _LARGEST = 12, 10**15


def _comparing(operator: str) -> Callable[[Expression, Given], nodes.Compare]:
    """Return the method that compares an expression with a value, which may be a plain one."""
    return lambda self, other: nodes.Compare.of(nodes.Operator(operator), self, other)


@frozen(eq=False)
class Expression:
    """What is worked out of facts; ``kind`` is None while it hangs on names that nobody has looked up yet."""

    kind: Kind | None = field(default=None, kw_only=True)
    parts: ClassVar[tuple[str, ...]] = ()
    """The attributes that hold expressions, or tuples of them."""
    of_known: ClassVar[Callable[..., Any]]
    """What is done with what is known of its parts, one or two; its settings are keywords."""
    said: ClassVar[str] = ""
    """The function that a formula has for it."""

    @property
    def inputs(self) -> tuple[Expression, ...]:
        """The expressions it is made of."""
        found: list[Expression] = []
        for name in self.parts:
            part = getattr(self, name)
            found += part if isinstance(part, tuple) else [part]
        return tuple(found)

    def rebuilt(self, inputs: Iterable[Expression]) -> Self:
        """Return the same of other inputs, checked anew."""
        left = iter(inputs)
        made = {
            name: tuple(next(left) for _ in part) if isinstance(part := getattr(self, name), tuple) else next(left)
            for name in self.parts
        }
        return evolve(self, kind=None, **made)

    def function(self) -> Function:
        """Return the function that works it out for a household, whose names were all looked up."""
        settings = settings_of(self)
        made = partial(self.of_known, **settings) if settings else self.of_known
        first, *more = (part.function() for part in self.inputs)
        if not more:
            return lambda rows: made(first(rows))
        (second,) = more
        return lambda rows: made(first(rows), second(rows))

    def __str__(self) -> str:
        return f"{self.said or type(self).__name__}({', '.join(map(str, self.inputs))})"

    def __bool__(self) -> NoReturn:
        told = _(
            "an expression has a truth only for a household; write & | ~ for and, or, not (with each test in "
            "parentheses), choose(...) for if, and one_of(...) for in"
        )
        raise RuleError(told)

    def __format__(self, _spec: str) -> str:
        raise RuleError(_("an expression has a value only for a household; a text cannot have it in {…}"))

    def __call__(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refuse to be called: a method of text, such as ``startswith``, is nothing a rule has."""
        name = misuse.name_of(self)
        told = _("{name_of}(…) is nothing a rule can work out: what is a fact or a column is no function", name_of=name)
        raise RuleError(told)

    def __contains__(self, _part: object) -> NoReturn:
        raise RuleError(_("write {name_of}.one_of(…) for in", name_of=misuse.name_of(self)))

    def __hash__(self) -> int:
        return id(self)

    __eq__ = _comparing("==")  # type: ignore[assignment]
    __ne__ = _comparing("!=")  # type: ignore[assignment]
    __lt__ = _comparing("<")
    __le__ = _comparing("<=")
    __gt__ = _comparing(">")
    __ge__ = _comparing(">=")

    def __and__(self, other: Expression) -> nodes.All:
        return nodes.All((self, misuse.a_test(other)))

    def __or__(self, other: Expression) -> nodes.Some:
        return nodes.Some((self, misuse.a_test(other)))

    def __rand__(self, other: object) -> NoReturn:
        raise misuse.no_test(other)

    __ror__ = __rand__

    def __invert__(self) -> nodes.Not:
        return nodes.Not(self)

    def __add__(self, other: Given) -> nodes.Sum:
        return nodes.Sum(self, given(other, self.kind))

    def __radd__(self, other: Literal) -> nodes.Sum:
        return nodes.Sum(given(other, self.kind), self)

    def __sub__(self, other: Given) -> nodes.Difference:
        return nodes.Difference(self, given(other, self.kind))

    def __rsub__(self, other: Literal) -> nodes.Difference:
        return nodes.Difference(given(other, self.kind), self)

    def __mul__(self, other: Given) -> nodes.Product:
        return nodes.Product(self, given(other))

    def __rmul__(self, other: Literal) -> nodes.Product:
        return nodes.Product(given(other), self)

    def __truediv__(self, other: Given) -> nodes.Quotient:
        return nodes.Quotient(self, given(other))

    def __rtruediv__(self, other: Literal) -> nodes.Quotient:
        return nodes.Quotient(given(other), self)

    def __neg__(self) -> nodes.Difference:
        return nodes.Difference(given(0, self.kind), self)

    def __floordiv__(self, _other: object = None) -> NoReturn:
        raise RuleError(_("nothing is rounded before the end: write / for //, and the rounding of the benefit"))

    __mod__ = __round__ = __floordiv__

    def one_of(self, *values: str | int) -> Expression:
        """Return whether a choice, or a number, is one of some; of none, which nothing ever is, is refused."""
        if not values:
            raise RuleError(_("{name_of} is never one of none; name the values", name_of=misuse.name_of(self)))
        words = tuple(value for value in values if isinstance(value, str))
        if len(words) == len(values):
            return nodes.OneOf(self, words)
        return nodes.Some(tuple(self == value for value in values))


@frozen(eq=False)
class Constant(Expression):
    """A value that is the same for everybody: money in fen, an area in hundredths, a day as its ordinal."""

    value: bool | int | Fraction | str
    as_written: Literal

    def function(self) -> Function:
        """Return the function that gives the value, whatever the household."""
        value = self.value
        return lambda _: value

    def __str__(self) -> str:
        return repr(self.as_written) if isinstance(self.as_written, str | bool) else str(self.as_written)


@frozen(eq=False)
class Name(Expression):
    """A fact, a column or a parameter; ``level`` says whose, None: the member's where it has one of that name."""

    name: str
    level: Level | None = None

    def __getattr__(self, name: str) -> Name:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Name:
        return Name(f"{self.name}.{name}", self.level)

    __iter__: ClassVar = None

    def function(self) -> Function:
        """Return the function that reads the column."""
        column = self.name
        if self.level is Level.HOUSEHOLD:
            return lambda rows: rows.household[column]
        if self.level is Level.MEMBER:
            return lambda rows: rows.member[column]
        return lambda rows: rows.parameters[column]

    def __str__(self) -> str:
        return self.name.removeprefix(PARAMETER) if self.level is None else f"{self.level}.{self.name}"


def settings_of(expression: Expression) -> Mapping[str, Any]:
    """Return what an expression has beside its parts and its kind, by name."""
    kind = type(expression)
    return {a.name: getattr(expression, a.name) for a in fields(kind) if a.name not in {"kind", *kind.parts}}


def given(value: object, wanted: Kind | None = None, beside: str = "it") -> Expression:
    """Return an expression; of a plain value a constant, of the wanted kind where it can be of several.

    Raises:
        RuleError: it is no value, or cannot be of that kind; ``beside`` is what the error holds it against.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, bool):
        return Constant(value, value, kind=YES_NO)
    if isinstance(value, int | Decimal) and Decimal(value).is_finite() and not -_LARGEST < value < _LARGEST:
        raise RuleError(_("a number of a rule lies below {largest:,}, and this has more digits", largest=_LARGEST))
    if isinstance(value, date):
        return Constant(value.toordinal(), value, kind=DAY)
    if isinstance(value, str):
        if wanted is not None and wanted.sort in {Sort.CHOICE, Sort.TEXT}:
            must_be_choice(value, wanted, beside)
            return Constant(value, value, kind=wanted)
        return Constant(value, value, kind=TEXT if wanted is not None else None)
    if isinstance(value, int | Decimal | Fraction):
        return _number(value, wanted)
    text = _(
        "{name} is nothing a rule can work with; give a number as an int "
        "or a Decimal, and several tests one by one, as in any_of(*tests)",
        name=type(value).__name__,
    )
    raise RuleError(text)


def _number(value: int | Decimal | Fraction, wanted: Kind | None) -> Constant:
    if isinstance(value, Decimal) and not (value.is_finite() and -int(value.as_tuple().exponent) <= _MOST_DECIMALS):
        told = _(
            "{value:.6f}… has more decimals than any rule, as what was "
            'made of a float has; write it as a text: Decimal("{value:.2f}")',
            value=value,
        )
        raise RuleError(told)
    exact: int | Fraction = value if isinstance(value, int) else Fraction(value)
    if wanted is not None and wanted.sort in {Sort.MONEY, Sort.AREA}:
        return Constant(_whole(exact * HUNDREDTHS), value, kind=wanted)
    if wanted is not None and wanted.sort is Sort.YEARS:
        return Constant(exact, value, kind=YEARS)
    return Constant(_whole(exact), value, kind=COUNT if isinstance(value, int) else NUMBER)


def _whole(value: int | Fraction) -> int | Fraction:
    return int(value) if value == int(value) else value


def like(value: Expression, other: Expression) -> Expression:
    """Return a value; a constant, of the kind of another that is none: 600 beside money is 600 yuan."""
    if not isinstance(value, Constant) or isinstance(other, Constant) or other.kind is None:
        return value
    if value.kind is None or (value.kind.sort is Sort.NUMBER and other.kind.sort in MEASURED):
        return given(value.as_written, other.kind, misuse.name_of(other))
    return value


def names_in(expression: Expression) -> Iterator[Name]:
    """Yield the names of an expression, each as often as it stands there."""
    if isinstance(expression, Name):
        yield expression
    for part in expression.inputs:
        yield from names_in(part)


def key_of(expression: Expression) -> Hashable:
    """Return what is the same for two expressions that say the same."""
    per = str(expression.kind) if isinstance(expression, Constant) else ""
    return (type(expression).__name__, tuple(settings_of(expression).values()), per, *map(key_of, expression.inputs))


from bangfu.rules.language import misuse, nodes  # noqa: E402 - what the operators make is built on what stands above
