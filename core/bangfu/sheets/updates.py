"""What a household's rows change of the household that is registered under its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from bangfu.registry import Change, Source
from bangfu.registry.sources import counting_value
from bangfu.registry.state import Facts as Statements
from bangfu.registry.state import HouseholdState, MemberState, text
from bangfu.registry.vault import Vault
from bangfu.registry.written import written
from bangfu.sheets.matching import TELLING_APART, Facts, Person, folded_name, matched, paired

MovedAway = Callable[[], Sequence[MemberState]]
"""Returns the people who moved from this household to another one that is registered."""


@frozen
class Update:
    """Changes of facts and people who are new.

    ``absent`` is how many of those registered the rows do not mention, ``gone`` how many of the rows tell of somebody
    who died, left or moved away: these do not join again. ``people`` says for each member, as it will be, which of
    the file's it is; None for one it does not mention.
    """

    changes: tuple[Change, ...]
    joining: tuple[Facts, ...]
    absent: int
    gone: int
    people: tuple[int | None, ...]

    @property
    def empty(self) -> bool:
        """Whether the rows say nothing new."""
        return not self.changes and not self.joining


def update_of(
    state: HouseholdState, vault: Vault, facts: Facts, members: Sequence[tuple[int, Facts]], moved_away: MovedAway
) -> Update:
    """Return what a household's rows change.

    Args:
        state: the household as it is registered.
        vault: opens what is stored of it.
        facts: its facts in the file, checked; a fact that is not among them stays as it is.
        members: its members in the file, each with the number beside the row (from 1).
        moved_away: is asked only where somebody would join.
    """
    own = tuple(_changes(None, state.statements, vault, facts))
    people = [_person(member, vault) for member in state.present]
    known = matched(people, members)
    update = _update(state, vault, members, known)
    if not update.empty:
        former = [member for member in state.members.values() if member.status != "present"]
        if update.joining:
            former += moved_away()
        # What says nothing new of anybody changes nothing: the same rows once more, whatever was put right since.
        # Who moved or became the head has another relation now; that does not make somebody else of anybody.
        everybody = [*state.present, *former]
        again = _said_before(everybody, vault, members) or _said_before(everybody, vault, members, but="relation")
        if again is not None:
            present = {person.id: person for person in people}
            update = _update(state, vault, members, [present.get(i) for i in again], new=())
        elif update.joining:
            update = _without(update, former, vault, members, known)
    return evolve(update, changes=(*own, *update.changes))


def _update(
    state: HouseholdState,
    vault: Vault,
    members: Sequence[tuple[int, Facts]],
    known: Sequence[Person | None],
    new: Sequence[int] | None = None,
) -> Update:
    """Return the update where it is known who the members of the file are; ``new`` are those who join."""
    if new is None:
        new = [i for i, person in enumerate(known) if person is None]
    changes: list[Change] = []
    for person, (_, stated) in zip(known, members, strict=True):
        if person is not None:
            changes += _changes(person.id, state.subject(person.id), vault, stated)
    mentioned = {person.id: i for i, person in enumerate(known) if person is not None}
    places = tuple(mentioned.get(member.id) for member in state.present)
    gone = len(members) - len(mentioned) - len(new)
    joining = tuple(members[i][1] for i in new)
    return Update(tuple(changes), joining, len(places) - len(mentioned), gone, (*places, *new))


def _said_before(
    people: Sequence[MemberState], vault: Vault, members: Sequence[tuple[int, Facts]], but: str = ""
) -> list[int] | None:
    """Return for each member of a file the number of a person of whom all of that (``but`` one fact) was said.

    Returns None where even one of them is somebody of whom it was not.
    """
    candidates = []
    for place, stated in members:
        facts = {fact: value for fact, value in stated.items() if fact != but}
        # Whoever stands in the place comes first, then the others as they stand.
        order = sorted(range(len(people)), key=lambda i: (i != place - 1, i))
        said = [i for i in order if next(_changes(people[i].id, people[i].statements, vault, facts), None) is None]
        if not said:
            return None
        candidates.append(said)
    found = paired(candidates)
    return None if found is None else [people[i].id for i in found]


def _without(
    update: Update,
    former: Sequence[MemberState],
    vault: Vault,
    members: Sequence[tuple[int, Facts]],
    known: Sequence[Person | None],
) -> Update:
    """Return an update without those who joined once and are gone, by ID number, or by name and birth date."""
    there = [_person(member, vault) for member in former]
    new = [i for i, person in enumerate(known) if person is None]
    # What is half known may be somebody else, who has come since.
    again = matched(there, [members[i] for i in new], certain=True)
    staying = [i for i, person in zip(new, again, strict=True) if person is None]
    gone = len(new) - len(staying)
    places = (*update.people[: len(update.people) - len(new)], *staying)
    return evolve(update, joining=tuple(members[i][1] for i in staying), gone=gone, people=places)


def _person(member: MemberState, vault: Vault) -> Person:
    """Return a member with the facts that tell people apart."""
    facts = {name: member.statements[name] for name in TELLING_APART if name in member.statements}
    counting = {name: vault.opened(counting_value(stated)) for name, stated in facts.items()}
    said = {
        name: vault.opened(stated[Source.IMPORTED][0])
        for name, stated in facts.items()
        if len(stated) > 1 and Source.IMPORTED in stated
    }
    return Person(member.id, counting, {**counting, **said} if said else counting)


def _changes(member: int | None, statements: Statements, vault: Vault, facts: Facts) -> Iterator[Change]:
    """Yield the facts that the registry holds otherwise: on an import's word, or else on the word that counts."""
    for fact, value in facts.items():
        said, stated = written(value), statements.get(fact, {})
        known = stated[Source.IMPORTED][0] if Source.IMPORTED in stated else counting_value(stated)
        if known is None or not same(fact, vault.opened(known), said):
            yield Change(fact, said, member)


def same(fact: str, one: Any, other: Any) -> bool:
    """Return whether two values of a fact, as the registry keeps them, say the same.

    The order of a list says nothing, and neither do the blanks within a name.
    """
    if one == other:
        return True
    if fact == "name":
        return bool(folded_name(one) == folded_name(other))
    if isinstance(one, list) and isinstance(other, list):
        return sorted(map(text, one)) == sorted(map(text, other))
    return False
