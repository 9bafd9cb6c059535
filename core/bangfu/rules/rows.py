"""``[[benefit]]`` rows of a pack, read as benefits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, evolve, field

from bangfu.errors import PackError, Problem
from bangfu.facts import Choice, Day, Integer, Level, Money, Per, Quantity, YesNo
from bangfu.facts.catalog import Catalog, nearest
from bangfu.facts.declare import PER_LABELS
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.files.values import Wrong, describe, read_scalar
from bangfu.policy.packs import Row
from bangfu.rules.benefit import KIND_LABELS, Benefit, SupportKind
from bangfu.rules.criterion import Criterion, either, together
from bangfu.rules.language import Name
from bangfu.rules.language.nodes import All, Compare, Operator

_KEYS = (
    "code", "name", "for", "when", "amount", "per", "times", "source", "kind", "verified",
    "documents", "office", "note", "from", "until", "needs", "gives_way_to", "group", "members_only",
)  # fmt: skip
_COMPARISONS = {
    "at_least": Operator.AT_LEAST,
    "above": Operator.ABOVE,
    "at_most": Operator.AT_MOST,
    "below": Operator.BELOW,
}
_TYPES = {
    "code": str, "name": str, "source": str, "office": str, "note": str, "verified": bool, "documents": list,
    "needs": list, "gives_way_to": list, "group": str, "members_only": bool,
}  # fmt: skip
AGE = Integer(0, 150)


def benefit_of(row: Row, catalog: Catalog) -> Benefit:
    """Return the benefit that a row declares.

    Raises:
        PackError: with every problem of the row.
    """
    return _RowReader(row, catalog).benefit()


@define
class _RowReader:
    row: Row
    catalog: Catalog
    problems: list[Problem] = field(factory=list)

    def benefit(self) -> Benefit:
        data = self.row.data
        self._keys(data, self.row.path, _KEYS)
        for key, kind in _TYPES.items():
            if key in data and not isinstance(data[key], kind):
                self._wrong(key, describe(data[key]), f"a {kind.__name__}")
            elif kind is list and not all(isinstance(part, str) for part in data.get(key, ())):
                self._wrong(key, describe(data[key]), "a list of texts")
        if "." not in self.row.code:
            self._wrong("code", describe(data.get("code")), "PROGRAMME.NAME, such as education.meals")
        level = self._choice("for", "member", {"member": "", "household": ""})
        when = data.get("when", {})
        source = data.get("source") or self.row.pack.source
        criteria = self._when(when, f"{self.row.path}.when", Level(level))
        amount = self._scalar("amount", Money())
        times = self._scalar("times", Integer(1, 366))
        per = Per(self._choice("per", "year", PER_LABELS))
        support = SupportKind(self._choice("kind", "cash", KIND_LABELS))
        if support is SupportKind.CASH and "amount" not in data:
            self._wrong("amount", "missing", "an amount, or a kind that is not cash")
        if self.problems:
            raise PackError(self.row.pack.file, self.problems)
        return Benefit(
            self.row.code,
            data.get("name", self.row.code),
            Level(level),
            criteria,
            amount,
            per=per,
            source=source,
            kind=support,
            times=times,
            verified=data.get("verified", False),
            documents=tuple(data.get("documents", ())),
            office=data.get("office", ""),
            note=data.get("note", ""),
            needs=tuple(data.get("needs", ())),
            gives_way_to=tuple(data.get("gives_way_to", ())),
            group=data.get("group", ""),
            members_only=data.get("members_only", False),
        )

    def _wrong(self, key: str, found: str, expected: str, hint: str = "") -> None:
        path = key if key.startswith(self.row.path) else f"{self.row.path}.{key}"
        self.problems.append(Problem(path, found, expected, hint))

    def _keys(self, table: Mapping[str, Any], path: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                close = nearest(key, known)
                self._wrong(f"{path}.{key}", "unknown key", ", ".join(known), f"nearest: {close}" if close else "")

    def _scalar(self, key: str, kind: Money | Integer) -> Any:
        if key not in self.row.data:
            return None
        return self._read(f"{self.row.path}.{key}", kind, self.row.data[key])

    def _choice(self, key: str, default: str, labels: Mapping[str, str]) -> str:
        value = self._read(f"{self.row.path}.{key}", Choice(labels), self.row.data.get(key, default))
        return value if value is not None else default

    def _read(self, path: str, kind: Any, raw: object) -> Any:
        try:
            return read_scalar(kind, raw)
        except Wrong as wrong:
            self._wrong(path, wrong.found, wrong.expected, wrong.hint)
            return None

    def _when(self, table: Any, path: str, level: Level) -> tuple[Criterion, ...]:
        if not isinstance(table, dict):
            self._wrong(path, describe(table), "a table of facts and values")
            return ()
        criteria: list[Criterion] = []
        for key, value in table.items():
            read = self._any if key == "any" else self._criteria
            criteria += [self._applied(key, c) for c in read(key, value, f"{path}.{key}", level)]
        return tuple(criteria)

    def _applied(self, key: str, criterion: Criterion) -> Criterion:
        """Return the criterion, false for whom the fact has no meaning (the grade of no disability)."""
        fact = self.catalog.by_name.get(key)
        if fact is None or not fact.applies:
            return criterion
        return evolve(criterion, test=All((Name(fact.applies), criterion.test)), shows=criterion.shown)

    def _any(self, _: str, tables: Any, path: str, level: Level) -> list[Criterion]:
        if not isinstance(tables, list) or not tables:
            self._wrong(path, describe(tables), "a list of tables, one of which suffices")
            return []
        parts = [self._when(table, f"{path}[{i}]", level) for i, table in enumerate(tables)]
        return [either(*(part[0] if len(part) == 1 else together(*part) for part in parts))]

    def _criteria(self, key: str, wanted: Any, path: str, level: Level) -> list[Criterion]:
        kind = self._type(key, path, level)
        if kind is None:
            return []
        name = Name(key)
        if isinstance(wanted, dict):
            return self._comparisons(name, wanted, kind, path)
        if isinstance(kind, YesNo):
            value = self._read(path, kind, wanted)
            return [] if value is None else [Criterion(name if value else ~name)]
        values = self._values(wanted, kind, path)
        return [Criterion(name.one_of(*values))] if values else []

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
            close = nearest(key, [*usable, "age", "category"])
            self._wrong(
                path, "not a fact that a rule can test", "a declared fact", f"nearest: {close}" if close else ""
            )
            return None
        if key not in usable:
            self._wrong(path, "a fact about members", 'a fact about households, or for = "member"')
            return None
        return fact.type

    def _values(self, wanted: Any, kind: Any, path: str) -> list[Any]:
        listed = wanted if isinstance(wanted, list) else [wanted]
        if not listed:
            self._wrong(path, "an empty list", "one value at least")
        values = [self._read(path, kind, value) for value in listed]
        return [] if None in values else values

    def _comparisons(self, name: Name, wanted: Mapping[str, Any], kind: Any, path: str) -> list[Criterion]:
        self._keys(wanted, path, tuple(_COMPARISONS))
        if isinstance(kind, Choice | YesNo) or not wanted:
            self._wrong(path, "a comparison", "a value or a list of values" if wanted else "at_least, above, …")
            return []
        limits = {word: self._read(f"{path}.{word}", kind, wanted[word]) for word in wanted if word in _COMPARISONS}
        return [
            Criterion(Compare.of(_COMPARISONS[word], name, limit))
            for word, limit in limits.items()
            if limit is not None
        ]
