"""The list of households: what a region outside of one's own shows; and what htmx is told where something fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bangfu_office.registry.users import Role
from web_desk import FAMILY, GUIDING, LANZHOU, OTHERS, SINGLE, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
COUNTY = GUIDING[:6]
SAID = f"所填地区超出您所管的范围，下面是您所管地区（{COUNTY}）的家庭。"


@pytest.mark.parametrize("region", [LANZHOU, LANZHOU[:2], COUNTY[:2], "000000", "户主"])
def test_a_region_beyond_ones_own(client_as: ClientAs, region: str) -> None:
    """It is said, and one's own households are shown; in the whole page and in the part of it."""
    visitor = client_as(Role.CASEWORKER, COUNTY)
    for answer in (
        visitor.get(f"/households?region={region}"),
        visitor.send("/households/find", {"region": region}),
        visitor.send("/households/find", {"region": region}, **{"hx-target": "found"}),
    ):
        assert answer.status_code == 200
        assert SAID in answer.text
        assert FAMILY in answer.text
        assert SINGLE in answer.text
        assert OTHERS not in answer.text


@pytest.mark.parametrize("region", ["", COUNTY, GUIDING, "  "])
def test_ones_own_region_needs_no_words(client_as: ClientAs, region: str) -> None:
    """None, all of it, or a part; and never more than it."""
    answer = client_as(Role.CASEWORKER, COUNTY).get(f"/households?region={region}")
    assert "所填地区" not in answer.text
    assert FAMILY in answer.text
    assert OTHERS not in answer.text


def test_whoever_works_everywhere_is_asked_nothing(client_as: ClientAs) -> None:
    """Every region is theirs."""
    answer = client_as(Role.REVIEWER).get(f"/households?region={LANZHOU}")
    assert "所填地区" not in answer.text
    assert OTHERS in answer.text
    assert FAMILY not in answer.text


def test_what_fails_stands_in_the_place_of_the_page(client_as: ClientAs) -> None:
    """Not in that of the part that was asked for; a page that is asked for as a whole is as ever."""
    visitor = client_as(Role.CASEWORKER, COUNTY)
    path = f"/households/{OTHERS}/answers"
    part = visitor.send(path, {"fact": "homes"}, **{"hx-request": "true", "hx-target": "plan"})
    assert part.status_code == 404
    assert (part.headers["hx-retarget"], part.headers["hx-reselect"]) == ("#main", "#main")
    assert "hx-retarget" not in visitor.send(path, {"fact": "homes"}).headers


def test_a_session_that_ended_leads_to_the_sign_in(client_as: ClientAs) -> None:
    """The browser goes there with the whole page; the sign-in is not put into a part of it."""
    visitor = client_as(Role.CASEWORKER, COUNTY)
    visitor.client.cookies.clear()
    assert visitor.get("/households").headers["location"] == "/login"
    part = visitor.get("/households", **{"hx-request": "true"})
    assert part.headers["hx-redirect"] == "/login"
    assert "location" not in part.headers


@pytest.mark.parametrize("region", ["520000", "522700", "5227", f"{COUNTY}000", f"{COUNTY}000000", f"{GUIDING[:9]}000"])
def test_a_region_written_with_its_zeros(client_as: ClientAs, region: str) -> None:
    """A prefecture is written 522700 as well as 5227: who works there sees its households, and no others."""
    visitor = client_as(Role.CASEWORKER, region)
    listed = visitor.get("/households").text
    assert FAMILY in listed
    assert OTHERS not in listed
    assert visitor.get(f"/households/{FAMILY}/plan").status_code == 200
    assert visitor.get(f"/households/{OTHERS}/plan").status_code == 404
    assert "所填地区" not in visitor.get(f"/households?region={region}").text


@pytest.mark.parametrize(("region", "seen"), [("522700", {FAMILY, SINGLE}), ("620000", {OTHERS}), ("000000", None)])
def test_a_filter_written_with_its_zeros(client_as: ClientAs, region: str, seen: set[str] | None) -> None:
    """On the page as in the API."""
    visitor = client_as(Role.REVIEWER)
    page = visitor.get(f"/households?region={region}").text
    listed = {one["number"] for one in visitor.get(f"/api/households?region={region}").json()["households"]}
    assert listed == (seen or {FAMILY, SINGLE, OTHERS})
    assert {number for number in (FAMILY, SINGLE, OTHERS) if number in page} == listed
