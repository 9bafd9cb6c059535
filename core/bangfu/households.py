"""A household (户) as a value: what was stated of it and of its members, nothing derived; and it thought otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from typing import Any

from attrs import frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import CORE_FACTS, Catalog
from bangfu.messages import _

_MEMBER = re.compile(r"members\[([0-9]+)\](?:\.(.+))?")
_ENTRY = re.compile(r"(.+)\[([0-9]+)\](?:\.(\w+))?")


@frozen
class Household:
    """One household's stated facts on the day it is assessed for.

    ``facts`` and each of ``members`` hold only what was stated; a fact that is not there is unknown. Amounts are
    ``Decimal`` yuan, days ``date``, list facts tuples of mappings. Names and ID numbers are kept out of ``repr``.
    """

    on: date
    facts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]

    def __repr__(self) -> str:
        return f"Household(on={self.on}, region={self.facts.get('region')}, members={len(self.members)})"

    def with_(
        self, changes: Mapping[str, Any] | None = None, /, *, catalog: Catalog = CORE_FACTS, **facts: Any
    ) -> Household:
        """Return the household with some facts changed, checked as a file is; None makes a fact unknown.

        ``changes`` are values by path, as a household file writes them: ``residence``, ``members[0].birth_date``,
        ``members[1].incomes[0].amount``, a whole member (``members[2]``: None removes, the next place adds); ``facts``
        are facts of the household by name, ``catalog`` has the declared ones, with those of plugins.

        Raises:
            InputError: the household cannot be like that; holds every problem, by path.
        """
        from bangfu.files import household_from  # noqa: PLC0415 - files are read into households

        data: dict[str, Any] = {"on": self.on, **{name: _plain(value) for name, value in self.facts.items()}}
        data["members"] = [{name: _plain(value) for name, value in member.items()} for member in self.members]
        found = [_put(data, path, deepcopy(value)) for path, value in {**(changes or {}), **facts}.items()]
        problems = [problem for problem in found if problem is not None]
        _drop_gone(data)
        try:
            made = household_from(data, catalog=catalog)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError("household", problems)
        return made

    @property
    def region(self) -> str:
        """The region code whose leading digits decide the policy."""
        return str(self.facts["region"])


def _plain(value: Any) -> Any:
    """Return a value that can be changed: of a list fact a list, its entries tables."""
    if not isinstance(value, tuple | list):
        return value
    return [dict(entry) if isinstance(entry, Mapping) else entry for entry in value]


def _drop_gone(data: dict[str, Any]) -> None:
    """Drop members and entries that are to go; only now, so that places mean the same in every path."""
    if isinstance(data["members"], list):
        data["members"] = [member for member in data["members"] if member is not None]
    for table in (data, *(m for m in data["members"] or () if isinstance(m, dict))):
        for name, value in table.items():
            if name != "members" and isinstance(value, list):
                table[name] = [entry for entry in value if entry is not None]


def _put(data: dict[str, Any], path: str, value: Any) -> Problem | None:
    """Put a value at a path; return what is wrong with the path, if anything."""
    if path in {"on", "members"} and value is None:
        return Problem(path, _("空值 null"), _("日期") if path == "on" else _("成员的列表"))
    match = _MEMBER.fullmatch(path)
    if match is None or not isinstance(data["members"], list):
        return _put_fact(data, path, path, value)
    members, place, name = data["members"], int(match[1]), match[2]
    if name is None and place == len(members) and value is not None:
        members.append(value)
        return None
    if place >= len(members) or not isinstance(members[place], dict):
        last = len(members) - 1
        expected = _("members[0] 至 members[{last}]；新成员写作 members[{last2}]", last=last, last2=last + 1)
        return Problem(path, _("没有这名成员"), expected)
    if name is None:
        members[place] = value
        return None
    return _put_fact(members[place], name, path, value)


def _put_fact(inside: dict[str, Any], name: str, path: str, value: Any) -> Problem | None:
    entry = _ENTRY.fullmatch(name)
    if entry is None:
        _set(inside, name, _plain(value))
        return None
    entries, place = inside.get(entry[1], []), int(entry[2])
    there = len(entries) if isinstance(entries, list) else -1
    is_new = place == there and value is not None
    if place > there or (place == there and not is_new) or (place < there and entries[place] is None):
        if value is None and entry[3] is None:
            return None  # what is not there is gone
        expected = _("{entry}[0] 至 {entry}[{max}]，末一个是新的一项", entry=entry[1], max=max(there, 0))
        return Problem(path, _("没有这一项"), expected)
    if is_new:
        inside[entry[1]] = entries = [*entries, {} if entry[3] else value]
    if entry[3] is None:
        entries[place] = value
        return None
    if not isinstance(entries[place], dict):
        return Problem(path, _("没有这一项"), _("{entry}[{place}] 是一个表", entry=entry[1], place=place))
    _set(entries[place], entry[3], value)
    return None


def _set(table: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value
