"""``[[benefit]]``, ``[[column]]`` and ``[[group]]`` tables of a pack (政策包各表), read as what they declare."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from bangfu.errors import PackError, RuleError
from bangfu.facts import Integer, Level, Money, Per, YesNo
from bangfu.facts.catalog import Catalog
from bangfu.facts.declare import PER_LABELS
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.policy.declared import LEVELS, level_of
from bangfu.policy.packs import Row
from bangfu.rules.benefit import KIND_LABELS, Benefit, Derived, Group, GroupRule, SupportKind
from bangfu.rules.conditions import Columns, Conditions, formula
from bangfu.rules.language import Expression, given
from bangfu.rules.language.functions import parameter
from bangfu.rules.language.rounding import Direction, Rounding

_CODE = re.compile(r"\w+(?:\.\w+)+")
_FEN = {"fen": 1, "jiao": 10, "yuan": 100}
_DIRECTIONS = {"half_up": _("四舍五入"), "up": _("进位"), "down": _("舍去")}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_RULES = {"first": _("取第一项"), "highest": _("取最高一项"), "cap": _("合计封顶")}
_Made = TypeVar("_Made")


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
    conditions = Conditions(catalog, columns, read, row.pack.file)
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
        return formula(raw, path, read)
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
    """Return the derived column that a ``[[column]]`` declares.

    Raises:
        PackError: with every problem of the table.
    """
    read, data = Tables(), row.data
    name = read.text(data, row.path, "name", needed=True)
    level = level_of(data, row.path, read)
    raw = data.get("value")
    value = given(raw) if isinstance(raw, bool | int | Decimal) else formula(raw, f"{row.path}.value", read)
    labels = read.labels(data, row.path) if "labels" in data else {}
    label, source = read.text(data, row.path, "label", needed=True), read.text(data, row.path, "source")
    figure = _truth(data, "figure", row.path, read)
    return _built(
        row,
        lambda: Derived(name, level, value, label, source or row.pack.source, labels, figure=figure, at=row.at),  # type: ignore[arg-type]
        read,
    )


def group_of(row: Row) -> Group:
    """Return the group that a ``[[group]]`` declares.

    Raises:
        PackError: with every problem of the table.
    """
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
