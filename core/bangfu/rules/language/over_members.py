"""Nodes over a household's members (家庭成员): whether some or all are so, how many, what they have together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import partial, reduce
from itertools import takewhile
from typing import Any, ClassVar

from attrs import frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.messages import _
from bangfu.rules.language import known
from bangfu.rules.language.expression import PARAMETER, Expression, Function, Name, names_in
from bangfu.rules.language.kinds import COUNT, MEASURED, YES_NO
from bangfu.rules.language.known import KnownRows, Number, Truth
from bangfu.rules.language.misuse import are_tests, must_be, settle, shown
from bangfu.rules.language.nodes import OfOne


class Over(StrEnum):
    """What is worked out of a value that every member has."""

    SOME = "some"
    EVERY = "every"
    COUNT = "count"
    TOTAL = "total"
    LARGEST = "largest"
    SMALLEST = "smallest"


@frozen(eq=False)
class OverMembers(Expression):
    """What is worked out of a value of every member, for the household."""

    over: Over
    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        names = list(names_in(self.part))
        if names and all(name.level is Level.HOUSEHOLD or name.name.startswith(PARAMETER) for name in names):
            told = _(
                "{over}({text}) is the same for every member; write "
                "it without {over}(…), or member.… for what each has",
                over=self.over,
                text=shown(self.part),
            )
            raise RuleError(told)
        tests = self.over in {Over.SOME, Over.EVERY, Over.COUNT}
        if tests:
            are_tests(self.over, self.part)
        else:
            must_be(_("an amount"), self.part, MEASURED)
        settle(self, kind=YES_NO if self.over in {Over.SOME, Over.EVERY} else COUNT if tests else self.part.kind)

    def function(self) -> Function:
        """Return the function that works it out for each member, and what they are or have together."""
        part, together = self.part.function(), _TOGETHER[self.over]
        return lambda rows: together([part(of_member) for of_member in rows.of_each])

    def __str__(self) -> str:
        return f"{self.over}({self.part!s})"


def _count(truths: Sequence[Truth]) -> Number:
    sure = truths.count(True)
    return known.within(sure, sure + truths.count(None))


def _reduced(made: Callable[[Number, Number], Number], nothing: Number, amounts: Sequence[Number]) -> Number:
    return reduce(made, amounts) if amounts else nothing


_total = partial(_reduced, known.plus, 0)
_TOGETHER: Mapping[Over, Callable[[list[Any]], Any]] = {
    Over.SOME: known.some_hold,
    Over.EVERY: known.all_hold,
    Over.COUNT: _count,
    Over.TOTAL: _total,
    Over.LARGEST: partial(_reduced, known.larger, known.UNKNOWN),
    Over.SMALLEST: partial(_reduced, known.smaller, known.UNKNOWN),
}


class Before(OfOne):
    """What the members who stand before one in the household have together."""

    def __attrs_post_init__(self) -> None:
        must_be(_("an amount"), self.part, MEASURED)
        settle(self, kind=self.part.kind)

    def function(self) -> Function:
        """Return the function that adds up what those have who stand before the member asked of."""
        part = self.part.function()

        def together(rows: KnownRows) -> Number:
            earlier = takewhile(lambda each: each.member is not rows.member, rows.of_each)
            return _total([part(each) for each in earlier])

        return together


def names_apart(value: Expression) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """Return the names an expression reads, those of members that it gathers apart."""
    own: dict[object, Name] = {}
    gathered: dict[object, Name] = {}
    waiting: list[tuple[Expression, dict[object, Name]]] = [(value, own)]
    while waiting:
        part, into = waiting.pop()
        if isinstance(part, Name):
            into.setdefault((part.level, part.name), part)
        of = gathered if isinstance(part, OverMembers | Before) else into
        waiting += [(inner, of) for inner in reversed(part.inputs)]
    return tuple(own.values()), tuple(gathered.values())
