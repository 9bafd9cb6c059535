"""What a household's rows change of the household that is registered under its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from bangfu_office.registry import FactChange, Source
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.serialization import text, written
from bangfu_office.registry.sources import counting_value
from bangfu_office.registry.state import Facts as Statements
from bangfu_office.registry.state import HouseholdState, MemberState
from bangfu_office.sheets.matching import FOR_LIFE, TELLING_APART, Facts, KnownPerson, folded_name, matched, paired

Members = Sequence[tuple[int, Facts]]


@frozen
class Past:
    """People who moved to another household, and what facts of members were before, as stored: by person and fact."""

    moved_away: tuple[MemberState, ...] = ()
    values: Mapping[tuple[int, str], Sequence[Any]] = field(factory=dict, repr=False)


@frozen
class Update:
    """Changes of facts and people who are new.

    ``absent`` is how many of those registered the rows do not mention, ``gone`` how many of the rows tell of somebody
    who died, left or moved away: these do not join again. ``people`` says for each member, as it will be, which of
    the file's it is; None for one it does not mention.
    """

    changes: tuple[FactChange, ...]
    joining: tuple[Facts, ...]
    absent: int
    gone: int
    people: tuple[int | None, ...]

    @property
    def empty(self) -> bool:
        """Whether the rows say nothing new."""
        return not self.changes and not self.joining


def update_of(
    state: HouseholdState, encryption: FieldEncryption, facts: Facts, members: Members, past: Callable[[], Past]
) -> Update:
    """Return what a household's rows change.

    Args:
        state: the household as it is registered.
        encryption: opens what is stored of it.
        facts: its facts in the file, checked; a fact that is not among them stays as it is.
        members: its members in the file, each with the number beside the row (from 1).
        past: is asked only where somebody would join.
    """
    rows = _FileRows(state, encryption, members)
    own = tuple(rows.changes(None, state.statements, facts))
    people = [rows.person(member) for member in state.present]
    known = matched(people, members)
    update = rows.update(known)
    if not update.empty:
        known_past = past() if update.joining else Past()
        former = [member for member in state.members.values() if member.status != "present"]
        # What says nothing new of anybody changes nothing: the same rows once more, whatever was put right since.
        # Who moved or became the head has another relation now; that does not make somebody else of anybody.
        everybody = [*state.present, *former, *known_past.moved_away]
        again = rows.said_before(everybody) or rows.said_before(everybody, but="relation")
        if again is not None:
            present = {person.id: person for person in people}
            update = rows.update([present.get(i) for i in again], new=())
        elif update.joining:
            matches = {person.id for person in known if person is not None}
            left = [member for member in everybody if member.id not in matches]
            update = rows.update(*rows.found_again(left, known, known_past))
    return evolve(update, changes=(*own, *update.changes))


@frozen
class _FileRows:
    """The members of a file beside the registered household."""

    state: HouseholdState
    encryption: FieldEncryption
    members: Members

    def update(self, known: Sequence[KnownPerson | None], new: Sequence[int] | None = None) -> Update:
        """Return the update where it is known who the members of the file are; ``new`` are those who join."""
        if new is None:
            new = _unknown(known)
        changes: list[FactChange] = []
        for person, (_, stated) in zip(known, self.members, strict=True):
            if person is not None:
                changes += self.changes(person.id, self.state.subject(person.id), stated)
        mentioned = {person.id: i for i, person in enumerate(known) if person is not None}
        places = tuple(mentioned.get(member.id) for member in self.state.present)
        gone = len(self.members) - len(mentioned) - len(new)
        joining = tuple(self.members[i][1] for i in new)
        return Update(tuple(changes), joining, len(places) - len(mentioned), gone, (*places, *new))

    def said_before(self, people: Sequence[MemberState], but: str = "") -> list[int] | None:
        """Return for each member of the file the number of a person of whom all of that (``but`` one fact) was said.

        Returns None where even one of them is somebody of whom it was not.
        """
        candidates = []
        for place, stated in self.members:
            facts = {fact: value for fact, value in stated.items() if fact != but}
            # Whoever stands in the place comes first, then the others as they stand.
            order = sorted(range(len(people)), key=lambda i: (i != place - 1, i))
            said = [i for i in order if not any(self.changes(people[i].id, people[i].statements, facts))]
            if not said:
                return None
            candidates.append(said)
        found = [people[i].id for i in paired(candidates) if i is not None]
        return found if len(found) == len(self.members) else None

    def found_again(
        self, left: Sequence[MemberState], known: Sequence[KnownPerson | None], past: Past
    ) -> tuple[list[KnownPerson | None], list[int]]:
        """Return who the members are, with those ``left`` whom somebody called so before, and who of them joins.

        Who died, left or moved away is neither: not there, and not new.
        """
        new = _unknown(known)
        again = paired([[k for k, one in enumerate(left) if self._called(one, self.members[i][1], past)] for i in new])
        moved = {member.id for member in past.moved_away}
        found, joining = list(known), []
        for i, k in zip(new, again, strict=True):
            if k is None:
                joining.append(i)
            elif left[k].status == "present" and left[k].id not in moved:
                found[i] = self.person(left[k])
        return found, joining

    def _called(self, member: MemberState, facts: Facts, past: Past) -> bool:
        """Return whether a row's name, ID number, day of birth and sex were all said of a member at some time."""
        stated = {fact: written(facts[fact]) for fact in FOR_LIFE if fact in facts}
        if not stated.keys() - {"sex"}:
            return False  # nothing that tells people apart
        for fact, value in stated.items():
            said = [value for value, _ in member.statements.get(fact, {}).values()]
            said += past.values.get((member.id, fact), ())
            if not any(same(fact, self.encryption.opened(known), value) for known in said):
                return False
        return True

    def person(self, member: MemberState) -> KnownPerson:
        """Return a member with the facts that tell people apart."""
        facts = {name: member.statements[name] for name in TELLING_APART if name in member.statements}
        counting = {name: self.encryption.opened(counting_value(stated)) for name, stated in facts.items()}
        several = {name: stated for name, stated in facts.items() if len(stated) > 1 and Source.IMPORTED in stated}
        said = {name: self.encryption.opened(stated[Source.IMPORTED][0]) for name, stated in several.items()}
        return KnownPerson(member.id, counting, {**counting, **said} if said else counting)

    def changes(self, member: int | None, statements: Statements, facts: Facts) -> Iterator[FactChange]:
        """Yield the facts that the registry holds otherwise: on an import's word, or else on the word that counts."""
        for fact, value in facts.items():
            said, stated = written(value), statements.get(fact, {})
            known = stated[Source.IMPORTED][0] if Source.IMPORTED in stated else counting_value(stated)
            if known is None or not same(fact, self.encryption.opened(known), said):
                yield FactChange(fact, said, member)


def _unknown(known: Sequence[KnownPerson | None]) -> list[int]:
    return [i for i, person in enumerate(known) if person is None]


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
