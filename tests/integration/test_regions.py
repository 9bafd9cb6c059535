"""Divisions as people write them: what a code covers, in the rules, for users, in filters and in the journal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bangfu import Rulebook, household_from
from bangfu.regions import lies_in, prefix_of
from bangfu_office.registry import Attribution, Query, Registry, Source
from bangfu_office.registry.users import Role, User
from bangfu_office.sheets import export_workbook
from web_desk import FAMILY, OTHERS, Visitor

pytest_plugins = ["web_desk"]

ON = date(2026, 3, 1)
PLACES = (
    "520000", "522700", "522701", "522723", "522723000", "522723000000", "522723001002", "522723100", "522723102000",
    "522723102001", "522723102201", "522723110003", "620102", "110100",
)  # fmt: skip
ASKED = (
    "", "00", "0000", "000000", "52", "5200", "520000", "5227", "522700", "52270", "5227230", "52272300", "522723000",
    "52272310", "522723102", "5227231020", "52272310200", "522723102000", "522723102201", "6", "11", "1101", "99",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "prefix"), [("00", ""), ("0000", ""), ("5200", "52"), ("5227", "5227"), ("5", "5"), ("", "")]
)
def test_zeros_of_a_level_stand_for_all_of_it(code: str, prefix: str) -> None:
    """Also where a code is written as far as its province and prefecture."""
    assert prefix_of(code) == prefix


@pytest.mark.parametrize("beginning", ["52270", "5227230", "52272300", "5227231020", "52272310200"])
def test_a_zero_within_a_level_is_a_digit_of_it(beginning: str) -> None:
    """Streets are 001 to 099, towns from 100: whoever works in 5227230.. works in the streets, not in the county."""
    assert prefix_of(beginning) == beginning
    assert not lies_in(beginning[: len(beginning) // 3 * 3 - 1], beginning)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, rulebook: Rulebook) -> Registry:
    """Return a registry with a household in each place."""
    registry = Registry.open(str(tmp_path_factory.mktemp("places") / "county.db"), catalog=rulebook.catalog)
    with registry.work(Attribution("王办事员", Source.DECLARED, ON)) as work:
        for region in PLACES:
            data = {"region": region, "members": [{"relation": "head", "name": "石大山"}]}
            work.add(household_from(data, catalog=rulebook.catalog), f"h-{region}")
    return registry


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_listed_is_what_may_be_opened(places: Registry, asked: str, tmp_path: Path) -> None:
    """A filter, a user's right and an export agree on every code, whichever way it is written."""
    user = User("wang", Role.CASEWORKER, asked)
    may = {f"h-{region}" for region in PLACES if user.covers(region)}
    assert {found.number for found in places.find(Query(region=asked, limit=99), ON).households} == may
    assert set(places.numbers(asked)) == may
    assert {record.number for record in places.records(asked)} == may
    assert len(places.frames(ON, asked).numbers) == len(may)
    assert export_workbook(places, tmp_path / "out.xlsx", region=asked).households == len(may)


def test_the_nation_written_out(client_as: Callable[..., Visitor]) -> None:
    """Whoever works in 000000 sees what whoever works everywhere sees, users and their journal too."""
    administrators = [client_as(Role.ADMINISTRATOR, region) for region in ("000000", "")]
    names = [set(re.findall(r'<th scope="row">(.*?)</th>', one.get("/users").text)) for one in administrators]
    assert names[0] == names[1] > {"administrator-000000"}
    auditors = [client_as(Role.AUDITOR, region) for region in ("000000", "")]
    entries = [re.findall(r'<td class="num"[^>]*>(\d+)', one.get("/journal?operation=user").text) for one in auditors]
    assert len(entries[0]) > 0
    assert entries[0] == entries[1]
    listed = client_as(Role.REVIEWER, "000000").get("/households").text
    assert FAMILY in listed
    assert OTHERS in listed
