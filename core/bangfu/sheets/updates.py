"""What a household's rows change of the household that is registered under its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attrs import evolve, frozen

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog
from bangfu.files import household_from
from bangfu.registry import Change, Record, Source, Statement, counting
from bangfu.registry.sources import Statements
from bangfu.registry.state import text
from bangfu.registry.written import written
from bangfu.sheets.matching import Facts, matched


@frozen
class Update:
    """Changes of facts, people who are new, and how many of those registered the rows do not mention.

    ``people`` says for each member, as it will be, which of the file's it is; None for one it does not
    mention. ``problems`` is what would be wrong with the household, by the path of a household file.
    """

    changes: tuple[Change, ...]
    joining: tuple[Facts, ...]
    absent: int
    people: tuple[int | None, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the rows say nothing new."""
        return not self.changes and not self.joining


@frozen
class Updater:
    """Compares files with the registry.

    ``on`` is the day the file's facts are of, ``today`` the one for which a household has to hold together.
    """

    catalog: Catalog
    on: date
    today: date

    def update(self, record: Record, facts: Facts, members: Sequence[tuple[int, Facts]]) -> Update:
        """Return what a household's rows change.

        Args:
            record: the household as it is registered.
            facts: its facts in the file, checked; a fact that is not among them stays as it is.
            members: its members in the file, each with the number beside the row (from 1).
        """
        known = matched(record.members, members)
        changes = list(_changes(None, record.statements, facts))
        for person, (_, stated) in zip(known, members, strict=True):
            if person is not None:
                changes += _changes(person.id, person.statements, stated)
        joining = tuple(stated for person, (_, stated) in zip(known, members, strict=True) if person is None)
        mentioned = {person.id: i for i, person in enumerate(known) if person is not None}
        new = [i for i, person in enumerate(known) if person is None]
        people = (*(mentioned.get(person.id) for person in record.members), *new)
        update = Update(tuple(changes), joining, len(record.members) - len(mentioned), people)
        return update if update.empty else evolve(update, problems=self._problems(record, update))

    def _problems(self, record: Record, update: Update) -> tuple[Problem, ...]:
        """Return what would be wrong with the household after the update."""
        changed: dict[int | None, dict[str, Any]] = {}
        for change in update.changes:
            changed.setdefault(change.member, {})[change.fact] = change.value
        data = self._after(record.facts, record.statements, changed.get(None, {}))
        members = [self._after(p.facts, p.statements, changed.get(p.id, {})) for p in record.members]
        joining = [{name: written(value) for name, value in facts.items()} for facts in update.joining]
        try:
            household_from({**data, "members": [*members, *joining]}, on=self.today, catalog=self.catalog)
        except InputError as error:
            return error.problems
        return ()

    def _after(self, facts: Facts, statements: Mapping[str, Statements], changed: Facts) -> dict[str, Any]:
        """Return the values that will count."""
        after = {name: value for name, value in facts.items() if name in self.catalog.by_name}
        for fact, value in changed.items():
            said = {**statements.get(fact, {}), Source.IMPORTED: Statement(Source.IMPORTED, value, self.on)}
            counts = counting(said)
            after[fact] = value if counts is None else counts.value
        return after


def _changes(member: int | None, statements: Mapping[str, Statements], facts: Facts) -> Iterable[Change]:
    """Yield the facts that the registry holds otherwise: on an import's word, or else on the word that counts."""
    for fact, value in facts.items():
        stated = statements.get(fact, {})
        known = stated.get(Source.IMPORTED) or counting(stated)
        if known is None or not same(known.value, written(value)):
            yield Change(fact, written(value), member)


def same(one: Any, other: Any) -> bool:
    """Return whether two values, as the registry keeps them, say the same; the order of a list says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(text, one)) == sorted(map(text, other))
    return bool(one == other)
