"""A household thought otherwise (改变事实): some facts changed by their paths, checked as a file is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog
from bangfu.files.household_file import household_from
from bangfu.households import Household

_MEMBER = re.compile(r"members\[(\d+)\](?:\.(.+))?")
_ENTRY = re.compile(r"(.+)\[(\d+)\](?:\.(\w+))?")
_SOURCE = "household"


def changed(household: Household, changes: Mapping[str, Any], catalog: Catalog) -> Household:
    """Return a household with what stands at some paths changed; None makes it unknown.

    Raises:
        InputError: a path leads nowhere, or the household cannot be like that; with every problem.
    """
    data = _data(household)
    problems: list[Problem] = []
    for path, value in changes.items():
        problem = _put(data, path, value)
        if problem is not None:
            problems.append(problem)
    data["members"] = [member for member in data["members"] if member is not None]
    try:
        made = household_from(data, source=_SOURCE, catalog=catalog)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(_SOURCE, problems)
    return made


def _data(household: Household) -> dict[str, Any]:
    """Return a household as plain data, which can be changed."""
    own = {name: _plain(value) for name, value in household.facts.items()}
    members = [{name: _plain(value) for name, value in member.items()} for member in household.members]
    return {"on": household.on, **own, "members": members}


def _plain(value: Any) -> Any:
    return [dict(entry) for entry in value] if isinstance(value, tuple | list) else value


def _put(data: dict[str, Any], path: str, value: Any) -> Problem | None:
    """Put a value at a path; return what is wrong with the path, if anything."""
    inside = data
    name: str | None = path
    if match := _MEMBER.fullmatch(path):
        place, name = int(match[1]), match[2]
        members = data["members"]
        if name is None and place == len(members) and isinstance(value, Mapping):
            members.append({})
        if place >= len(members) or members[place] is None:
            return Problem(
                path, "没有这名成员", f"members[0] 至 members[{len(members) - 1}]；新成员写作 members[{len(members)}]"
            )
        if name is None:
            members[place] = None if value is None else dict(value)
            return None
        inside = members[place]
    return _put_fact(inside, str(name), path, value)


def _put_fact(inside: dict[str, Any], name: str, path: str, value: Any) -> Problem | None:
    entry = _ENTRY.fullmatch(name)
    if entry is None:
        _set(inside, name, _plain(value))
        return None
    entries = inside.setdefault(entry[1], [])
    place = int(entry[2])
    if not isinstance(entries, list) or place > len(entries):
        return Problem(path, "没有这一项", f"{entry[1]}[0] 至 {entry[1]}[{len(entries)}]，末一个是新的一项")
    if place == len(entries):
        entries.append({})
    if entry[3]:
        _set(entries[place], entry[3], value)
    elif value is None:
        del entries[place]
    else:
        entries[place] = dict(value)
    return None


def _set(table: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value
