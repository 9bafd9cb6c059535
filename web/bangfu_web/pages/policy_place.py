"""A region and a day as somebody asks for them on a policy page, and the handbook that is in force there then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from bangfu import clock
from bangfu.facts import Digits
from bangfu.files.values import Wrong, read_day, read_scalar
from bangfu.handbook import Handbook, handbook_of
from bangfu.policy import Policy
from bangfu_office.access.actor import Actor

_LENGTHS = (6, 9, 12)


@frozen
class Place:
    """What was asked for, as it was written, with what is wrong about it by field."""

    region: str
    on: str
    errors: Mapping[str, str]

    @property
    def day(self) -> date:
        """The day; only where nothing is wrong."""
        return date.fromisoformat(self.on)


@frozen
class InForce:
    """What holds at a place on a day."""

    place: Place
    policy: Policy
    handbook: Handbook


def read_place(asked: Mapping[str, str], actor: Actor, prefix: str = "") -> Place:
    """Return the region and day of a form; the user's own region and today where none is given."""
    region = asked.get(f"{prefix}region", "").strip() or own_region(actor)
    on = asked.get(f"{prefix}on", "").strip() or clock.today().isoformat()
    errors = {}
    try:
        read_scalar(Digits(_LENGTHS), region)
    except Wrong as wrong:
        errors[f"{prefix}region"] = wrong.said
    try:
        on = read_day(on).isoformat()
    except Wrong as wrong:
        errors[f"{prefix}on"] = wrong.said
    return Place(region[:40], on[:40], errors)


def own_region(actor: Actor) -> str:
    """Return the code of the user's region in full; the whole country for somebody who works everywhere."""
    mine = actor.user.region
    length = next((length for length in _LENGTHS if len(mine) <= length), max(_LENGTHS))
    return mine.ljust(length, "0")


def in_force(actor: Actor, place: Place) -> InForce:
    """Return what holds at a place on a day.

    Raises:
        PackError, RuleError: an added policy pack cannot be taken.
    """
    rulebook = actor.office.rulebook
    ruleset = rulebook.rules(place.region, place.day)
    left_out = (*rulebook.left_out, *ruleset.left_out)
    return InForce(place, ruleset.policy, handbook_of(ruleset, rulebook.packs, place.region, place.day, left_out))


def known_regions(actor: Actor) -> dict[str, str]:
    """Return the names of the regions that have a policy pack, by code, the country first."""
    return dict(sorted((pack.region, pack.name) for pack in actor.office.rulebook.packs))
