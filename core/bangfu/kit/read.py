"""From the bytes of a ``*.scenario.toml`` file to a scenario; every error of a file is reported in one go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import define, evolve

from bangfu.classification import HOUSEHOLD_ORDER, MEMBER_ORDER
from bangfu.errors import InputError
from bangfu.facts import CORE_FACTS, Catalog, Level, Money
from bangfu.facts.catalog import nearest
from bangfu.files import household_from
from bangfu.files.tables import Tables, load
from bangfu.files.values import Wrong, describe, read_day, read_scalar, shown_key
from bangfu.households import Household
from bangfu.kit.scenario import ABSENT, UNKNOWN, Expectation, ExpectedSupport, ExpectedValue, Scenario, ScenarioError
from bangfu.plan import Status
from bangfu.plan.model import HOUSEHOLD
from bangfu.rulebook import Rulebook

_KEYS = ("title", "policy", "household", "household_file", "expect")
_TOTALS = ("year", "once", "by_programme", "once_by_programme")
_EXPECT = ("category", "members", "totals", "supports", "values", "missing", "not_configured")
SUPPORT_KEYS = ("benefit", "recipient", "status", "amount", "year_amount", "replaced_by", "until")
_NOWHERE = Household(date.min, {}, ())


def read_scenario(path: Path, rulebook_of: Callable[[tuple[Path, ...]], Rulebook]) -> Scenario:
    """Return the scenario in a file.

    Args:
        path: the file; the paths in it are relative to its folder.
        rulebook_of: gives the rulebook with the packs that the scenario names.

    Raises:
        ScenarioError: the file cannot be taken; holds every problem of it.
        PackError: a pack that it names cannot be taken.
        OSError: the file cannot be opened.
    """
    try:
        data = load(path.read_bytes(), path.name, json_format=False)
    except InputError as error:
        raise ScenarioError(path.name, error.problems) from None
    reader = _ScenarioReader(path=path)
    scenario = reader.scenario(data, rulebook_of)
    if reader.problems:
        raise ScenarioError(path.name, reader.problems)
    return scenario


@define(kw_only=True)
class _ScenarioReader(Tables):
    path: Path
    catalog: Catalog = CORE_FACTS
    parameters: tuple[str, ...] = ()

    def scenario(self, data: Mapping[str, Any], rulebook_of: Callable[[tuple[Path, ...]], Rulebook]) -> Scenario:
        self._table(data, "", _KEYS)
        policy = tuple(self._files(data.get("policy", []), "policy"))
        rulebook = rulebook_of(policy)  # the packs may declare facts and parameters of their own
        self.catalog, self.parameters = rulebook.catalog, tuple(rulebook.parameters)
        household = self._household(data)
        title = data.get("title")
        if not isinstance(title, str) or not title.strip():
            self.wrong("title", _found(data, "title"), "a text that says what is shown")
        return Scenario(self.path, str(title), policy, household, self._expect(data, len(household.members)))

    def _files(self, listed: Any, path: str) -> Iterator[Path]:
        for i, name in self._rows(listed, path, "a list of pack files, relative to this file"):
            if not isinstance(name, str) or not (self.path.parent / name).exists():
                self.wrong(f"{path}[{i}]", describe(name), f"a file or folder, relative to {self.path.parent}")
            else:
                yield (self.path.parent / name).resolve()

    def _household(self, data: Mapping[str, Any]) -> Household:
        if ("household" in data) == ("household_file" in data):
            found = "both" if "household" in data else "neither"
            self.wrong("household", found, 'either a table [household] or household_file = "PATH"')
            return _NOWHERE
        path = "household" if "household" in data else "household_file"
        table = data[path]
        try:
            if path == "household_file":
                files = list(self._files([table], path))
                if not files:
                    return _NOWHERE
                table = load(files[0].read_bytes(), files[0].name)
            if not isinstance(table, dict):
                self.wrong(path, describe(table), "a household as in a household file")
                return _NOWHERE
            if "on" not in table:
                self.wrong(f"{path}.on", "missing", "the day of assessment, so that the outcome stays the same")
            return household_from(table, source=self.path.name, catalog=self.catalog)
        except InputError as error:
            self.problems += [evolve(problem, path=f"{path}.{problem.path}") for problem in error.problems]
            return _NOWHERE

    def _expect(self, data: Mapping[str, Any], members: int) -> Expectation:
        expect = self._table(data.get("expect", {}), "expect", _EXPECT)
        if not expect and "expect" not in {problem.path for problem in self.problems}:
            self.wrong("expect", "nothing", f"something to compare: {', '.join(_EXPECT)}")
        totals = self._table(expect.get("totals", {}), "expect.totals", _TOTALS)
        categories = (*HOUSEHOLD_ORDER, UNKNOWN)
        return Expectation(
            self._one_of(expect["category"], categories, "expect.category") if "category" in expect else None,
            self._members(expect["members"], members) if "members" in expect else None,
            self._amounts({key: totals[key] for key in ("year", "once") if key in totals}, "expect.totals"),
            self._amounts(totals.get("by_programme", {}), "expect.totals.by_programme"),
            self._amounts(totals.get("once_by_programme", {}), "expect.totals.once_by_programme"),
            tuple(self._supports(expect, members)),
            tuple(self._values(expect, members)),
            tuple(self._missing(expect, members)) if "missing" in expect else None,
            tuple(self._not_configured(expect)) if "not_configured" in expect else None,
        )

    def _members(self, categories: Any, members: int) -> tuple[str, ...]:
        known = (*MEMBER_ORDER, UNKNOWN)
        rows = list(self._rows(categories, "expect.members", "a list, one category for each member"))
        if members and len(rows) != members:
            self.wrong("expect.members", f"{len(rows)} categories", f"{members}, one for each member")
        return tuple(self._one_of(row, known, f"expect.members[{i}]") or "" for i, row in rows)

    def _amounts(self, table: Any, path: str) -> dict[str, Decimal]:
        if not isinstance(table, dict):
            self.wrong(path, describe(table), "a table of amounts")
            return {}
        read = {key: self.checked(f"{path}.{shown_key(key)}", _money, raw) for key, raw in table.items()}
        return {key: amount for key, amount in read.items() if amount is not None}

    def _supports(self, expect: Mapping[str, Any], members: int) -> Iterator[ExpectedSupport]:
        for path, row in self._tables(expect, "supports", "[[expect.supports]] rows", SUPPORT_KEYS):
            benefit = row.get("benefit")
            if not isinstance(benefit, str):
                self.wrong(f"{path}.benefit", _found(row, "benefit"), "the code of a benefit")
                continue
            recipient = self._recipient(row["recipient"], f"{path}.recipient", members) if "recipient" in row else None
            if len(row) == len({"benefit", "recipient"} & set(row)):
                self.wrong(path, "nothing to compare", ", ".join(SUPPORT_KEYS[2:]))
            readers = {key: read for key, read in _VALUES.items() if key in row}
            wanted = {key: self.checked(f"{path}.{key}", read, row[key]) for key, read in readers.items()}
            if "status" in row:
                wanted["status"] = self._one_of(row["status"], tuple(Status), f"{path}.status")
            yield ExpectedSupport(path, benefit, recipient, wanted)

    def _values(self, expect: Mapping[str, Any], members: int) -> Iterator[ExpectedValue]:
        for path, row in self._tables(expect, "values", "[[expect.values]] rows", ("column", "recipient", "value")):
            column, wanted = row.get("column"), row.get("value")
            if not isinstance(column, str):
                self.wrong(f"{path}.column", _found(row, "column"), "the name of a fact, a column or a parameter")
            elif not isinstance(wanted, str | bool | int | Decimal | date):
                self.wrong(f"{path}.value", _found(row, "value"), f'what it comes to, "{UNKNOWN}" if not known')
            else:
                recipient = self._recipient(row.get("recipient", HOUSEHOLD), f"{path}.recipient", members)
                yield ExpectedValue(path, column, HOUSEHOLD if recipient is None else recipient, wanted)

    def _recipient(self, raw: Any, path: str, members: int) -> int | str | None:
        if raw == HOUSEHOLD:
            return HOUSEHOLD
        if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0 and (raw < members or not members):
            return raw
        self.wrong(path, describe(raw), f'"{HOUSEHOLD}" or a member\'s index, 0 to {members - 1}')
        return None

    def _missing(self, expect: Mapping[str, Any], members: int) -> Iterator[str]:
        for path, row in self._tables(expect, "missing", "a list of { fact, member }", ("fact", "member")):
            fact = self._one_of(row.get("fact", ""), tuple(self.catalog.by_name), f"{path}.fact")
            if fact is None:
                continue
            of_member = self.catalog.by_name[fact].level is Level.MEMBER
            who = self._recipient(row.get("member", HOUSEHOLD), f"{path}.member", members)
            if of_member is isinstance(who, int):
                yield fact_of(fact, who if isinstance(who, int) else None)
            else:
                expected = "the index of the member" if of_member else "no member: it is a fact of the household"
                self.wrong(f"{path}.member", _found(row, "member"), expected)

    def _not_configured(self, expect: Mapping[str, Any]) -> Iterator[str]:
        for i, raw in self._rows(expect["not_configured"], "expect.not_configured", "a list of parameters"):
            if name := self._one_of(raw, self.parameters, f"expect.not_configured[{i}]"):
                yield name

    def _table(self, raw: Any, path: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(raw, dict):
            self.wrong(path, describe(raw), f"a table with {', '.join(known)}")
            return {}
        for key in raw:
            if key not in known:
                where = f"{path}.{shown_key(key)}" if path else shown_key(key)
                self.wrong(where, "unknown key", f"one of {', '.join(known)}", _nearest(key, known))
        return raw

    def _tables(
        self, expect: Mapping[str, Any], key: str, expected: str, known: tuple[str, ...]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for i, raw in self._rows(expect.get(key, []), f"expect.{key}", expected):
            path = f"expect.{key}[{i}]"
            yield path, self._table(raw, path, known)

    def _rows(self, raw: Any, path: str, expected: str) -> Iterable[tuple[int, Any]]:
        if not isinstance(raw, list):
            self.wrong(path, describe(raw), expected)
            return ()
        return enumerate(raw)

    def _one_of(self, raw: Any, known: tuple[str, ...], path: str) -> str | None:
        if isinstance(raw, str) and raw in known:
            return raw
        few = ", ".join(known) if len(known) <= len(SUPPORT_KEYS) + 1 else "a declared name"
        self.wrong(path, describe(raw), few, _nearest(raw, known) if isinstance(raw, str) else "")
        return None


def fact_of(fact: str, member: int | None) -> str:
    """Return how a fact of a member, or (None) of the household, is called."""
    return f"{fact} of {HOUSEHOLD if member is None else f'member {member}'}"


def _found(table: Mapping[str, Any], key: str) -> str:
    return describe(table[key]) if key in table else "missing"


def _nearest(name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    return f"nearest known: {close}" if close else ""


def _money(raw: Any) -> Decimal:
    return Decimal(read_scalar(Money(), raw))


def _code(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong(describe(raw), "the code of a benefit")
    return raw


def _or_absent(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda raw: None if raw == ABSENT else read(raw)


_VALUES = {
    "amount": _or_absent(_money),
    "year_amount": _or_absent(_money),
    "until": _or_absent(read_day),
    "replaced_by": _or_absent(_code),
}
