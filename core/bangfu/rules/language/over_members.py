"""Nodes over a household's members (家庭成员): whether some or all are so, how many, what they have together."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from bangfu.errors import RuleError
from bangfu.facts import Level
from bangfu.messages import _
from bangfu.rules.language.expression import PARAMETER, Expression, Name, are_tests, must_be, set_kind
from bangfu.rules.language.kinds import COUNT, MEASURED, YES_NO
from bangfu.rules.language.misuse import shown
from bangfu.rules.language.trees import names_in


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
            raise RuleError(
                _(
                    "{over}({text}) is the same for every member; write "
                    "it without {over}(…), or member.… for what each has",
                    over=self.over,
                    text=shown(self.part),
                )
            )
        tests = self.over in {Over.SOME, Over.EVERY, Over.COUNT}
        if tests:
            are_tests(self.over, self.part)
        else:
            must_be(_("an amount"), self.part, MEASURED)
        set_kind(self, YES_NO if self.over in {Over.SOME, Over.EVERY} else COUNT if tests else self.part.kind)


def _can_be_a_members(name: Name) -> bool:
    return name.level is not Level.HOUSEHOLD and not name.name.startswith(PARAMETER)


@frozen(eq=False)
class Before(Expression):
    """What the members who stand before one in the household have together."""

    part: Expression
    parts: ClassVar = ("part",)

    def __attrs_post_init__(self) -> None:
        must_be(_("an amount"), self.part, MEASURED)
        set_kind(self, self.part.kind)


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
