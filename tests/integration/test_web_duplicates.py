"""One ID number in two households: told on both, and nobody learns what another place has registered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bangfu import household_from
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role
from bangfu_office.sheets import import_workbook
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, LANZHOU, ON, OTHERS, Visitor
from workbooks import Book

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
HEAD = HOUSEHOLDS[FAMILY]["members"][0]["id_number"]
NEAR, FAR = "同县", "外地"


@pytest.fixture(autouse=True)
def twice(web_registry: Registry) -> None:
    """Register the head of the family once more in the same county and once far away."""
    with web_registry.work(Attribution("王办事员", on=ON)) as work:
        for number, region in ((NEAR, GUIDING), (FAR, LANZHOU)):
            members = [{"relation": "head", "id_number": HEAD}]
            work.add(household_from({"region": region, "members": members}, on=ON), number)


@pytest.mark.parametrize("page", ["", "/plan"], ids=["facts", "plan"])
def test_both_pages_of_both_households_tell(client_as: ClientAs, page: str) -> None:
    """Those who work everywhere see numbers and links; others only their own region's, and that there are more."""
    everywhere = client_as(Role.REVIEWER)
    for number, others in ((FAMILY, (NEAR, FAR)), (NEAR, (FAMILY, FAR)), (FAR, (FAMILY, NEAR))):
        text = everywhere.get(f"/households/{number}{page}").text
        assert "同时登记在" in text
        assert "另有一处登记" not in text
        assert all(f'<a href="/households/{other}">{other}</a>' in text for other in others)
    county = client_as(Role.CASEWORKER, GUIDING[:6]).get(f"/households/{FAMILY}{page}").text
    assert f'<a href="/households/{NEAR}">{NEAR}</a>' in county
    assert "另有一处登记" in county
    assert (FAR in county, LANZHOU in county, HEAD in county) == (False, False, False)
    assert "同时登记在" not in everywhere.get(f"/households/{OTHERS}{page}").text


def test_the_api_tells_no_more(client_as: ClientAs) -> None:
    """The same function decides."""
    (told,) = client_as(Role.CASEWORKER, GUIDING[:6]).get(f"/api/households/{FAMILY}").json()["duplicates"]
    assert {place["number"] for place in told["places"]} == {FAMILY, NEAR}
    assert told["elsewhere"] is True
    (told,) = client_as(Role.REVIEWER).get(f"/api/households/{FAMILY}").json()["duplicates"]
    assert ({place["number"] for place in told["places"]}, told["elsewhere"]) == ({FAMILY, NEAR, FAR}, False)


def test_an_import_tells_by_row(web_registry: Registry, tmp_path: Path) -> None:
    """Of rows of the same workbook and of what is registered, the number masked; nothing is refused for it."""
    book = Book(
        {
            "家庭": [["户编号", "region"], ["新一", GUIDING], ["新二", GUIDING]],
            "成员": [
                ["户编号", "成员序号", "relation", "id_number"], ["新一", 1, "户主", HEAD], ["新二", 1, "户主", HEAD],
            ],
        }
    )  # fmt: skip
    path = book.save(tmp_path / "households.xlsx")
    by = Attribution("王办事员", on=ON)
    for _ in range(2):
        report = import_workbook(web_registry, path, by, allowed=lambda region: region.startswith(GUIDING[:6]))
        told = [notice for notice in report.notices if "同时登记在" in notice]
        assert [notice.split("：")[0] for notice in told] == ["成员 第 2 行", "成员 第 3 行"]
        assert "本表第 3 行" in told[0]
        assert "本表第 2 行" in told[1]
        assert all(FAMILY in notice and NEAR in notice and "另有一处登记" in notice for notice in told)
        assert not any(HEAD in notice or FAR in notice for notice in told)
    assert report.unchanged == 2
