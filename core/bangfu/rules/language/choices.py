"""Nodes that choose (选择): one value among several, by tests or by a word; and the value that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from attrs import evolve, frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language.expression import (
    Constant,
    Expression,
    are_tests,
    given,
    like,
    name_of,
    set_kind,
)
from bangfu.rules.language.kinds import Kind, Sort, must_be_choice


@frozen(eq=False)
class Unknown(Expression):
    """A value that nobody knows, of the kind that its place asks for; ``because`` is what would have to be known."""

    because: tuple[Expression, ...] = ()
    parts: ClassVar = ("because",)

    def rebuilt(self, inputs: Iterable[Expression]) -> Self:
        """Return the same of other inputs; its kind is not theirs."""
        return evolve(self, because=tuple(inputs))


@frozen(eq=False)
class Choose(Expression):
    """The value of the first test that holds; ``otherwise`` where none does."""

    tests: tuple[Expression, ...]
    values: tuple[Expression, ...]
    otherwise: Expression
    parts: ClassVar = ("tests", "values", "otherwise")

    def __attrs_post_init__(self) -> None:
        are_tests("choose", *self.tests)
        *values, otherwise = _alike("choose", (*self.values, self.otherwise))
        object.__setattr__(self, "values", tuple(values))
        object.__setattr__(self, "otherwise", otherwise)
        set_kind(self, _joined((*values, otherwise)))


@frozen(eq=False)
class By(Expression):
    """The value that belongs to a word, such as a standard to a residence; unknown for a word that has none."""

    on: Expression
    words: tuple[str, ...]
    values: tuple[Expression, ...]
    parts: ClassVar = ("on", "values")

    def __attrs_post_init__(self) -> None:
        if self.on.kind is not None:
            if self.on.kind.sort is not Sort.CHOICE:
                raise RuleError(_("by asks for a choice, and this is {kind}", kind=self.on.kind))
            for word in self.words:
                must_be_choice(word, self.on.kind, name_of(self.on))
        values = _alike("by", self.values)
        object.__setattr__(self, "values", values)
        set_kind(self, _joined(values))


def of_kind(value: Expression, kind: Kind) -> Expression:
    """Return a value; where it is a plain one, or chosen among plain ones, as one of a kind.

    Raises:
        RuleError: it cannot be of that kind.
    """
    match value:
        case Constant():
            return given(value.as_written, kind)
        case Unknown():
            return evolve(value, kind=kind)
        case Choose():
            chosen = (of_kind(part, kind) for part in (*value.values, value.otherwise))
            return value.rebuilt((*value.tests, *chosen))
    return value


def _alike(what: str, values: Sequence[Expression]) -> tuple[Expression, ...]:
    """Return the values of a choice, those that are of no kind by themselves of that of the others.

    Raises:
        RuleError: they are of different kinds.
    """
    known = [value for value in values if value.kind is not None and not isinstance(value, Unknown)]
    worked_out = [value for value in known if not isinstance(value, Constant)]
    if not known:
        return tuple(values)
    model = (worked_out or known)[0]
    made = tuple(_as(value, model) for value in values)
    for value in made:
        if value.kind and model.kind and not model.kind.fits(value.kind) and value.kind.sort is not Sort.CHOICE:
            raise RuleError(
                _(
                    "{what} gives {kind} in one case and {kind2} in another",
                    what=what,
                    kind=model.kind,
                    kind2=value.kind,
                )
            )
    return made


def _as(value: Expression, other: Expression) -> Expression:
    if isinstance(value, Unknown) and value.kind is None:
        return evolve(value, kind=other.kind)
    return like(value, other)


def _joined(values: Iterable[Expression]) -> Kind | None:
    joined: Kind | None = None
    for value in values:
        if value.kind is None:
            return None
        joined = value.kind if joined is None else joined.joined(value.kind)
    return joined
