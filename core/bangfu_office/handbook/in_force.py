"""The policy in force (现行政策), for everybody who is signed in: at a place on a day, or two of them compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import evolve, field, frozen

from bangfu import clock
from bangfu.facts import Digits
from bangfu.files import Wrong, read_day, read_scalar
from bangfu.handbook import Handbook, HandbookChange, Offer, Standard, changed_offers, changed_standards, handbook_of
from bangfu.messages import _
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
    return Compared(places, changed_standards(here, there), changed_offers(here, there), titles)


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
