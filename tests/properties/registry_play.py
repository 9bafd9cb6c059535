"""What a piece of work on a registry can be made of: every operation, on drawn households and people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from attrs import define

from bangfu_office.registry import FactChange, Work
from rulebooks import Data, household_of

DAY = date(2026, 3, 1)
RELATIONS = ("spouse", "child", "parent", "sibling", "other", "head")
REASONS = ("年度复核", "家庭人口减少")
Choose = tuple[int, int, int, int]
"""Four drawn numbers that say which household, person, fact; each counts from the start again beyond the end."""


@define
class Play:
    """Operations that a piece of work can be made of, with what they choose among."""

    pool: Sequence[Data]
    """Households to add, and to take facts from."""
    work: Work
    numbers: list[str]

    def add(self, a: int, *_: int) -> None:
        """Add a household of the pool."""
        self.numbers.append(self.work.add(household_of(self.pool[a % len(self.pool)])))

    def change(self, a: int, b: int, c: int, d: int) -> None:
        """Change some facts of a household and a member to what they are in the pool."""
        number, data = self._number(a), self.pool[b % len(self.pool)]
        person = data["members"][c % len(data["members"])]
        new = [FactChange(fact, value) for fact, value in data.items() if fact not in {"on", "members"}]
        if member := self._member(number, d):
            new += [FactChange(fact, value, member) for fact, value in person.items() if fact != "id_number"]
        self.work.change(number, new[c % 5 :: 1 + d % 5])

    def withdraw(self, a: int, b: int, c: int, _d: int) -> None:
        """Take back what this work's source said of a fact."""
        number = self._number(a)
        member = self._member(number, b)
        subject = member if b % 2 and member else None
        stated = sorted(self.work.state(number).subject(subject))
        self.work.change(number, [FactChange(stated[c % len(stated)], None, subject)])

    def join(self, a: int, b: int, c: int, _d: int) -> None:
        """Let a person of the pool join; what the ID number says is not said again."""
        people = self.pool[b % len(self.pool)]["members"]
        person = people[c % len(people)]
        left_out = {"birth_date", "sex"} if "id_number" in person else {}
        self.work.join(self._number(a), {name: value for name, value in person.items() if name not in left_out})

    def leave(self, a: int, b: int, *_: int) -> None:
        """Let a person leave."""
        self.work.leave(self._number(a), self._member(self._number(a), b))

    def died(self, a: int, b: int, *_: int) -> None:
        """Let a person die."""
        self.work.died(self._number(a), self._member(self._number(a), b))

    def born(self, a: int, b: int, *_: int) -> None:
        """Add a child."""
        self.work.born(self._number(a), {"birth_date": DAY - timedelta(days=b), "name": f"新生{b}"})

    def move(self, a: int, b: int, c: int, d: int) -> None:
        """Move a person."""
        relation = RELATIONS[d % len(RELATIONS)]
        self.work.move(self._number(a), self._member(self._number(a), b), self._number(c), relation)

    def split(self, a: int, b: int, *_: int) -> None:
        """Split a household in two."""
        people = [person.id for person in self.work.state(self._number(a)).present]
        gone = people[1 + b % max(1, len(people)) :]
        self.numbers.append(
            self.work.split(self._number(a), dict(zip(gone, ("head", *RELATIONS[:5] * 20), strict=False)))
        )

    def merge(self, a: int, b: int, *_: int) -> None:
        """Merge two households."""
        people = self.work.state(self._number(a)).present
        self.work.merge(self._number(a), self._number(b), {person.id: "other" for person in people})

    def new_head(self, a: int, b: int, *_: int) -> None:
        """Make another one the head."""
        others = [person.id for person in self.work.state(self._number(a)).present]
        head = self._member(self._number(a), b)
        self.work.new_head(self._number(a), head, {person: "other" for person in others if person != head})

    def recheck(self, a: int, b: int, c: int, _d: int) -> None:
        """Note a recheck."""
        self.work.recheck(self._number(a), DAY + timedelta(days=b), REASONS[c % 2])

    def rechecked(self, a: int, b: int, *_: int) -> None:
        """Do one of the rechecks that are due."""
        due = sorted(self.work.state(self._number(a)).rechecks)
        day, reason = due[b % len(due)] if due else ("2026-03-01", REASONS[0])
        self.work.rechecked(self._number(a), date.fromisoformat(day), reason)

    def close(self, a: int, *_: int) -> None:
        """Close a household."""
        self.work.close(self._number(a), "注销")

    def _number(self, index: int) -> str:
        """Return a household that is open, if there is one."""
        found = [number for number in self.numbers if self.work.state(number).closed is None] or self.numbers
        return found[index % len(found)]

    def _member(self, number: str, index: int) -> int:
        people = self.work.state(number).present
        return people[index % len(people)].id if people else 0


OPERATIONS: dict[str, Callable[..., None]] = {
    name: member for name, member in vars(Play).items() if callable(member) and not name.startswith("_")
}
