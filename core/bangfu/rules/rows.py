"""``[[benefit]]``, ``[[column]]`` and ``[[group]]`` tables of a pack (政策包各表), read as what they declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from attrs import define, evolve

from bangfu.errors import PackError, RuleError
from bangfu.facts import Choice, Day, Integer, Level, Money, Per, Quantity, YesNo
from bangfu.facts.catalog import Catalog, most_like
from bangfu.facts.declare import PER_LABELS
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.policy.declared import LEVELS, level_of
from bangfu.policy.packs import Row
from bangfu.rules.benefit import KIND_LABELS, Benefit, Derived, Group, GroupRule, SupportKind
from bangfu.rules.criterion import COMPARISONS, Criterion, either, together
from bangfu.rules.language import Expression, Name, expression_of, given
from bangfu.rules.language.functions import parameter
from bangfu.rules.language.nodes import All, Compare
from bangfu.rules.language.rounding import Direction, Rounding

_CODE = re.compile(r"\w+(?:\.\w+)+")
_FEN = {"fen": 1, "jiao": 10, "yuan": 100}
_DIRECTIONS = {"half_up": _("四舍五入"), "up": _("进位"), "down": _("舍去")}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_RULES = {"first": _("取第一项"), "highest": _("取最高一项"), "cap": _("合计封顶")}
_COMPARISONS = {comparison.value: operator for operator, comparison in COMPARISONS.items()}
_AGE = Integer(0, 150)
_Made = TypeVar("_Made")
Columns: TypeAlias = Callable[[Level], frozenset[str]]
"""Gives the names of the derived columns of a level."""


def _formula(raw: object, path: str, read: Tables) -> Expression | None:
    """Return the expression of a formula; None where it is none, which is noted."""
    try:
        if isinstance(raw, str):
            return expression_of(raw)
        read.wrong(path, describe(raw), _('加引号的算式，如 "age >= 70 and not boarding"'))
    except RuleError as error:
        read.wrong(path, describe(raw), _("算式"), error.message)
    return None


@define
class _Conditions:
    """A reader of the conditions of one benefit; ``columns`` are the names of derived columns that they can test."""

    catalog: Catalog
    columns: Columns
    read: Tables
    file: str

    def where(self, listed: Any, path: str) -> Iterator[Criterion]:
        """Yield the criteria of formulas: a text, or a table with what is shown of it."""
        if not isinstance(listed, list):
            listed = [listed]
        for i, written in enumerate(listed):
            at = f"{path}[{i}]"
            table = written if isinstance(written, dict) else {"test": written}
            self.read.keys(table, at, ("test", "label", "source"))
            test = _formula(table.get("test"), f"{at}.test" if table is written else at, self.read)
            label, source = self.read.text(table, at, "label"), self.read.text(table, at, "source")
            if test is None:
                continue
            try:
                yield Criterion(test, label, source, at=f"{self.file} {at}")
            except RuleError as error:
                self.read.wrong(at, describe(table.get("test")), _("成立或不成立的条件"), error.message)

    def when(self, table: Any, path: str, level: Level) -> tuple[Criterion, ...]:
        """Return the criteria of facts and columns by their values, all of which must hold."""
        if not isinstance(table, dict):
            self.read.wrong(path, describe(table), _("由事实和取值组成的一个表"))
            return ()
        criteria: list[Criterion] = []
        for key, value in table.items():
            at = f"{path}.{key}"
            made = self._any(value, at, level) if key == "any" else self._criteria(key, value, at, level)
            criteria += [evolve(self._applied(key, criterion), at=f"{self.file} {at}") for criterion in made]
        return tuple(criteria)

    def _applied(self, key: str, criterion: Criterion) -> Criterion:
        """Return the criterion, false for whom the fact has no meaning (the grade of no disability)."""
        fact = self.catalog.by_name.get(key)
        if fact is None or not fact.applies:
            return criterion
        return evolve(criterion, test=All((Name(fact.applies), criterion.test)), shows=criterion.shown)

    def _any(self, tables: Any, path: str, level: Level) -> list[Criterion]:
        if not isinstance(tables, list) or not tables:
            self.read.wrong(path, describe(tables), _("若干个表的列表，满足其一即可"))
            return []
        parts = [self.when(table, f"{path}[{i}]", level) for i, table in enumerate(tables)]
        for i, table in enumerate(tables):
            if table == {}:
                self.read.wrong(f"{path}[{i}]", _("空表，总是成立"), _("至少一个事实及其取值"))
        if not all(parts):
            return []
        return [either(*(part[0] if len(part) == 1 else together(*part) for part in parts))]

    def _criteria(self, key: str, wanted: Any, path: str, level: Level) -> list[Criterion]:
        name = Name(key)
        if key in self._columns_of(level) and key not in self.catalog.by_name and key not in {"category", "age"}:
            return self._of_column(name, wanted, path)
        kind = self._type(key, path, level)
        if kind is None:
            return []
        if isinstance(wanted, dict):
            if isinstance(kind, Choice | YesNo) or not wanted:
                self.read.keys(wanted, path, tuple(_COMPARISONS))
                self.read.wrong(path, "a comparison", "a value or a list of values" if wanted else "at_least, above, …")
                return []
            return self._compared(name, wanted, path, lambda at, raw: self.read.scalar(at, kind, raw))
        if isinstance(kind, YesNo):
            value = self.read.scalar(path, kind, wanted)
            return [] if value is None else [Criterion(name if value else ~name)]
        values = self._values(wanted, kind, path)
        return [Criterion(name.one_of(*values))] if values else []

    def _columns_of(self, level: Level) -> frozenset[str]:
        own = self.columns(level)
        return own if level is Level.HOUSEHOLD else own | self.columns(Level.HOUSEHOLD)

    def _of_column(self, name: Name, wanted: Any, path: str) -> list[Criterion]:
        """Return what is asked of a derived column; of what kind it is, is known when its formula is looked up."""
        if isinstance(wanted, bool):
            return [Criterion(name if wanted else ~name)]
        if isinstance(wanted, dict):
            made = self._compared(name, wanted, path, lambda _, raw: raw if type(raw) in {int, Decimal} else None)
            if not made or len(made) < len(wanted.keys() & _COMPARISONS):
                self.read.wrong(path, describe(wanted), _("at_least、above、at_most 或 below，以及一个数"))
                return []
            return made
        listed = wanted if isinstance(wanted, list) else [wanted]
        if {type(value) for value in listed} not in ({str}, {int}):
            self.read.wrong(path, describe(wanted), _("true、false、一个词、整数，或它们的列表"))
            return []
        return [Criterion(name.one_of(*listed))]

    def _compared(
        self, name: Name, wanted: Mapping[str, Any], path: str, limit_of: Callable[[str, Any], Any]
    ) -> list[Criterion]:
        """Return the comparisons of a table, as in ``{ at_least = 60 }``, with the limits that are none left out."""
        self.read.keys(wanted, path, tuple(_COMPARISONS))
        limits = {word: limit_of(f"{path}.{word}", raw) for word, raw in wanted.items() if word in _COMPARISONS}
        made = {_COMPARISONS[word]: limit for word, limit in limits.items() if limit is not None}
        return [Criterion(Compare.of(operator, name, limit)) for operator, limit in made.items()]

    def _type(self, key: str, path: str, level: Level) -> Any:
        if key == "category":
            return Choice(CATEGORY_LABELS)
        if key == "age" and level is Level.MEMBER:
            return _AGE
        fact = self.catalog.by_name.get(key)
        usable = [f.name for f in self.catalog.facts if f.level is Level.HOUSEHOLD or level is Level.MEMBER]
        tested = Choice | Day | Integer | Money | Quantity | YesNo
        if fact is None or fact.personal or not isinstance(fact.type, tested):
            hint = most_like(key, [*usable, "age", "category", *self._columns_of(level)])
            self.read.wrong(path, _("不是规则能判断的事实"), _("已声明的事实或推算量"), hint)
            return None
        if key not in usable:
            self.read.wrong(path, _("成员的事实"), _('户的事实，或写 for = "member"'))
            return None
        return fact.type

    def _values(self, wanted: Any, kind: Any, path: str) -> list[Any]:
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed:
            self.read.wrong(path, "an empty list", "one value at least")
        values = [self.read.scalar(path, kind, value) for value in listed]
        return [] if None in values else values


def benefit_of(row: Row, catalog: Catalog, columns: Columns) -> Benefit:
    """Return the benefit that a row declares; ``columns`` are the names of derived columns that it can test.

    Raises:
        PackError: with every problem of the row.
    """
    data, path, read = row.data, row.path, Tables()
    code = read.text(data, path, "code")
    if not _CODE.fullmatch(code):
        read.wrong(f"{path}.code", describe(data.get("code")), _("“项目.名称”，如 education.meals"))
    level = Level(read.word(data, path, "for", LEVELS, "member"))
    conditions = _Conditions(catalog, columns, read, row.pack.file)
    criteria = (
        *conditions.when(data.get("when", {}), f"{path}.when", level),
        *conditions.where(data.get("where", []), f"{path}.where"),
    )
    sum_ = _amount(data["amount"], f"{path}.amount", read) if "amount" in data else None
    support = SupportKind(read.word(data, path, "kind", KIND_LABELS, "cash"))
    if support is SupportKind.CASH and "amount" not in data:
        read.wrong(f"{path}.amount", _("没有写"), _("金额，或不是现金的 kind"))
    more: dict[str, Any] = {key: read.text(data, path, key) for key in ("name", "office", "note", "group")}
    more |= {key: _words_of(data, key, path, read) for key in ("documents", "needs", "gives_way_to", "shows")}
    more |= {key: _truth(data, key, path, read) for key in ("verified", "members_only")}
    _truth(data, "repealed", path, read)  # a row that is repealed says no more than that
    more["source"] = read.text(data, path, "source") or row.pack.source
    more["per"] = Per(read.word(data, path, "per", PER_LABELS, "year"))
    more["times"] = read.scalar(f"{path}.times", Integer(1, 366), data["times"]) if "times" in data else None
    more["rounding"] = _rounding(data.get("rounding"), f"{path}.rounding", read)
    name = more.pop("name") or code
    return _built(row, lambda: Benefit(code, name, level, criteria, sum_, kind=support, at=row.at, **more), read)


def _truth(data: Mapping[str, Any], key: str, path: str, read: Tables) -> bool:
    return bool(read.scalar(f"{path}.{key}", YesNo(), data.get(key, False)))


def _words_of(data: Mapping[str, Any], key: str, path: str, read: Tables) -> tuple[str, ...]:
    """Return a list of texts; none where there is none or it is wrong."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        read.wrong(f"{path}.{key}", describe(found), _("文本的列表"))
        return ()
    return tuple(found)


