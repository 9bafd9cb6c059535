"""Policy packs: TOML files that set parameters and list benefits for a region and a time."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from attrs import field, frozen

from bangfu.errors import PackError, Problem
from bangfu.facts import Choice, Integer, Money, Per, YesNo
from bangfu.facts.catalog import nearest
from bangfu.facts.declare import PER_LABELS
from bangfu.files.values import Wrong, describe, read_day, read_scalar
from bangfu.policy.parameters import Choices, Parameter, Ratio
from bangfu.regions import prefix_of

_Read = TypeVar("_Read")
_FRACTION = re.compile(r"([0-9]{1,6})/([1-9][0-9]{0,5})")
_RATIO = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")


# Entries, rows and packs are told apart by identity: what a pack writes is in tables, which have no hash.
@frozen(eq=False)
class Entry:
    """One parameter's value as a pack sets it: ``value`` typed, money in the unit of ``per``."""

    path: str
    parameter: Parameter
    value: Any
    per: Per | None
    source: str
    verified: bool
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def year_value(self) -> Any:
        """The value in yuan a year for periodic money, else the value itself."""
        return self.value * self.per.times_a_year if self.per else self.value


@frozen(eq=False)
class Row:
    """One ``[[benefit]]`` row as written, and where it stands."""

    path: str
    data: Mapping[str, Any]
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def code(self) -> str:
        """The benefit's code, empty where the row lacks one."""
        return str(self.data.get("code", ""))


@frozen(eq=False)
class Pack:
    """A read policy pack.

    ``owner`` is the plugin it lies with, ``core``, or ``user`` for an added file; ``titles`` says what the
    short names of sources that it brings along stand for.
    """

    file: str
    owner: str
    region: str
    name: str
    source: str
    programmes: tuple[Mapping[str, str], ...] = ()
    titles: Mapping[str, str] = field(factory=dict, repr=False)
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    rows: tuple[Row, ...] = field(default=(), repr=False)
    unused: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The digits a household's region must begin with; empty for the nation."""
        return prefix_of(self.region)

    def applies(self, region: str) -> bool:
        """Return whether the pack is for this region."""
        return region.startswith(self.prefix)


_Dated = TypeVar("_Dated", Entry, Row)


def read_pack(content: bytes, file: str, owner: str, parameters: Mapping[str, Parameter]) -> Pack:
    """Return the pack in a TOML file.

    Parameters of a programme that is not installed are kept by name in ``unused``; a misspelt
    one of a programme that is, is a problem.

    Raises:
        PackError: with every problem found.
    """
    return _Reader(file, owner, parameters).read(content)


