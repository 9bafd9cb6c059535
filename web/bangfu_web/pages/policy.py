"""Policy: what is in force in a region on a day, and what differs between two regions or days."""

from __future__ import annotations

from litestar import Response

from bangfu_office.access import Action
from bangfu_office.handbook import CHOICES, Citations, compare_policies, known_regions, policy_in_force
from bangfu_web.desk import Req, actor_of
from bangfu_web.render import render, saying
from bangfu_web.routing import get

_INVALID = 422


@get("/policy", may=Action.SIGNED_IN)
def policy(request: Req) -> Response[str]:
    """Show the programmes, benefits and parameters of a region and a day."""
    actor = actor_of(request)
    found = policy_in_force(actor, *_asked(request, "region", "on", "only"))
    return render(
        request,
        "policy.html",
        status=200 if found.handbook else _INVALID,
        found=found,
        regions=known_regions(actor),
        choices=CHOICES,
        citations=Citations(found.titles, saying(request)),
    )


@get("/policy/compare", may=Action.SIGNED_IN)
def compare(request: Req) -> Response[str]:
    """Show which parameters and benefits differ between two regions or days."""
    actor = actor_of(request)
    region, on, other_region, other_on = _asked(request, "region", "on", "other_region", "other_on")
    found = compare_policies(actor, (region, on), (other_region, other_on))
    return render(
        request,
        "policy_compare.html",
        status=_INVALID if found.titles is None else 200,
        found=found,
        places=found.places,
        regions=known_regions(actor),
        citations=None if found.titles is None else Citations(found.titles, saying(request)),
    )


def _asked(request: Req, *names: str) -> list[str]:
    return [str(request.query_params.get(name, "")) for name in names]
