"""What can go wrong, as one tree of exceptions that carry the data of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from attrs import evolve, frozen

from bangfu.messages import _, concat


class BangfuError(Exception):
    """The root of every error that bangfu raises on purpose; goes from process to process with its data."""

    @property
    def text(self) -> str:
        """What is wrong, in words that other languages may have."""
        return self.args[0] if self.args else ""

    @property
    def lines(self) -> list[str]:
        """The same in lines, where there are several things to tell."""
        return [self.text]

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[BangfuError], args: tuple[Any, ...], data: dict[str, Any]) -> BangfuError:
    """Return an error that another process raised; its message is made up already."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(data)
    return error


class MemberPath(str):
    """A member as the file of a household has it, such as ``members[1]``; ``place`` is 1."""

    __slots__ = ("place",)
    place: int

    def __new__(cls, place: int) -> Self:
        """Return the path of a member by place, from 0."""
        path = super().__new__(cls, f"members[{place}]")
        path.place = place
        return path

    def __reduce__(self) -> tuple[Any, ...]:
        return MemberPath, (self.place,)


@frozen
class Problem:
    """One thing that is wrong in a file: where, what was found, what is expected, how to mend it.

    ``found`` never holds a name or an ID number: values of personal facts are masked before.
    """

    path: str
    found: str
    expected: str
    hint: str = ""

    @property
    def said(self) -> str:
        """What is wrong and how to mend it, without the place."""
        found, expected, hint = self.found, self.expected, self.hint
        if hint:
            return _("{found}；应为：{expected}。{hint}", found=found, expected=expected, hint=hint)
        return _("{found}；应为：{expected}", found=found, expected=expected)

    @property
    def text(self) -> str:
        """What is wrong, with the place."""
        return _("{path}：{said}", path=self.path, said=self.said)

    def __str__(self) -> str:
        return str(self.text)


class SettingError(BangfuError):
    """A variable of the environment that cannot be used; carries its ``name`` and what was ``found``."""

    def __init__(self, name: str, found: str, expected: str) -> None:
        self.name, self.found, self.expected = name, found, expected
        super().__init__(_("环境变量 {name} 是 {found!r}；应为：{expected}", name=name, found=found, expected=expected))


class _ProblemsError(BangfuError):
    """Several problems of one file, reported together."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source, self.problems = source, tuple(problems)
        super().__init__(_("{source}：{n} 处错误", source=source, n=len(self.problems)))

    @property
    def lines(self) -> list[str]:
        """How many problems there are, then each."""
        return [self.text, *(problem.text for problem in self.problems)]

    def __str__(self) -> str:
        return "\n".join(self.lines)


class InputError(_ProblemsError):
    """A household file that cannot be taken as it is; ``problems`` lists every reason."""


class PackError(_ProblemsError):
    """A policy pack that cannot be taken as it is; ``problems`` lists every reason."""

    by_file: Mapping[str, tuple[Problem, ...]]

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        super().__init__(source, problems)
        self.by_file = {source: self.problems}

    @classmethod
    def of(cls, by_file: Mapping[str, Iterable[Problem]]) -> PackError:
        """Return the error of one file or several, each problem with the file it is in where there are several."""
        found = {file: tuple(problems) for file, problems in by_file.items()}
        if len(found) == 1:
            return cls(*next(iter(found.items())))
        named = (evolve(p, path=f"{file} {p.path}") for file, problems in found.items() for p in problems)
        error = cls(_("{n} 个政策包", n=len(found)), named)
        error.by_file = found
        return error


class RuleError(BangfuError):
    """A declared rule that cannot work: an unknown name, a wrong type, a cycle, a code used twice.

    ``at`` is where it is declared, a file and its line or place, as far as that is known; ``message`` the bare words.
    """

    def __init__(
        self, message: str, *, owner: str = "", benefit: str = "", programmes: Iterable[str] = (), at: str = ""
    ) -> None:
        self.message, self.owner, self.benefit, self.at = message, owner, benefit, at
        self.programmes = tuple(programmes) or (owner.split(" / ", maxsplit=1)[0],)
        place = " / ".join(part for part in (owner, benefit) if part)
        super().__init__(concat((f"{place}: ", message)) if place else message)

    @property
    def text(self) -> str:
        """What is wrong, with the place where it is declared."""
        return concat((f"{self.at}: ", super().text)) if self.at else super().text

    def __str__(self) -> str:
        return str(self.text)


class NotInPlanError(BangfuError, LookupError):
    """A plan was asked for what it does not have."""


class PluginError(BangfuError):
    """A plugin that was left out, why, and the whole traceback of its code where there is one."""

    def __init__(self, plugin: str, reason: str, trace: str = "") -> None:
        self.plugin, self.reason, self.trace = plugin, reason, trace
        super().__init__(concat((f"{plugin}: ", reason)))
