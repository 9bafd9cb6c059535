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
from bangfu.rules.criterion import Criterion, either, together
from bangfu.rules.language import Expression, Name, expression_of
from bangfu.rules.language.expression import given
from bangfu.rules.language.nodes import All, Compare, Operator

_COMPARISONS = {
    "at_least": Operator.AT_LEAST,
    "above": Operator.ABOVE,
    "at_most": Operator.AT_MOST,
    "below": Operator.BELOW,
}
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
            read = self._any if key == "any" else self._criteria
            at = f"{path}.{key}"
            made = (self._applied(key, criterion) for criterion in read(key, value, at, level))
            criteria += [evolve(criterion, at=f"{self.file} {at}") for criterion in made]
        return tuple(criteria)

    def _applied(self, key: str, criterion: Criterion) -> Criterion:
        """Return the criterion, false for whom the fact has no meaning (the grade of no disability)."""
        fact = self.catalog.by_name.get(key)
        if fact is None or not fact.applies:
            return criterion
        return evolve(criterion, test=All((Name(fact.applies), criterion.test)), shows=criterion.shown)

    def _any(self, _key: str, tables: Any, path: str, level: Level) -> list[Criterion]:
        if not isinstance(tables, list) or not tables:
            self.read.wrong(path, describe(tables), _("若干个表的列表，满足其一即可"))
            return []
        parts = [self.when(table, f"{path}[{i}]", level) for i, table in enumerate(tables)]
        for i, (table, part) in enumerate(zip(tables, parts, strict=True)):
            if table == {} and not part:
                self.read.wrong(f"{path}[{i}]", _("空表，总是成立"), _("至少一个事实及其取值"))
        if not all(parts):
            return []
        return [either(*(part[0] if len(part) == 1 else together(*part) for part in parts))]

    def _criteria(self, key: str, wanted: Any, path: str, level: Level) -> list[Criterion]:
        if self._is_column(key, level):
            return self._of_column(Name(key), wanted, path)
        kind = self._type(key, path, level)
        if kind is None:
            return []
        name = Name(key)
        if isinstance(wanted, dict):
            return self._comparisons(name, wanted, kind, path)
        if isinstance(kind, YesNo):
            value = self.read.scalar(path, kind, wanted)
            return [] if value is None else [Criterion(name if value else ~name)]
        values = self._values(wanted, kind, path)
        return [Criterion(name.one_of(*values))] if values else []

    def _is_column(self, key: str, level: Level) -> bool:
        if key in self.catalog.by_name or key in {"category", "age"}:
            return False
        return key in self._columns_of(level)

    def _columns_of(self, level: Level) -> frozenset[str]:
        own = self.columns(level)
        return own if level is Level.HOUSEHOLD else own | self.columns(Level.HOUSEHOLD)

    def _of_column(self, name: Name, wanted: Any, path: str) -> list[Criterion]:
        """Return what is asked of a derived column; of what kind it is, is known when its formula is looked up."""
        if isinstance(wanted, bool):
            return [Criterion(name if wanted else ~name)]
        if isinstance(wanted, dict):
            self.read.keys(wanted, path, tuple(_COMPARISONS))
            limits = {word: raw for word, raw in wanted.items() if word in _COMPARISONS}
            if not limits or not all(
                isinstance(raw, int | Decimal) and not isinstance(raw, bool) for raw in limits.values()
            ):
                self.read.wrong(path, describe(wanted), _("at_least、above、at_most 或 below，以及一个数"))
                return []
            return [Criterion(Compare.of(_COMPARISONS[word], name, given(raw))) for word, raw in limits.items()]
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed or not (all(type(v) is str for v in listed) or all(type(v) is int for v in listed)):
            self.read.wrong(path, describe(wanted), _("true、false、一个词、整数，或它们的列表"))
            return []
        return [Criterion(name.one_of(*listed))]

    def _type(self, key: str, path: str, level: Level) -> Any:
        if key == "category":
            return Choice(CATEGORY_LABELS)
        if key == "age" and level is Level.MEMBER:
            return AGE
        fact = self.catalog.by_name.get(key)
        usable = [f.name for f in self.catalog.facts if f.level is Level.HOUSEHOLD or level is Level.MEMBER]
        if (
            fact is None
            or fact.personal
            or not isinstance(fact.type, Choice | Day | Integer | Money | Quantity | YesNo)
        ):
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

    def _comparisons(self, name: Name, wanted: Mapping[str, Any], kind: Any, path: str) -> list[Criterion]:
        self.read.keys(wanted, path, tuple(_COMPARISONS))
        if isinstance(kind, Choice | YesNo) or not wanted:
            self.read.wrong(path, "a comparison", "a value or a list of values" if wanted else "at_least, above, …")
            return []
        limits = {
            word: self.read.scalar(f"{path}.{word}", kind, wanted[word]) for word in wanted if word in _COMPARISONS
        }
        return [
            Criterion(Compare.of(_COMPARISONS[word], name, limit))
            for word, limit in limits.items()
            if limit is not None
        ]
