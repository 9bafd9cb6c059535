"""What a handbook says, as frozen values in Chinese words; nothing here knows HTML."""

from __future__ import annotations

from datetime import date

from attrs import frozen


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

    name: str
    residence: str
    amounts: tuple[str, ...]


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

    @property
    def unset(self) -> tuple[Standard, ...]:
        """The standards that nothing sets."""
        return tuple(standard for standard in self.standards if not standard.is_set)


@frozen
class Link:
    """Another benefit."""

    code: str
    name: str


@frozen
class Relation:
    """How a benefit stands to others: it needs them first, gives way to them, shares a group.

    ``in_order`` says that the order of the others decides.
    """

    text: str
    others: tuple[Link, ...] = ()
    in_order: bool = False
    source: str = ""
    standards: tuple[Standard, ...] = ()


@frozen
class Offer:
    """One benefit of a programme."""

    code: str
    name: str
    of: str
    kind: str
    per: str
    verified: bool
    source: str
    conditions: tuple[Condition, ...]
    how_much: HowMuch
    until: Condition | None = None
    documents: tuple[str, ...] = ()
    office: str = ""
    note: str = ""
    shows: tuple[str, ...] = ()
    pack: str = ""
    relations: tuple[Relation, ...] = ()


@frozen
class Department:
    """A programme with the department that runs it."""

    code: str
    name: str
    office: str
    offers: tuple[Offer, ...]


@frozen
class StatedFact:
    """A fact that a household file can state."""

    name: str
    label: str
    type: str
    choices: tuple[tuple[str, str], ...]
    if_absent: str
    source: str
    question: str


@frozen
class PackInForce:
    """A policy pack that applies to the region, with how much of it is in force that day."""

    name: str
    file: str
    region: str
    source: str
    owner: str
    standards: int
    offers: int
    unused: tuple[str, ...]

    @property
    def says_something(self) -> bool:
        """Whether anything of it is in force."""
        return bool(self.standards or self.offers)


@frozen
class Document:
    """A text that clauses cite by a short code."""

    code: str
    title: str


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
    household_facts: tuple[StatedFact, ...]
    member_facts: tuple[StatedFact, ...]
    left_out: tuple[str, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The benefits of all programmes."""
        return tuple(offer for department in self.departments for offer in department.offers)