class _Reader:
    def __init__(self, file: str, owner: str, parameters: Mapping[str, Parameter]) -> None:
        self.file, self.owner, self.parameters = file, owner, parameters
        self.programmes = {name.split(".")[0] for name in parameters}
        self.problems: list[Problem] = []

    def read(self, content: bytes) -> Pack:
        try:
            data = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise PackError(self.file, [Problem("file", str(error)[:120], "UTF-8 TOML")]) from None
        self._keys(data, "", ("pack", "programme", "sources", "parameters", "benefit"))
        head = self._table(data, "pack")
        self._keys(head, "pack.", ("region", "name", "from", "until", "source"))
        titles = self._table(data, "sources")
        pack = Pack(
            self.file,
            self.owner,
            self._region(head),
            self._text(head, "pack.name", "name"),
            self._text(head, "pack.source", "source"),
            programmes=tuple(self._programmes(data)),
            titles={code: self._text(titles, f"sources.{code}", code) for code in titles},
            unused=tuple(self._unused(data)),
        )
        dates = self._day(head, "pack.", "from"), self._day(head, "pack.", "until")
        entries = tuple(self._entries(self._table(data, "parameters"), pack, dates))
        rows = tuple(self._rows(data.get("benefit", []), pack, dates))
        everything: tuple[Entry | Row, ...] = (*entries, *rows)
        for dated in everything:
            if dated.start and dated.until and dated.until < dated.start:
                self._wrong(dated.path, f"until {dated.until} before from {dated.start}", "a day not before from")
        self._twins(rows, lambda row: row.code, ".code", "one row a code and day")
        self._twins(
            entries, lambda entry: entry.parameter.name, "", "one value a parameter and day: until before the next from"
        )
        if self.problems:
            raise PackError(self.file, self.problems)
        object.__setattr__(pack, "entries", entries)
        object.__setattr__(pack, "rows", rows)
        return pack

    def _twins(self, dated: Sequence[_Dated], name_of: Callable[[_Dated], str], key: str, expected: str) -> None:
        """Refuse two rows of one code, or two values of one parameter, that are in force on the same day."""
        by_name: dict[str, list[_Dated]] = {}
        for one in dated:
            name = name_of(one)
            for other in by_name.setdefault(name, []) if name else ():
                apart = (one.start and other.until and other.until < one.start) or (
                    other.start and one.until and one.until < other.start
                )
                if not apart:
                    self._wrong(f"{one.path}{key}", f"{name!r} again, as in {other.path}", expected)
            by_name.setdefault(name, []).append(one)

    def _wrong(self, path: str, found: str, expected: str, hint: str = "") -> None:
        self.problems.append(Problem(path, found, expected, hint))

    def _table(self, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        table = data.get(key, {})
        if isinstance(table, dict) and (table or key != "pack"):
            return table
        self._wrong(key, describe(table) if table else "missing", f"a table [{key}]")
        return {}

    def _keys(self, table: Mapping[str, Any], prefix: str, known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                close = nearest(key, known)
                self._wrong(f"{prefix}{key}", "unknown key", ", ".join(known), f"nearest: {close}" if close else "")

    def _region(self, head: Mapping[str, Any]) -> str:
        region = head.get("region")
        if isinstance(region, str) and re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", region):
            return region
        found = "missing" if region is None else describe(region)
        self._wrong("pack.region", found, 'a quoted code of 6, 9 or 12 digits, "000000" for the nation')
        return "000000"

    def _text(self, table: Mapping[str, Any], path: str, key: str) -> str:
        value = table.get(key, "")
        if not isinstance(value, str):
            self._wrong(path, describe(value), "a text")
            return ""
        return value

    def _day(self, table: Mapping[str, Any], prefix: str, key: str) -> date | None:
        if key not in table:
            return None
        return self._checked(f"{prefix}{key}", lambda: read_day(table[key]))

    def _checked(self, path: str, read: Callable[[], _Read]) -> _Read | None:
        try:
            return read()
        except Wrong as wrong:
            self._wrong(path, wrong.found, wrong.expected, wrong.hint)
            return None

    def _programmes(self, data: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
        listed = data.get("programme", [])
        for i, table in enumerate(listed if isinstance(listed, list) else [listed]):
            if not isinstance(table, dict) or not isinstance(table.get("code"), str):
                self._wrong(f"programme[{i}]", describe(table), "a table with code, name and department")
                continue
            self._keys(table, f"programme[{i}].", ("code", "name", "department"))
            yield {key: self._text(table, f"programme[{i}].{key}", key) for key in ("code", "name", "department")}

    def _unused(self, data: Mapping[str, Any]) -> Iterator[str]:
        for name in self._table(data, "parameters"):
            if name not in self.parameters and name.split(".")[0] not in self.programmes:
                yield name

    def _entries(
        self, tables: Mapping[str, Any], pack: Pack, dates: tuple[date | None, date | None]
    ) -> Iterator[Entry]:
        for name, written in tables.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                if name.split(".")[0] in self.programmes:
                    close = nearest(name, self.parameters)
                    self._wrong(f"parameters.{name}", "unknown parameter", "a declared one", f"nearest: {close}")
                continue
            versions = written if isinstance(written, list) else [written]
            for i, version in enumerate(versions):
                path = f"parameters.{name}" + (f"[{i}]" if isinstance(written, list) else "")
                entry = self._entry(parameter, version, path, pack, dates)
                if entry is not None:
                    yield entry

    def _entry(
        self, parameter: Parameter, table: Any, path: str, pack: Pack, dates: tuple[date | None, date | None]
    ) -> Entry | None:
        if not isinstance(table, dict) or "value" not in table:
            self._wrong(path, describe(table), "a table such as { value = …, source = … }")
            return None
        self._keys(table, f"{path}.", ("value", "per", "source", "verified", "from", "until"))
        per = None
        if parameter.periodic or "per" in table:
            per = self._checked(f"{path}.per", lambda: Per(read_scalar(Choice(PER_LABELS), table.get("per"))))
        if "per" in table and not isinstance(parameter.type, Money):
            self._wrong(f"{path}.per", describe(table["per"]), "no period: only money is set for one")
        value = self._checked(f"{path}.value", lambda: read_value(parameter, table["value"]))
        verified = self._checked(f"{path}.verified", lambda: read_scalar(YesNo(), table.get("verified", False)))
        return Entry(
            path,
            parameter,
            value,
            per,
            self._text(table, f"{path}.source", "source") or pack.source,
            bool(verified),
            self._day(table, f"{path}.", "from") or dates[0],
            self._day(table, f"{path}.", "until") or dates[1],
            pack,
        )

    def _rows(self, rows: Any, pack: Pack, dates: tuple[date | None, date | None]) -> Iterator[Row]:
        if not isinstance(rows, list):
            self._wrong("benefit", describe(rows), "[[benefit]] rows")
            return
        for i, row in enumerate(rows):
            path = f"benefit[{i}]"
            if not isinstance(row, dict):
                self._wrong(path, describe(row), "a table")
                continue
            start = self._day(row, f"{path}.", "from") or dates[0]
            until = self._day(row, f"{path}.", "until") or dates[1]
            yield Row(path, row, start, until, pack)


def _ratio(raw: object) -> Decimal | Fraction:
    text = str(raw)
    if isinstance(raw, str) and (fraction := _FRACTION.fullmatch(text)):
        return Fraction(int(fraction[1]), int(fraction[2]))
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str) or not _RATIO.fullmatch(text):
        raise Wrong(describe(raw), 'a number, not negative, at most six decimals, or a fraction such as "2/3"')
    return Decimal(text)


def read_value(parameter: Parameter, raw: object) -> Any:
    """Return the typed value of a parameter.

    Raises:
        Wrong: it does not fit the parameter's type.
    """
    match parameter.type:
        case Ratio():
            return _ratio(raw)
        case Choices():
            if not isinstance(raw, list):
                raise Wrong(describe(raw), f"a list of {', '.join(parameter.type.labels)}")
            return tuple(read_scalar(Choice(parameter.type.labels), value) for value in raw)
        case Money() | Integer() | YesNo() | Choice():
            return read_scalar(parameter.type, raw)
