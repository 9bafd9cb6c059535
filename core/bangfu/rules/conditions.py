"""Conditions of a pack's benefit (政策包的条件): ``when`` by facts and their values, ``where`` by formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from attrs import define, evolve

from bangfu.errors import RuleError
from bangfu.facts import Choice, Day, Integer, Level, Money, Quantity, YesNo
from bangfu.facts.catalog import Catalog, most_like
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.files.tables import Tables
from bangfu.files.values import describe
from bangfu.messages import _
from bangfu.rules.criterion import COMPARISONS, Criterion, either, together
from bangfu.rules.language import Expression, Name, expression_of
from bangfu.rules.language.nodes import All, Compare

_COMPARISONS = {comparison.value: operator for operator, comparison in COMPARISONS.items()}
AGE = Integer(0, 150)
Columns: TypeAlias = Callable[[Level], frozenset[str]]
"""Gives the names of the derived columns of a level."""


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


@define
class Conditions:
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
            test = formula(table.get("test"), f"{at}.test" if table is written else at, self.read)
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
        if key in self._columns_of(level) and key not in {*self.catalog.by_name, "category", "age"}:
            return self._of_column(name, wanted, path)
        kind = self._type(key, path, level)
        if kind is None:
            return []
        if isinstance(wanted, dict):
            if isinstance(kind, Choice | YesNo) or not wanted:
                self.read.keys(wanted, path, tuple(_COMPARISONS))
                expected = "a value or a list of values" if wanted else "at_least, above, …"
                self.read.wrong(path, "a comparison", expected)
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
            return AGE
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
