"""Policy: what is in force in a region on a day, and what differs between two regions or days."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from litestar import Response

from bangfu.handbook import Handbook
from bangfu.handbook.comparison import changed_offers, changed_standards
from bangfu.handbook.model import Condition, Offer, Standard
from bangfu.messages import _
from bangfu_office.access.permissions import Action
from bangfu_office.handbook.citations import Citations
from bangfu_web.desk import actor_of
from bangfu_web.language import saying
from bangfu_web.pages.policy_place import in_force, known_regions, read_place
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get

UNVERIFIED, UNSET = "unverified", "unset"
ONLY = {"": _("全部"), UNVERIFIED: _("只看未核对的"), UNSET: _("只看未设定的")}
_INVALID = 422


@get("/policy", may=Action.SIGNED_IN)
def policy(request: Req) -> Response[str]:
    """Show the programmes, benefits and parameters of a region and a day."""
    actor = actor_of(request)
    asked = _asked(request)
    place = read_place(asked, actor)
    only = asked.get("only", "") if asked.get("only", "") in ONLY else ""
    found = None if place.errors else in_force(actor, place)
    return render(
        request,
        "policy.html",
        status=_INVALID if place.errors else 200,
        place=place,
        regions=known_regions(actor),
        only=only,
        choices=ONLY,
        counts=_counts(found.handbook) if found else {},
        handbook=_only(found.handbook, only) if found else None,
        unset=unset_behind,
        unverified=unverified,
        citations=Citations(found.policy.titles, saying(request)) if found else None,
    )


@get("/policy/compare", may=Action.SIGNED_IN)
def compare(request: Req) -> Response[str]:
    """Show which parameters and benefits differ between two regions or days."""
    actor = actor_of(request)
    asked = _asked(request)
    places = [read_place(asked, actor), read_place(asked, actor, "other_")]
    errors = {name: text for place in places for name, text in place.errors.items()}
    sides = [] if errors else [in_force(actor, place) for place in places]
    books = [side.handbook for side in sides]
    return render(
        request,
        "policy_compare.html",
        status=_INVALID if errors else 200,
        places=places,
        regions=known_regions(actor),
        errors=errors,
        standards=changed_standards(*books) if books else [],
        offers=changed_offers(*books) if books else [],
        citations=Citations(sides[0].policy.titles, saying(request)) if sides else None,
    )


def _asked(request: Req) -> dict[str, str]:
    return {name: str(value) for name, value in request.query_params.items()}


def unset_behind(offer: Offer) -> dict[str, Standard]:
    """Return the standards that a benefit needs and nothing sets, by name."""
    behind = [*offer.how_much.standards, *(offer.until.standards if offer.until else ()), *_behind(offer.conditions)]
    return {standard.name: standard for standard in behind if not standard.is_set}


def _behind(conditions: Iterable[Condition]) -> Iterable[Standard]:
    for condition in conditions:
        yield from condition.standards
        yield from _behind(condition.parts)


def unverified(of: Offer | Standard) -> bool:
    """Return whether a figure was not verified; one that is worked out is not where a parameter behind it is not."""
    if isinstance(of, Standard):
        return of.is_set and not of.verified
    behind = of.how_much.standards
    return any(unverified(standard) for standard in behind) if behind else bool(of.per) and not of.verified


def _stays(of: Offer | Standard, only: str) -> bool:
    """Return whether a benefit or parameter is shown."""
    if only == UNVERIFIED:
        return unverified(of)
    if only == UNSET:
        return bool(unset_behind(of)) if isinstance(of, Offer) else not of.is_set
    return True


def _only(handbook: Handbook, only: str) -> Handbook:
    departments = (
        evolve(department, offers=tuple(offer for offer in department.offers if _stays(offer, only)))
        for department in handbook.departments
    )
    standards = tuple(standard for standard in handbook.standards if _stays(standard, only))
    return evolve(handbook, departments=tuple(departments), standards=standards)


def _counts(handbook: Handbook) -> dict[str, int]:
    shown: list[Offer | Standard] = [*handbook.offers, *handbook.standards]
    return {only: sum(_stays(of, only) for of in shown) for only in ONLY}


ROUTES = (policy, compare)
