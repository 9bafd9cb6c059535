"""The desk with packs and plugins of others: facts where they are in force, what is broken named or refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from litestar.testing import TestClient

from bangfu import Rulebook, household_from
from bangfu.loading import PLUGINS_PATH
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user
from bangfu_web import Settings, create_app
from web_desk import ON, PASSWORD, signed_in_at

PACK = Path(__file__).parents[1] / "scenarios" / "packs" / "heating.toml"
MEMBER = {"relation": "head", "name": "石大山", "birth_date": "1950-01-01", "incomes": []}
HERE, ELSEWHERE, STATED = "990100101001", "610625101001", "610625101002"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Return a browser at a desk with the pack, a broken plugin, and households here and elsewhere."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "ferry_broken.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.setenv(PLUGINS_PATH, str(tmp_path / "plugins"))
    rulebook = Rulebook.load([PACK])
    registry = Registry.open(str(tmp_path / "registry.db"), catalog=rulebook.catalog, key="")
    with registry.work(Attribution("王办事员", on=ON)) as work:
        for number, region in enumerate((HERE, ELSEWHERE, STATED)):
            stove = {"heating_by_stove": True} if region == STATED else {}
            data = {"region": region, "residence": "rural", "members": [MEMBER], **stove}
            work.add(household_from(data, on=ON, catalog=rulebook.catalog), f"h{number}")
        add_user(work, User("li", Role.CASEWORKER, ""), PASSWORD)
    return signed_in_at(create_app(registry, rulebook, Settings(second_factor=frozenset())), "li")


def test_a_fact_stands_in_the_form_where_it_matters(desk: TestClient) -> None:
    """Where the programme is in force, and where somebody has stated it all the same; nowhere else."""
    asked = {number: "自家烧炉取暖" in desk.get(f"/households/{number}/edit").text for number in ("h0", "h1", "h2")}
    assert asked == {"h0": True, "h1": False, "h2": True}


def test_a_broken_plugin_is_named_on_the_page_of_a_plan(desk: TestClient) -> None:
    """The plan of the others stands there."""
    page = desk.get("/households/h0/plan").text
    assert "ferry_broken" in page
    assert "高龄户取暖补贴" in page


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('"heating.share" = {', '"heating.shar" = {', "最接近的是 heating.share"),
        ('"not heating_by_stove"', '"not heating_by_stov"', "最接近的是 heating_by_stove"),
    ],
)
def test_the_desk_does_not_start_on_a_bad_pack(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    """It says what is wrong, also what only shows when the rules are put together."""
    bad = tmp_path / "bad.toml"
    bad.write_text(PACK.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    command = [sys.executable, "-m", "bangfu", "serve", "--demo", "--port", "0", "--policy", "bad.toml"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 1
    assert said in done.stderr
