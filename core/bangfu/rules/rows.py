"""``[[benefit]]`` tables of a pack, read as benefits."""

from __future__ import annotations

import re
from typing import Any

from attrs import define, field

from bangfu.facts import Integer, Level, Per, YesNo
from bangfu.facts.catalog import Catalog
from bangfu.facts.declare import PER_LABELS
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.policy.declared import LEVELS
from bangfu.policy.packs import Row
from bangfu.rules.benefit import KIND_LABELS, Benefit, SupportKind
from bangfu.rules.conditions import Columns, Conditions
from bangfu.rules.language.rounding import Direction, Rounding
from bangfu.rules.row_parts import amount, built, words_of

_CODE = re.compile(r"\w+(?:\.\w+)+")
_FEN = {"fen": 1, "jiao": 10, "yuan": 100}
_DIRECTIONS = {"half_up": _("四舍五入"), "up": _("进位"), "down": _("舍去")}


def benefit_of(row: Row, catalog: Catalog, columns: Columns) -> Benefit:
    """Return the benefit that a row declares; ``columns`` are the names of derived columns that it can test.

    Raises:
        PackError: with every problem of the row.
    """
    return _RowReader(row, catalog, columns).benefit()


@define
class _RowReader:
    row: Row
    catalog: Catalog
    columns: Columns
    read: Tables = field(factory=Tables)

    def benefit(self) -> Benefit:
        data, path, read = self.row.data, self.row.path, self.read
        code = read.text(data, path, "code")
        if not _CODE.fullmatch(code):
            read.wrong(f"{path}.code", describe(data.get("code")), _("“项目.名称”，如 education.meals"))
        level = Level(read.word(data, path, "for", LEVELS, "member"))
        conditions = Conditions(self.catalog, self.columns, read, self.row.pack.file)
        criteria = (
            *conditions.when(data.get("when", {}), f"{path}.when", level),
            *conditions.where(data.get("where", []), f"{path}.where"),
        )
        sum_ = amount(data["amount"], f"{path}.amount", read) if "amount" in data else None
        support = SupportKind(read.word(data, path, "kind", KIND_LABELS, "cash"))
        if support is SupportKind.CASH and "amount" not in data:
            read.wrong(f"{path}.amount", _("没有写"), _("金额，或不是现金的 kind"))
        more = self._more()
        name = more.pop("name") or code
        return built(self.row, lambda: Benefit(code, name, level, criteria, sum_, kind=support, **more), read)

    def _more(self) -> dict[str, Any]:
        """Return what else is given, by the name that a benefit has for it."""
        data, path, read = self.row.data, self.row.path, self.read
        given: dict[str, Any] = {key: read.text(data, path, key) for key in ("name", "office", "note", "group")}
        given |= {key: words_of(data, key, path, read) for key in ("documents", "needs", "gives_way_to", "shows")}
        given |= {
            key: bool(read.scalar(f"{path}.{key}", YesNo(), data.get(key, False)))
            for key in ("verified", "members_only", "repealed")
        }
        del given["repealed"]  # a row that is repealed says no more than that
        return given | {
            "source": read.text(data, path, "source") or self.row.pack.source,
            "per": Per(read.word(data, path, "per", PER_LABELS, "year")),
            "times": read.scalar(f"{path}.times", Integer(1, 366), data["times"]) if "times" in data else None,
            "rounding": self._rounding(data.get("rounding"), f"{path}.rounding"),
            "at": self.row.at,
        }

    def _rounding(self, table: Any, path: str) -> Rounding:
        if table is None:
            return Rounding()
        if not isinstance(table, dict):
            self.read.wrong(path, describe(table), _('一个表，如 { to = "jiao", direction = "up" }'))
            return Rounding()
        self.read.keys(table, path, ("to", "direction"))
        fen = _FEN[self.read.word(table, path, "to", {word: word for word in _FEN}, "fen")]
        return Rounding(fen, Direction(self.read.word(table, path, "direction", _DIRECTIONS, "half_up")))