def _rounding(table: Any, path: str, read: Tables) -> Rounding:
    if table is None:
        return Rounding()
    if not isinstance(table, dict):
        read.wrong(path, describe(table), _('一个表，如 { to = "jiao", direction = "up" }'))
        return Rounding()
    read.keys(table, path, ("to", "direction"))
    fen = _FEN[read.word(table, path, "to", {word: word for word in _FEN}, "fen")]
    return Rounding(fen, Direction(read.word(table, path, "direction", _DIRECTIONS, "half_up")))


def _amount(raw: object, path: str, read: Tables) -> Expression | Decimal | None:
    """Return an amount: a number of yuan, a formula, or ``{ parameter = "…" }``; None where it is wrong."""
    if isinstance(raw, dict):
        if isinstance(raw.get("parameter"), str) and len(raw) == 1:
            return parameter(raw["parameter"])
        read.wrong(path, describe(raw), _('数、算式或 { parameter = "…" }'))
        return None
    if isinstance(raw, str) and not _NUMBER.fullmatch(raw):
        return _formula(raw, path, read)
    value: Decimal | None = read.scalar(path, Money(), raw)
    return value


def _built(row: Row, make: Callable[[], _Made], read: Tables) -> _Made:
    """Return what is made of a row; an error has every problem that was found in it, or is as it is made."""
    if not read.problems:
        try:
            return make()
        except (RuleError, ValueError, ArithmeticError) as error:
            told = error.message if isinstance(error, RuleError) else type(error).__name__
            read.wrong(row.path, describe(row.code), _("能算出的量"), told)
    raise PackError(row.pack.file, read.problems)


