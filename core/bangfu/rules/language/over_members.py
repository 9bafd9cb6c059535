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
        if names and not any(_can_be_a_members(name) for name in names):
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
    sure = sum(truth is True for truth in truths)
    return known.within(sure, sure + sum(truth is None for truth in truths))


def _total(amounts: Sequence[Number]) -> Number:
    return reduce(known.plus, amounts) if amounts else 0


def _most(larger: Callable[[Number, Number], Number], amounts: Sequence[Number]) -> Number:
    return reduce(larger, amounts) if amounts else known.UNKNOWN


_TOGETHER: Mapping[Over, Callable[[list[Any]], Any]] = {
    Over.SOME: known.some_hold,
    Over.EVERY: known.all_hold,
    Over.COUNT: _count,
    Over.TOTAL: _total,
    Over.LARGEST: partial(_most, known.larger),
    Over.SMALLEST: partial(_most, known.smaller),
}


def _can_be_a_members(name: Name) -> bool:
    return name.level is not Level.HOUSEHOLD and not name.name.startswith(PARAMETER)


@frozen(eq=False)
class Before(Expression):
    """What the members who stand before one in the household have together."""

    part: Expression
    parts: ClassVar = ("part",)

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
