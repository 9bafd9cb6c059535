"""Reading the tables of a TOML file (表的读取): each value against what is expected, everything wrong collected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar

from attrs import define, field

from bangfu.errors import Problem
from bangfu.facts import Choice, FactType
from bangfu.facts.catalog import most_like
from bangfu.files.values import Wrong, describe, read_day, read_scalar
from bangfu.messages import _

_Read = TypeVar("_Read")


@define
class Tables:
    """A reader of tables, and what was found wrong in them so far."""

    problems: list[Problem] = field(factory=list)

    def wrong(self, path: str, found: str, expected: str, hint: str = "") -> None:
        """Note what is wrong at a place."""
        self.problems.append(Problem(path, found, expected, hint))

    def keys(self, table: Mapping[str, Any], path: str, known: Sequence[str]) -> None:
        """Note every key that nobody knows, with the nearest that is known."""
        for key in table:
            if key not in known:
                self.wrong(f"{path}.{key}" if path else key, _("不认识的键"), ", ".join(known), most_like(key, known))

    def checked(self, path: str, read: Callable[[Any], _Read], raw: object) -> _Read | None:
        """Return what is read of a value, or note why it cannot be and return None."""
        try:
            return read(raw)
        except Wrong as wrong:
            self.problems.append(wrong.at(path))
            return None

    def scalar(self, path: str, kind: FactType, raw: object) -> Any:
        """Return a value of a declared type; None where it is wrong."""
        return self.checked(path, partial(read_scalar, kind), raw)

    def day(self, table: Mapping[str, Any], path: str, key: str) -> date | None:
        """Return the day under a key; None where there is none or it is wrong."""
        return self.checked(f"{path}.{key}", read_day, table[key]) if key in table else None

    def text(self, table: Mapping[str, Any], path: str, key: str, *, needed: bool = False) -> str:
        """Return the text under a key; empty where there is none or it is wrong."""
        value = table.get(key, "")
        if not isinstance(value, str) or (needed and not value):
            self.wrong(f"{path}.{key}", describe(value) if key in table else _("没有写"), _("文本"))
            return ""
        return value

    def word(self, table: Mapping[str, Any], path: str, key: str, labels: Mapping[str, str], default: str) -> str:
        """Return the word under a key, one of those that have a label; the default where there is none."""
        value = self.scalar(f"{path}.{key}", Choice(labels), table.get(key, default))
        return default if value is None else str(value)

    def labels(self, table: Mapping[str, Any], path: str) -> Mapping[str, str]:
        """Return the labels of words, of which there is one at least."""
        found = table.get("labels")
        if isinstance(found, dict) and found and all(isinstance(label, str) and label for label in found.values()):
            return found
        self.wrong(
            f"{path}.labels", describe(found) if found else _("没有写"), _('一个表，如 { one = "一", two = "二" }')
        )
        return {}

    def rows(self, data: Mapping[str, Any], key: str, known: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the tables of an array such as ``[[benefit]]``, each with its place; one alone is one of one."""
        listed = data.get(key, [])
        if not isinstance(listed, list | dict):
            self.wrong(key, describe(listed), _("若干个表 [[{key}]]", key=key))
            return
        for i, table in enumerate(listed if isinstance(listed, list) else [listed]):
            if not isinstance(table, dict):
                self.wrong(f"{key}[{i}]", describe(table), _("一个表"))
                continue
            called = table.get("code", table.get("name"))
            path = f"{key}[{i}]({called})" if isinstance(called, str) and called else f"{key}[{i}]"
            self.keys(table, path, known)
            yield path, table