def column_of(row: Row) -> Derived:
    """Return the derived column that a ``[[column]]`` declares, or raise ``PackError`` with every problem of it."""
    read, data = Tables(), row.data
    name = read.text(data, row.path, "name", needed=True)
    level = level_of(data, row.path, read)
    raw = data.get("value")
    value = given(raw) if isinstance(raw, bool | int | Decimal) else _formula(raw, f"{row.path}.value", read)
    labels = read.labels(data, row.path) if "labels" in data else {}
    label, source = read.text(data, row.path, "label", needed=True), read.text(data, row.path, "source")
    figure = _truth(data, "figure", row.path, read)
    return _built(
        row,
        lambda: Derived(name, level, value, label, source or row.pack.source, labels, figure=figure, at=row.at),  # type: ignore[arg-type]
        read,
    )


def group_of(row: Row) -> Group:
    """Return the group that a ``[[group]]`` declares, or raise ``PackError`` with every problem of it."""
    read, data = Tables(), row.data
    code, name = (read.text(data, row.path, key, needed=True) for key in ("code", "name"))
    rule = read.word(data, row.path, "rule", _RULES, "first")
    if "rule" not in data:
        read.wrong(f"{row.path}.rule", _("没有写"), ", ".join(_RULES))
    per = Level(read.word(data, row.path, "per", LEVELS, "member"))
    limit = _amount(data["limit"], f"{row.path}.limit", read) if "limit" in data else None
    if (rule == GroupRule.CAP) != ("limit" in data):
        read.wrong(
            f"{row.path}.limit", _("没有写") if limit is None else _("写了 limit"), _("只在 rule 为 cap 时写 limit")
        )
    source = read.text(data, row.path, "source") or row.pack.source
    return _built(row, lambda: Group(code, name, GroupRule(rule), per, limit, source, row.at), read)
