"""From plain data to a checked household, every error reported in one go; and its description (JSON Schema)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from attrs import define

from bangfu import clock
from bangfu.errors import InputError, MemberPath, Problem
from bangfu.facts import (
    CORE_FACTS,
    LARGEST_AMOUNT,
    Catalog,
    Choice,
    Day,
    Digits,
    Fact,
    FactType,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Partly,
    Quantity,
    Text,
    YesNo,
)
from bangfu.files.id_number import read_id_number
from bangfu.files.tables import LARGEST, Tables, load
from bangfu.files.values import LONGEST_LIST, describe, read_day, read_fact, read_known, shown_key, unknown_key
from bangfu.households import Household
from bangfu.messages import _

MOST_MEMBERS = 100


def read_household(path: str | Path, *, on: date | None = None, catalog: Catalog = CORE_FACTS) -> Household:
    """Return the household in a TOML or JSON file.

    ``on`` is the day to assess for, in place of the file's own, which defaults to today; ``catalog`` has the declared
    facts, with those of plugins.

    Raises:
        InputError: the file cannot be taken; holds every problem of it.
        OSError: the file cannot be opened.
    """
    with Path(path).open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        size = max(len(content), Path(path).stat().st_size)
        found, expected = _("{size:,} 字节", size=size), _("不超过 {largest:,} 字节的家庭文件", largest=LARGEST)
        raise InputError(Path(path).name, [Problem(_("文件"), found, expected)])
    source = Path(path).name
    return household_from(load(content, source), source=source, on=on, catalog=catalog)


def household_from(
    data: Mapping[str, Any], *, source: str = "household", on: date | None = None, catalog: Catalog = CORE_FACTS
) -> Household:
    """Return the household that plain data (as parsed from JSON) describes.

    Raises:
        InputError: with every problem found.
    """
    checker = _Checker(catalog=catalog)
    household = checker.household(data, on)
    if checker.problems:
        raise InputError(source, checker.problems)
    return household


@define
class _Checker(Tables):
    catalog: Catalog = CORE_FACTS

    def household(self, data: Mapping[str, Any], on: date | None) -> Household:
        stated = self.checked("on", read_day, data["on"]) if "on" in data else None
        day = on or stated or clock.today()
        facts = self._facts(data, Level.HOUSEHOLD, "", also=("on", "members"))
        members = self._members(data)
        self._heads(members)
        for i, member in enumerate(members):
            if (born := member.get("birth_date")) is not None:
                member["birth_date"] = self._born(born, day, f"members[{i}].birth_date")
        self._identities(members, day)
        return Household(day, facts, tuple(members))

    def _born(self, born: date | Partly, day: date, path: str) -> date | Partly:
        """Return a day of birth; of one known in part, the days up to that of the assessment."""
        first = born.low if isinstance(born, Partly) else born
        if first > day:
            self.wrong(path, describe(born), _("不晚于评估日 {day} 的日期", day=day))
        if not isinstance(born, Partly) or born.high <= day or first >= day:
            return born
        return Partly(first, day)

    def _members(self, data: Mapping[str, Any]) -> list[dict[str, Any]]:
        raw = data.get("members")
        if not isinstance(raw, list) or not raw:
            found = describe(raw) if "members" in data else _("没有写")
            self.wrong("members", found, _("至少一名成员，每人一个 [[members]]"))
            return []
        if len(raw) > MOST_MEMBERS:
            self.wrong("members", describe(raw), _("至多 {most_members} 名成员", most_members=MOST_MEMBERS))
            return []
        members = []
        for i, member in enumerate(raw):
            if isinstance(member, dict):
                members.append(self._facts(member, Level.MEMBER, f"members[{i}]."))
            else:
                self.wrong(f"members[{i}]", describe(member), _("一个表，写明这名成员的事实"))
                members.append({})
        return members

    def _facts(self, raw: Mapping[str, Any], level: Level, prefix: str, also: tuple[str, ...] = ()) -> dict[str, Any]:
        declared = self.catalog.names[level]
        for key in raw:
            if key not in declared and key not in also:
                path, known = f"{prefix}{shown_key(key)}", [*declared, *also]
                self.problems.append(unknown_key(path, key, known, self._elsewhere(key)))
        facts, report = {}, self.problems.append
        for name, fact in declared.items():
            if name in raw:
                value = read_fact(fact, raw[name], report, read_known, prefix)
                if value is not None:
                    facts[name] = value
            elif fact.required:
                self.wrong(f"{prefix}{name}", _("没有写"), _("必填：{label}", label=fact.label))
        return facts

    def _elsewhere(self, key: str) -> str:
        other = self.catalog.by_name.get(key)
        if other is None:
            return ""
        if other.level is Level.MEMBER:
            return _("这是成员的事实，写在 [[members]] 下")
        return _("这是全户的事实，写在最外层")

    def _heads(self, members: list[dict[str, Any]]) -> None:
        heads = [i for i, member in enumerate(members) if member.get("relation") == "head"]
        for i in heads[1:]:
            found = _("第二名户主（{head} 已是户主）", head=MemberPath(heads[0]))
            self.wrong(f"members[{i}].relation", found, _("全户只有一名户主"))

    def _identities(self, members: list[dict[str, Any]], day: date) -> None:
        counts = Counter(member["id_number"] for member in members if "id_number" in member)
        for i, member in enumerate(members):
            if "id_number" in member:
                if counts[member["id_number"]] > 1:
                    path = f"members[{i}].id_number"
                    self.wrong(path, _("与户内另一成员的公民身份号码相同"), _("每人各自的号码"))
                self._read_identity(member, f"members[{i}]", day)

    def _read_identity(self, member: dict[str, Any], path: str, day: date) -> None:
        identity = read_id_number(member["id_number"])
        if "birth_date" not in member and identity.birth_date > day:
            found, expected = _("其中的出生日期晚于评估日"), _("不晚于评估日 {day} 的出生日期", day=day)
            self.wrong(f"{path}.id_number", found, expected)
        for name, value in (("birth_date", identity.birth_date), ("sex", identity.sex)):
            stated = member.setdefault(name, value)
            if isinstance(stated, Partly) and stated.low <= value <= stated.high:
                member[name] = value
            elif stated != value:
                hint = _("请核对号码或此项，或删去此项")
                self.wrong(f"{path}.{name}", describe(stated), _("与公民身份号码一致"), hint)


Shape: TypeAlias = dict[str, Any]
"""A part of the description (JSON Schema)."""
_AMOUNT: Shape = {
    "oneOf": [
        {"type": "number", "minimum": 0, "exclusiveMaximum": LARGEST_AMOUNT},
        {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,2})?$"},
    ]
}


def household_schemas(catalog: Catalog) -> dict[str, Shape]:
    """Return the schemas ``Household`` and ``Member``, the first of which refers to the second."""
    made = {level: _table(catalog.at(level)) for level in Level}
    member = {"$ref": "#/components/schemas/Member"}
    people = {"type": "array", "items": member, "minItems": 1, "maxItems": MOST_MEMBERS}
    made[Level.HOUSEHOLD]["properties"] |= {"on": shape_of(Day()), "members": people}
    made[Level.HOUSEHOLD]["required"] += ["members"]
    return {level.name.title(): shape for level, shape in made.items()}


def _table(parts: Sequence[Fact | Field]) -> Shape:
    """Return the shape of a table of facts, or of the fields of an entry."""
    properties = {part.name: {**shape_of(part.type), "description": _said(part)} for part in parts}
    required = [part.name for part in parts if part.required]
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _said(part: Fact | Field) -> str:
    if isinstance(part, Field):
        return part.label
    absent = part.presumption.text if part.presumption else "必填" if part.required else "未知"
    return f"{part.label}。未写明时：{absent}"


def shape_of(kind: FactType) -> Shape:
    """Return what a value of a declared type may be."""
    match kind:
        case Money() | Quantity():
            return _AMOUNT
        case Integer(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case YesNo():
            return {"type": "boolean"}
        case Choice(labels):
            return {"type": "string", "enum": list(labels)}
        case Day():
            return {"type": "string", "format": "date"}
        case Digits(lengths):
            return {"type": "string", "pattern": f"^({'|'.join(f'[0-9]{{{n}}}' for n in lengths)})$"}
        case Text(longest=longest):
            return {"type": "string", "maxLength": longest}
        case Items(fields=parts):
            return {"type": "array", "items": _table(parts), "maxItems": LONGEST_LIST}
