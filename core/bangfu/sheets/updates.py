"""What a household's rows change of the household that is registered under its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from bangfu.registry import Change, Source
from bangfu.registry.sources import counting_value
from bangfu.registry.state import Facts as Statements
from bangfu.registry.state import HouseholdState, text
from bangfu.registry.vault import Vault
from bangfu.registry.written import written
from bangfu.sheets.matching import TELLING_APART, Facts, Person, matched


@frozen
class Update:
    """Changes of facts, people who are new, and how many of those registered the rows do not mention.

    ``people`` says for each member, as it will be, which of the file's it is; None for one it does not mention.
    """

    changes: tuple[Change, ...]
    joining: tuple[Facts, ...]
    absent: int
    people: tuple[int | None, ...]

    @property
    def empty(self) -> bool:
        """Whether the rows say nothing new."""
        return not self.changes and not self.joining


def update_of(state: HouseholdState, vault: Vault, facts: Facts, members: Sequence[tuple[int, Facts]]) -> Update:
    """Return what a household's rows change.

    Args:
        state: the household as it is registered.
        vault: opens what is stored of it.
        facts: its facts in the file, checked; a fact that is not among them stays as it is.
        members: its members in the file, each with the number beside the row (from 1).
    """
    people = [Person(member.id, _telling(member.statements, vault)) for member in state.present]
    known = matched(people, members)
    changes = list(_changes(None, state.statements, vault, facts))
    for person, (_, stated) in zip(known, members, strict=True):
        if person is not None:
            changes += _changes(person.id, state.subject(person.id), vault, stated)
    joining = tuple(stated for person, (_, stated) in zip(known, members, strict=True) if person is None)
    mentioned = {person.id: i for i, person in enumerate(known) if person is not None}
    new = [i for i, person in enumerate(known) if person is None]
    places = (*(mentioned.get(person.id) for person in people), *new)
    return Update(tuple(changes), joining, len(people) - len(mentioned), places)


def _telling(statements: Statements, vault: Vault) -> Facts:
    """Return the values that count of the facts that tell people apart."""
    return {fact: vault.opened(counting_value(statements[fact])) for fact in TELLING_APART if fact in statements}


def _changes(member: int | None, statements: Statements, vault: Vault, facts: Facts) -> Iterable[Change]:
    """Yield the facts that the registry holds otherwise: on an import's word, or else on the word that counts."""
    for fact, value in facts.items():
        said, stated = written(value), statements.get(fact, {})
        known = stated[Source.IMPORTED][0] if Source.IMPORTED in stated else counting_value(stated)
        if known is None or not same(vault.opened(known), said):
            yield Change(fact, said, member)


def same(one: Any, other: Any) -> bool:
    """Return whether two values, as the registry keeps them, say the same; the order of a list says nothing."""
    if one == other:
        return True
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(text, one)) == sorted(map(text, other))
    return False
