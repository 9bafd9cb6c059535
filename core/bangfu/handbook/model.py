"""What a handbook says, as frozen values in Chinese words; nothing here knows HTML."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from bangfu.facts import Fact
from bangfu.messages import _
from bangfu.policy import Pack
from bangfu.regions import prefix_of
from bangfu.rules import Benefit, Programme

NATION = _("全国")


@frozen
class Standard:
    """A parameter as the policy in force has it; ``text`` is empty where nothing sets it."""

    name: str
    label: str
    unit: str = ""
    text: str = ""
    a_year: str = ""
    source: str = ""
    pack: str = ""
    validity: str = ""
    verified: bool = False

    @property
    def is_set(self) -> bool:
        """Whether a pack in force sets the parameter."""
        return bool(self.text)

    @property
    def is_unverified(self) -> bool:
        """Whether it is set, and nobody held it against the official text."""
        return self.is_set and not self.verified


@frozen
class Condition:
    """One criterion, the clause it comes from and the standards that draw its line.

    With ``parts``, one of them suffices, or all are needed where ``together`` is set; ``text`` may
    then be empty.
    """

    text: str
    source: str = ""
    standards: tuple[Standard, ...] = ()
    parts: tuple[Condition, ...] = ()
    together: bool = False

    @property
    def all_standards(self) -> tuple[Standard, ...]:
        """Its own standards and those of its parts."""
        return (*self.standards, *(standard for part in self.parts for standard in part.all_standards))


@frozen
class Category:
    """A low-income category, or grace, with everything it takes."""

    code: str
    name: str
    of: str
    conditions: tuple[Condition, ...]


@frozen
class IncomeLine:
    """A yearly income line in yuan, for households of one member, two, three and so on; empty is unset."""

    title: str
    amounts: tuple[str, ...]

    @property
    def is_set(self) -> bool:
        """Whether what it is worked out from is set."""
        return any(self.amounts)


@frozen
class Recognition:
    """How the household is recognised: in what order, who counts, what income and what property.

    ``order`` and ``member_order`` name the categories; the first that holds is the household's or the
    member's.
    """

    order: tuple[str, ...]
    member_order: tuple[str, ...]
    counted: tuple[Condition, ...]
    not_counted: tuple[Condition, ...]
    property: tuple[Condition, ...]
    income: tuple[Standard, ...]
    lines: tuple[IncomeLine, ...]


@frozen
class HowMuch:
    """The sum a benefit gives: in short, and in full with the standards it is worked out from."""

    short: str
    full: str
    standards: tuple[Standard, ...] = ()


@frozen
class Relation:
    """How a benefit stands to others: it needs them first, gives way to them, shares a group.

    ``in_order`` says that the order of the others decides.
    """

    text: str
    others: tuple[Benefit, ...] = ()
    in_order: bool = False
    source: str = ""
    standards: tuple[Standard, ...] = ()


@frozen
class Offer:
    """One benefit of a programme, with what it declares in words."""

    benefit: Benefit
    of: str
    kind: str
    per: str
    conditions: tuple[Condition, ...]
    how_much: HowMuch
    until: Condition | None
    shows: tuple[str, ...]
    pack: str
    relations: tuple[Relation, ...]

    @property
    def unset(self) -> dict[str, Standard]:
        """The standards that it needs and nothing sets, by name."""
        until = self.until.standards if self.until else ()
        behind = (*self.how_much.standards, *until, *(s for c in self.conditions for s in c.all_standards))
        return {standard.name: standard for standard in behind if not standard.is_set}

    @property
    def is_unverified(self) -> bool:
        """Whether its sum was not verified; one that is worked out is not where a parameter behind it is not."""
        behind = self.how_much.standards
        if behind:
            return any(standard.is_unverified for standard in behind)
        return bool(self.per) and not self.benefit.verified


@frozen
class Department:
    """A programme, which a department runs, with its benefits."""

    programme: Programme
    offers: tuple[Offer, ...]


@frozen
class PackInForce:
    """A policy pack that applies to the region, with how much of it is in force that day."""

    pack: Pack
    owner: str
    standards: int
    offers: int

    @property
    def title(self) -> str:
        """Its name; of one without, the file's."""
        return self.pack.name or self.pack.file

    @property
    def says_something(self) -> bool:
        """Whether anything of it is in force."""
        return bool(self.standards or self.offers)


@frozen
class Handbook:
    """Everything in force in a region on a day."""

    region: str
    on: date
    packs: tuple[PackInForce, ...]
    categories: tuple[Category, ...]
    recognition: Recognition
    departments: tuple[Department, ...]
    standards: tuple[Standard, ...]
    household_facts: tuple[Fact, ...]
    member_facts: tuple[Fact, ...]
    left_out: tuple[str, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The benefits of all programmes."""
        return tuple(offer for department in self.departments for offer in department.offers)

    @property
    def place(self) -> str:
        """The name of the place: that of the most local of the packs in force that have one."""
        if not prefix_of(self.region):
            return NATION
        packs = [found.pack for found in self.packs if found.pack.name and found.pack.prefix and found.says_something]
        return max(packs, key=lambda pack: len(pack.prefix)).name if packs else ""
