"""Where a value came from (来由): what it is not known for, and the policy values it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import define, field

from bangfu.engine import Ruleset
from bangfu.engine.bound import Key
from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.policy import PolicyEntry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.language import Expression, KnownRows, Name
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.expression import Constant
from bangfu.rules.language.known import Value, is_exact, words_of
from bangfu.rules.language.nodes import All, IsKnown, IsStated, Quotient, Some
from bangfu.rules.language.over_members import Before, OverMembers

FACT, PARAMETER, ZERO = "fact", "parameter", "zero"
_NOTHING: frozenset[Any] = frozenset()
Source = tuple[str, str, int | None]
"""What is missing: a fact with its member, a parameter, or (its label) what is zero and divided by."""


@define
class Origins:
    """Follows the values of one household back through the expressions that made them."""

    ruleset: Ruleset
    rows: KnownRows
    _missing: dict[tuple[Key, int | None], frozenset[Source]] = field(factory=dict)
    _entries: dict[tuple[Key, int | None], frozenset[PolicyEntry]] = field(factory=dict)

    def missing(self, column: Key, member: int | None) -> frozenset[Source]:
        """Return the facts and parameters for which a column is not known exactly: those that could still change it."""
        level, name = column
        whose = member if level is Level.MEMBER else None
        row = self.rows.household if whose is None else self.rows.members[whose]
        if is_exact(row[name]):
            return _NOTHING
        key = (column, whose)
        known = self._missing.get(key)
        if known is None:
            self._missing[key] = _NOTHING  # a fact may stand behind its own presumption
            known = self._missing[key] = frozenset(self._of_column(level, name, whose))
        return known

    def _of_column(self, level: Level, name: str, member: int | None) -> set[Source]:
        graph, found = self.ruleset.graph, set[Source]()
        fact = graph.catalog.by_column.get(name.removeprefix(STATED).removeprefix(PRESUMED))
        if fact is not None:
            found.add((FACT, fact.name, member))
        if (level, name) not in graph.base:
            self._open(graph.node_of((level, name)).value, member, found)
        return found

    def _value(self, expression: Expression, member: int | None) -> Value:
        if isinstance(expression, Name) and expression.level is not None:
            row = self.rows.household if expression.level is Level.HOUSEHOLD else self.rows.members[member or 0]
            return row[expression.name]
        rows = self.rows if member is None else self.rows.of_each[member]
        value: Value = self.ruleset.function(expression)(rows)
        return value

    # What each of these finds is added to ``found``: they call each other often, and sets are joined for nothing.

    def _open_parts(self, parts: Iterable[Expression], member: int | None, found: set[Source]) -> None:
        """Add what those of some parts that are not known exactly are not known for."""
        for part in parts:
            if part.__class__ is not Constant and not is_exact(self._value(part, member)):
                self._open(part, member, found)

    def _open(self, expression: Expression, member: int | None, found: set[Source]) -> None:
        """Add what an expression, which is not known exactly, is not known for."""
        special = _SPECIAL.get(type(expression))
        if special:
            special(self, expression, member, found)
        else:
            self._open_parts(expression.inputs, member, found)

    def _of_quotient(self, quotient: Quotient, member: int | None, found: set[Source]) -> None:
        if self._value(quotient.other, member) == 0:
            found.add((ZERO, self._label(quotient.other, member), None))
        else:
            self._open_parts(quotient.inputs, member, found)

    def _label(self, expression: Expression, member: int | None) -> str:
        """Return what a caseworker calls what an expression is."""
        if not isinstance(expression, Name):
            return str(expression)
        level = Level.HOUSEHOLD if member is None else Level.MEMBER
        return self.ruleset.labels.of_column(expression.level or level, expression.name)

    def _of_name(self, name: Name, member: int | None, found: set[Source]) -> None:
        if name.level is not None:
            found |= self.missing((name.level, name.name), member)
        elif (parameter := name.name.removeprefix(POLICY)) not in self.ruleset.policy.entries:
            found.add((PARAMETER, parameter, None))

    def _of_tests(self, several: All | Some, member: int | None, found: set[Source]) -> None:
        self._open_parts(several.tests, member, found)

    def _of_members(self, over: OverMembers | Before, _: int | None, found: set[Source]) -> None:
        for each in range(len(self.rows.members)):
            self._open_parts([over.part], each, found)

    def _of_choice(self, choose: Choose, member: int | None, found: set[Source]) -> None:
        for test, value in zip(choose.tests, choose.values, strict=True):
            holds = self._value(test, member)
            if holds is None:
                self._open(test, member, found)
            if holds is not False:
                self._open_parts([value], member, found)
            if holds is True:
                return
        self._open_parts([choose.otherwise], member, found)

    def _of_word(self, by: By, member: int | None, found: set[Source]) -> None:
        word = self._value(by.on, member)
        possible = words_of(word)
        values = [value for one, value in zip(by.words, by.values, strict=True) if one in possible]
        if is_exact(word):
            self._open_parts(values, member, found)
            return
        self._open(by.on, member, found)
        of_values = set[Source]()
        self._open_parts(values, member, of_values)
        # Which standard a place would have to set is known once the word is.
        found |= {source for source in of_values if source[0] == FACT}

    def entries(self, column: Key, member: int | None) -> frozenset[PolicyEntry]:
        """Return the policy values that a known number came from; tests and sums over members end the search."""
        level, name = column
        key = (column, member if level is Level.MEMBER else None)
        found = self._entries.get(key)
        if found is None:
            row = self.rows.household if key[1] is None else self.rows.members[key[1]]
            is_test = isinstance(row[name], bool) or column in self.ruleset.graph.base
            value = None if is_test else self.ruleset.graph.node_of(column).value
            found = self._entries[key] = frozenset() if value is None else frozenset(self._behind(value, key[1]))
        return found

    def _behind(self, expression: Expression, member: int | None) -> Iterator[PolicyEntry]:
        match expression:
            case Name(level=None):
                entry = self.ruleset.policy.entries.get(expression.name.removeprefix(POLICY))
                if entry is not None:
                    yield entry
            case Name(level=Level() as level):
                yield from self.entries((level, expression.name), member)
            case OverMembers() | Before():
                return
            case Choose() | By():
                for value in self.taken(expression, member):
                    yield from self._behind(value, member)
            case _:
                for part in expression.inputs:
                    yield from self._behind(part, member)

    def taken(self, choice: Choose | By, member: int | None) -> Iterator[Expression]:
        """Yield the value that a choice took; nothing where that is not known."""
        if isinstance(choice, By):
            word = self._value(choice.on, member)
            yield from (value for one, value in zip(choice.words, choice.values, strict=True) if one == word)
            return
        for test, value in zip(choice.tests, choice.values, strict=True):
            holds = self._value(test, member)
            if holds is True:
                yield value
            if holds is not False:
                return
        yield choice.otherwise


_SPECIAL: Mapping[type[Expression], Callable[[Origins, Any, int | None, set[Source]], None]] = {
    Quotient: Origins._of_quotient,  # noqa: SLF001 - its own
    Name: Origins._of_name,  # noqa: SLF001
    All: Origins._of_tests,  # noqa: SLF001
    Some: Origins._of_tests,  # noqa: SLF001
    OverMembers: Origins._of_members,  # noqa: SLF001
    Before: Origins._of_members,  # noqa: SLF001
    Choose: Origins._of_choice,  # noqa: SLF001
    By: Origins._of_word,  # noqa: SLF001
    IsKnown: lambda *_: None,
    IsStated: lambda *_: None,
}
"""How the nodes are followed back that are more than what is made of all their parts."""
