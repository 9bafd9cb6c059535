"""The policy in force (现行政策) as an office reads it: of a place and day, beside another, as a page to print."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any

from attrs import define, evolve, field, frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bangfu import __version__, clock
from bangfu.facts import Digits
from bangfu.files import Wrong, read_day, read_scalar
from bangfu.handbook import SIZES, Handbook, HandbookChange, Offer, Standard, changes, day_text, handbook_of, type_text
from bangfu.messages import _
from bangfu.policy import Code, clause_pieces, source_titles
from bangfu_office.access import Action, Actor

UNVERIFIED, UNSET = "unverified", "unset"
CHOICES: Mapping[str, str] = {"": _("全部"), UNVERIFIED: _("只看未核对的"), UNSET: _("只看未设定的")}
"""What of a handbook somebody may ask for alone."""
_LENGTHS = (6, 9, 12)
_LONGEST = 40


@frozen
class PolicyPlace:
    """The region and day that were asked for, as they were written, with what is wrong about each."""

    region: str
    on: str
    errors: Mapping[str, str]


@frozen
class InForce:
    """What is in force at a place on a day: ``handbook`` has what was asked for, ``counts`` how much each choice has.

    Where something is wrong about the place there is no handbook.
    """

    place: PolicyPlace
    only: str
    handbook: Handbook | None = None
    counts: Mapping[str, int] = field(factory=dict)
    titles: Mapping[str, str] = field(factory=dict, repr=False)
    """The titles of texts that clauses cite, by their short names."""


@frozen
class Compared:
    """What differs between two places or days; ``titles`` is None where something is wrong about one of both."""

    places: tuple[PolicyPlace, PolicyPlace]
    standards: list[HandbookChange] = field(factory=list)
    offers: list[HandbookChange] = field(factory=list)
    titles: Mapping[str, str] | None = field(default=None, repr=False)


def policy_in_force(actor: Actor, region: str, on: str, only: str = "") -> InForce:
    """Return what is in force in a region on a day; the actor's own and today where none is given.

    Raises:
        NotPermittedError: the role may not.
        PackError, RuleError: an added policy pack cannot be taken.
    """
    actor.must(Action.SIGNED_IN)
    place = _place(actor, region, on)
    only = only if only in CHOICES else ""
    if place.errors:
        return InForce(place, only)
    handbook, titles = _handbook(actor, place)
    every: list[Offer | Standard] = [*handbook.offers, *handbook.standards]
    counts = {choice: sum(_is_chosen(of, choice) for of in every) for choice in CHOICES}
    departments = (
        evolve(department, offers=tuple(offer for offer in department.offers if _is_chosen(offer, only)))
        for department in handbook.departments
    )
    standards = tuple(standard for standard in handbook.standards if _is_chosen(standard, only))
    chosen = evolve(handbook, departments=tuple(departments), standards=standards)
    return InForce(place, only, chosen, counts, titles)


def compare_policies(actor: Actor, first: tuple[str, str], second: tuple[str, str]) -> Compared:
    """Return what differs between two regions and days, each as in ``policy_in_force``, which raises the same."""
    actor.must(Action.SIGNED_IN)
    places = _place(actor, *first), _place(actor, *second)
    if any(place.errors for place in places):
        return Compared(places)
    (here, titles), (there, _titles) = (_handbook(actor, place) for place in places)
    return Compared(places, *changes(here, there), titles)


def known_regions(actor: Actor) -> dict[str, str]:
    """Return the names of the regions that have a policy pack, by code, the country first."""
    return dict(sorted((pack.region, pack.name) for pack in actor.office.rulebook.packs))


def _place(actor: Actor, region: str, on: str) -> PolicyPlace:
    mine = actor.user.region  # shortened to what counts; empty for somebody who works everywhere
    length = next((length for length in _LENGTHS if len(mine) <= length), max(_LENGTHS))
    region, on = region.strip() or mine.ljust(length, "0"), on.strip() or clock.today().isoformat()
    errors = {}
    try:
        read_scalar(Digits(_LENGTHS), region)
    except Wrong as wrong:
        errors["region"] = wrong.said
    try:
        on = read_day(on).isoformat()
    except Wrong as wrong:
        errors["on"] = wrong.said
    return PolicyPlace(region[:_LONGEST], on[:_LONGEST], errors)


def _handbook(actor: Actor, place: PolicyPlace) -> tuple[Handbook, Mapping[str, str]]:
    rulebook, on = actor.office.rulebook, date.fromisoformat(place.on)
    return handbook_of(rulebook, place.region, on), rulebook.rules(place.region, on).policy.titles


def _is_chosen(of: Offer | Standard, only: str) -> bool:
    if only == UNVERIFIED:
        return of.is_unverified
    if only == UNSET:
        return bool(of.unset) if isinstance(of, Offer) else not of.is_set
    return True


@define
class Citations:
    """Writes clauses for one page and remembers which texts they name; ``say`` words a text for the page."""

    titles: Mapping[str, str] = field(repr=False)
    say: Callable[[str], str]
    _used: set[str] = field(factory=set)

    def cite(self, source: str) -> Markup:
        """Return a clause as HTML, the short names of texts linked to the list at the page's end."""
        return Markup().join(map(self._piece, clause_pieces(source)))

    @property
    def used(self) -> list[tuple[str, str]]:
        """The short names that were cited, each with the text it stands for."""
        return [(code, title) for code, title in self.titles.items() if code in self._used]

    def _piece(self, piece: str) -> Markup:
        if not isinstance(piece, Code) or piece not in self.titles:
            return Markup("{}").format(self.say(piece))
        self._used.add(piece)
        return Markup('<a class="code" href="#text-{code}">{code}</a>').format(code=piece)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"(?<=[._])(?=.)")
_UNFIT_FOR_ID = re.compile(r"[^\w.-]")


def handbook_as_html(handbook: Handbook) -> str:
    """Return the handbook as a whole HTML document."""
    citations = Citations(source_titles(), _printable)
    sizes = [f"{size} 人" for size in SIZES]
    template = environment().get_template("handbook.html")
    return template.render(book=handbook, cite=citations.cite, citations=citations, sizes=sizes, version=__version__)


@cache
def environment() -> Environment:
    """Return the handbook's templates; whatever is not written there is text and gets escaped."""
    made = Environment(
        loader=PackageLoader("bangfu_office"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    made.filters.update(anchor=_anchor, breakable=_breakable, day=day_text, type_text=type_text)
    return made


def _printable(value: Any) -> Any:
    """Return text without control characters, which no HTML may hold; whatever else as it is."""
    # Markup was made of text that went through here.
    is_text = isinstance(value, str) and not isinstance(value, Markup)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value) if is_text else value


def _anchor(code: str, kind: str) -> str:
    """Return the id of a thing of some kind, fit for an ``id`` and for a link."""
    return f"{kind}-{_UNFIT_FOR_ID.sub('_', code)}"


def _breakable(code: str) -> Markup:
    """Return a name as it is written in files; it may break behind dots and underscores."""
    return Markup("<wbr>").join(map(_printable, _BREAKS.split(code)))
