"""Nodes that choose (选择): one value among several, by tests or by a word; and the value that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, ClassVar, Self, cast

from attrs import evolve, frozen

from bangfu.errors import RuleError
from bangfu.messages import _
from bangfu.rules.language import known
from bangfu.rules.language.expression import Constant, Expression, Function, given, like
from bangfu.rules.language.kinds import Kind, Sort, must_be_choice
from bangfu.rules.language.known import KnownRows, Value
from bangfu.rules.language.misuse import are_tests, name_of, settle
from bangfu.rules.language.nodes import apart

_NONE_YET = object()


@frozen(eq=False)
class Unknown(Expression):
    """A value that nobody knows, of the kind that its place asks for; ``because`` is what would have to be known."""

    because: tuple[Expression, ...] = ()
    parts: ClassVar = ("because",)

    def rebuilt(self, inputs: Iterable[Expression]) -> Self:
        """Return the same of other inputs; its kind is not theirs."""
        return evolve(self, because=tuple(inputs))

    def function(self) -> Function:
        """Return the function that gives what is known where nothing is."""
        value = self.kind.unknown if self.kind else None
        return lambda _: value

    def __str__(self) -> str:
        return "unknown"


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
        settle(self, values=tuple(values), otherwise=otherwise, kind=_joined((*values, otherwise)))

    def function(self) -> Function:
        """Return the function that takes the first; where nobody knows which, what is known of all it can be."""
        cases = [(test.function(), value.function()) for test, value in zip(self.tests, self.values, strict=True)]
        otherwise = self.otherwise.function()

        def chosen(rows: KnownRows) -> Value:
            possible: Any = _NONE_YET
            for test, value in cases:
                holds = test(rows)
                if holds is not False:
                    possible = value(rows) if possible is _NONE_YET else known.either(possible, value(rows))
                    if holds:
                        return cast("Value", possible)
            return cast("Value", otherwise(rows) if possible is _NONE_YET else known.either(possible, otherwise(rows)))

        return chosen

    def __str__(self) -> str:
        said = str(self.otherwise)
        for test, value in reversed(list(zip(self.tests, self.values, strict=True))):
            said = f"{apart(value)} if {apart(test)} else {apart(said)}"
        return said


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
        settle(self, values=values, kind=_joined(values))

    def function(self) -> Function:
        """Return the function that looks the word up; where nobody knows which, what is known of all it can be."""
        on, nobody_knows = self.on.function(), self.kind.unknown if self.kind else None
        values = {word: value.function() for word, value in zip(self.words, self.values, strict=True)}

        def value_of(rows: KnownRows) -> Value:
            word = on(rows)
            if isinstance(word, str):
                return values[word](rows) if word in values else nobody_knows
            possible = (values[one](rows) if one in values else nobody_knows for one in known.words_of(word))
            return reduce(known.either, possible)

        return value_of

    def __str__(self) -> str:
        cases = ", ".join(f"{word!r}: {value!s}" for word, value in zip(self.words, self.values, strict=True))
        return f"by({self.on!s}, {{{cases}}})"


def of_kind(value: Expression, kind: Kind) -> Expression:
    """Return a value; where it is a plain one, or chosen among plain ones, as one of a kind, if it can be."""
    match value:
        case Constant():
            return given(value.as_written, kind)
        case Unknown():
            return evolve(value, kind=kind)
        case Choose():
            chosen = (of_kind(part, kind) for part in (*value.values, value.otherwise))
            return value.rebuilt((*value.tests, *chosen))
    return value


def _alike(what: str, values: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return the values of a choice; one that is of no kind by itself is of that of the others, which must fit."""
    known = [value for value in values if value.kind is not None and not isinstance(value, Unknown)]
    if not known:
        return values
    model = next((value for value in known if not isinstance(value, Constant)), known[0])
    made = tuple(
        evolve(value, kind=model.kind) if isinstance(value, Unknown) and value.kind is None else like(value, model)
        for value in values
    )
    for value in made:
        if value.kind and model.kind and not model.kind.fits(value.kind) and value.kind.sort is not Sort.CHOICE:
            told = _(
                "{what} gives {kind} in one case and {kind2} in another", what=what, kind=model.kind, kind2=value.kind
            )
            raise RuleError(told)
    return made


def _joined(values: Sequence[Expression]) -> Kind | None:
    kinds = [value.kind for value in values if value.kind is not None]
    return reduce(Kind.joined, kinds) if kinds and len(kinds) == len(values) else None
