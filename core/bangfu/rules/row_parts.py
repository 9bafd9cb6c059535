"""What tables of a pack have in common (政策包各表的共同部分): formulas, amounts, columns, groups."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from bangfu.errors import PackError, RuleError
from bangfu.facts import Level, Money, YesNo
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.policy.declared import LEVELS, level_of
from bangfu.policy.packs import Row
from bangfu.rules.benefit import Group, GroupRule
from bangfu.rules.derived import Derived
from bangfu.rules.language import Expression, expression_of, given
from bangfu.rules.language.functions import parameter

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_RULES = {"first": _("取第一项"), "highest": _("取最高一项"), "cap": _("合计封顶")}
_Made = TypeVar("_Made")


def formula(raw: object, path: str, read: Tables) -> Expression | None:
    """Return the expression of a formula; None where it is none, which is noted."""
    if not isinstance(raw, str):
        read.wrong(path, describe(raw), _('加引号的算式，如 "age >= 70 and not boarding"'))
        return None
    try:
        return expression_of(raw)
    except RuleError as error:
        read.wrong(path, describe(raw), _("算式"), error.message)
        return None


def amount(raw: object, path: str, read: Tables) -> Expression | Decimal | None:
    """Return an amount: a number of yuan, a formula, or ``{ parameter = "…" }``; None where it is wrong."""
    if isinstance(raw, dict) and isinstance(raw.get("parameter"), str) and len(raw) == 1:
        return parameter(raw["parameter"])
    if isinstance(raw, dict):
        read.wrong(path, describe(raw), _('数、算式或 { parameter = "…" }'))
        return None
    if isinstance(raw, str) and not _NUMBER.fullmatch(raw):
        return formula(raw, path, read)
    value: Decimal | None = read.scalar(path, Money(), raw)
    return value


def built(row: Row, make: Callable[[], _Made], read: Tables) -> _Made:
    """Return what is made of a row.

    Raises:
        PackError: anything was found wrong in it, or is as it is made; with every problem.
    """
    if not read.problems:
        try:
            return make()
        except RuleError as error:
            read.wrong(row.path, describe(row.code), _("能算出的量"), error.message)
        except (ValueError, ArithmeticError) as error:
            read.wrong(row.path, describe(row.code), _("能算出的量"), type(error).__name__)
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
    figure = bool(read.scalar(f"{row.path}.figure", YesNo(), data.get("figure", False)))
    return built(
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
    limit = amount(data["limit"], f"{row.path}.limit", read) if "limit" in data else None
    if (rule == GroupRule.CAP) != ("limit" in data):
        read.wrong(
            f"{row.path}.limit", _("没有写") if limit is None else _("写了 limit"), _("只在 rule 为 cap 时写 limit")
        )
    source = read.text(data, row.path, "source") or row.pack.source
    return built(row, lambda: Group(code, name, GroupRule(rule), per, limit, source, row.at), read)


def words_of(data: Mapping[str, Any], key: str, path: str, read: Tables) -> tuple[str, ...]:
    """Return 文本的列表; none where there is none or it is wrong."""
    found = data.get(key, [])
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        read.wrong(f"{path}.{key}", describe(found), _("文本的列表"))
        return ()
    return tuple(found)
