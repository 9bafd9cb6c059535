"""Finding households of the actor's region, and what needs attention among them.

Each function raises NotPermittedError where a role may not, NotThereError where a household is not in its region.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from bangfu import clock
from bangfu_office.access import Action, Actor
from bangfu_office.forms.read import whole_number
from bangfu_office.registry import Attention, Page, Query
from bangfu_office.registry.listing import counts

PAGE = 50
_LAST_PAGE = 100_000
_LONGEST_TEXT = 100


@frozen
class HouseholdList:
    """A page of the households that were found, names masked, and how many of all of them need attention why.

    ``elsewhere`` says that the region that was asked for is not the actor's, whose own is shown instead.
    """

    query: Query = field(repr=False)
    elsewhere: bool
    found: Page = field(repr=False)
    signs: Mapping[Attention, int]
    page: int
    pages: int
    programmes: Mapping[str, str]


def find_households(actor: Actor, asked: Mapping[str, str]) -> HouseholdList:
    """Return what a search form finds; an input that makes no sense is left out."""
    actor.must(Action.READ)
    registry, today = actor.office.registry, clock.today()
    region = asked.get("region", "").strip()
    page = min(max(1, whole_number(asked.get("page", "")) or 1), _LAST_PAGE)
    query = _query(actor, asked, region, (page - 1) * PAGE)
    found = registry.find(query, today)
    with registry.database.reading() as connection:
        signs = counts(connection, evolve(query, attention=None), registry.encryption, today)
    rules = actor.office.rulebook.rules((query.region or "000000").ljust(6, "0"), today)
    return HouseholdList(
        query,
        bool(region) and not actor.user.covers(region),
        registry.masked_page(found),
        signs,
        page,
        max(1, -(-found.total // PAGE)),
        {programme.code: programme.name for programme in rules.programmes},
    )


def _query(actor: Actor, asked: Mapping[str, str], region: str, offset: int) -> Query:
    attention = asked.get("attention", "")
    return Query(
        region=region if actor.user.covers(region) else actor.user.region,
        text=asked.get("text", "").strip()[:_LONGEST_TEXT],
        category=asked.get("category", ""),
        programme=actor.programme or asked.get("programme", ""),
        attention=Attention(attention) if attention in set(Attention) else None,
        closed=asked.get("closed") == "1",
        offset=offset,
        limit=PAGE,
    )
