"""Reading a policy pack (政策包的读取): first what it declares, then what it sets and gives, everything wrong told."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from attrs import define, evolve, field

from bangfu.errors import PackError, Problem
from bangfu.facts import Choice, Integer, Money, Per, YesNo
from bangfu.facts.catalog import most_like
from bangfu.facts.declare import PER_LABELS
from bangfu.files.tables import DEEP_KEY, LARGEST, Tables
from bangfu.files.values import Wrong, describe, read_scalar
from bangfu.messages import _, in_words, joined
from bangfu.policy.declared import VERSION_KEYS, facts_in, parameters_in, programmes_in
from bangfu.policy.packs import Pack, PolicyEntry, Row
from bangfu.policy.parameters import Choices, Parameter, Ratio

BENEFIT_KEYS = (
    "code", "name", "for", "when", "where", "amount", "per", "times", "source", "kind", "verified", "rounding",
    "documents", "office", "note", "from", "until", "needs", "gives_way_to", "group", "members_only", "shows",
    "repealed",
)  # fmt: skip
COLUMN_KEYS = ("name", "level", "label", "value", "source", "labels", "figure", "from", "until")
GROUP_KEYS = ("code", "name", "rule", "per", "limit", "source", "from", "until")
_ROWS = {"benefit": BENEFIT_KEYS, "column": COLUMN_KEYS, "group": GROUP_KEYS}
_FRACTION = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")
_RATIO = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_Dates = tuple[date | None, date | None]


@define
class PackFile:
    """A pack while it is read: what it declares is known at once, what it sets needs what all packs declare."""

    pack: Pack
    parameters: Mapping[str, Parameter]
    read: Tables
    _data: Mapping[str, Any] = field(repr=False)
    _dates: _Dates = (None, None)

    @classmethod
    def opened(cls, content: bytes, file: str, owner: str) -> PackFile:
        """Return the file with its head and what it declares.

        Raises:
            PackError: it is no TOML.
        """
        if len(content) > LARGEST:
            found, most = _("{n:,} 字节", n=len(content)), _("至多 {largest:,} 字节", largest=LARGEST)
            raise PackError(file, [Problem("file", found, most)])
        try:
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
            if DEEP_KEY.search(text):
                raise PackError(file, [Problem("file", _("层数过多的键"), _("如 heating.amount 的键"))])
            data = tomllib.loads(text, parse_float=Decimal)
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise PackError(file, [Problem("file", str(error)[:120], "UTF-8 TOML")]) from None
        read = Tables()
        read.keys(data, "", ("pack", "sources", "programme", "fact", "parameter", "parameters", *_ROWS))
        head = _table(data, "pack", read)
        read.keys(head, "pack", ("region", "name", "from", "until", "source"))
        titles = _table(data, "sources", read)
        declared = parameters_in(data, read)
        pack = Pack(
            file,
            owner,
            _region(head, read),
            read.text(head, "pack", "name"),
            read.text(head, "pack", "source"),
            programmes=tuple(programmes_in(data, read)),
            titles={code: in_words(read.text(titles, "sources", code)) for code in titles},
            facts=tuple(facts_in(data, read)),
            parameters=tuple(declared.values()),
        )
        return cls(pack, declared, read, data, (read.day(head, "pack", "from"), read.day(head, "pack", "until")))

    def finished(self, parameters: Mapping[str, Parameter]) -> Pack:
        """Return the pack with what it sets and gives; what is wrong is in ``read.problems``.

        Parameters of a programme that is not installed are kept by name in ``unused``; a misspelt
        one of a programme that is, is a problem.
        """
        programmes = {name.split(".")[0] for name in parameters}
        tables = _table(self._data, "parameters", self.read)
        unused = [name for name in tables if name not in parameters and name.split(".")[0] not in programmes]
        pack = self.pack = evolve(self.pack, unused=tuple(unused))
        entries = (*self._declared_entries(), *self._entries(tables, parameters))
        rows = {key: tuple(self._rows(key)) for key in _ROWS}
        parts = {"entries": entries, "rows": rows["benefit"], "columns": rows["column"], "groups": rows["group"]}
        for name, value in parts.items():  # each of them names the pack
            object.__setattr__(pack, name, value)
        for dated in pack.dated:
            if dated.start and dated.until and dated.until < dated.start:
                found = _("until {until} 早于 from {start}", until=dated.until, start=dated.start)
                self.read.wrong(dated.path, found, _("不早于 from 的日期"))
        for given in rows.values():
            self._twins(given, _("同一代码同一天只有一行"))
        self._twins(entries, _("同一参数同一天只有一个值：until 早于下一个 from"))
        return pack

    def _twins(self, dated: Iterable[PolicyEntry | Row], expected: str) -> None:
        """Refuse two rows of one code, or two values of one parameter, that are in force on the same day."""
        by_code: defaultdict[str, list[PolicyEntry | Row]] = defaultdict(list)
        for one in dated:
            for other in by_code[one.code] if one.code else ():
                if one.overlaps(other):
                    self.read.wrong(one.path, _("{name} 与 {path} 重复", name=one.code, path=other.path), expected)
            by_code[one.code].append(one)

    def _declared_entries(self) -> Iterator[PolicyEntry]:
        """Yield the values that stand beside the declaration of a parameter."""
        for path, table in Tables().rows(self._data, "parameter", ()):
            parameter = self.parameters.get(str(table.get("name")))
            version = {key: table[key] for key in VERSION_KEYS if key in table}
            if parameter is not None and set(version) - {"per"}:
                yield from self._entry(parameter, version, path)

    def _entries(self, tables: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Iterator[PolicyEntry]:
        for name, written in tables.items():
            path = f"parameters.{name}"
            if name not in parameters:
                if name not in self.pack.unused:
                    self.read.wrong(path, _("不认识的参数"), _("已声明的参数"), most_like(name, parameters))
            elif isinstance(written, list):
                for i, version in enumerate(written):
                    yield from self._entry(parameters[name], version, f"{path}[{i}]")
            else:
                yield from self._entry(parameters[name], written, path)

    def _entry(self, parameter: Parameter, table: Any, path: str) -> Iterator[PolicyEntry]:
        read = self.read
        if not isinstance(table, dict) or "value" not in table:
            read.wrong(path, describe(table), _("一个表，如 { value = …, source = … }"))
            return
        read.keys(table, path, VERSION_KEYS)
        per = None
        if parameter.periodic or "per" in table:
            per = read.checked(f"{path}.per", _per, table.get("per"))
        if "per" in table and not isinstance(parameter.type, Money):
            read.wrong(f"{path}.per", describe(table["per"]), _("不写 per：只有金额分期间"))
        value = read.checked(f"{path}.value", partial(_value, parameter), table["value"])
        verified = read.scalar(f"{path}.verified", YesNo(), table.get("verified", False))
        source = read.text(table, path, "source") or self.pack.source
        yield PolicyEntry(path, parameter, value, per, source, bool(verified), *self._in_force(table, path), self.pack)

    def _rows(self, key: str) -> Iterator[Row]:
        for path, table in self.read.rows(self._data, key, _ROWS[key]):
            yield Row(path, table, *self._in_force(table, path), self.pack)

    def _in_force(self, table: Mapping[str, Any], path: str) -> _Dates:
        start, until = (self.read.day(table, path, key) for key in ("from", "until"))
        return start or self._dates[0], until or self._dates[1]


def _table(data: Mapping[str, Any], key: str, read: Tables) -> Mapping[str, Any]:
    table = data.get(key, {})
    if isinstance(table, dict) and (table or key != "pack"):
        return table
    read.wrong(key, describe(table) if table else _("没有写"), _("一个表 [{key}]", key=key))
    return {}


def _region(head: Mapping[str, Any], read: Tables) -> str:
    region = head.get("region")
    if isinstance(region, str) and re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", region):
        return region
    found = _("没有写") if region is None else describe(region)
    read.wrong("pack.region", found, _('加引号的 6、9 或 12 位代码，全国为 "000000"'))
    return "000000"


def _per(raw: object) -> Per:
    return Per(read_scalar(Choice(PER_LABELS), raw))


def _ratio(raw: object) -> Decimal | Fraction:
    text = str(raw)
    if isinstance(raw, str) and (fraction := _FRACTION.fullmatch(text)):
        return Fraction(int(fraction[1]), int(fraction[2]))
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str) or not _RATIO.fullmatch(text):
        raise Wrong(describe(raw), _('不为负、至多六位小数的数，或如 "2/3" 的分数'))
    return Decimal(text)


def _value(parameter: Parameter, raw: object) -> Any:
    match parameter.type:
        case Ratio():
            return _ratio(raw)
        case Choices():
            if not isinstance(raw, list):
                raise Wrong(describe(raw), _("列表，其项为 {list}", list=joined("、", parameter.type.labels)))
            return tuple(read_scalar(Choice(parameter.type.labels), value) for value in raw)
        case Money() | Integer() | YesNo() | Choice():
            return read_scalar(parameter.type, raw)
