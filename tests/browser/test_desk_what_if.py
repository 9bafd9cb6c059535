"""What if, in a real browser: somebody starts work, and what the household gains and loses stands beside the plan."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from bangfu import household_from
from bangfu_office.registry import Attribution
from bangfu_office.registry.users import Role
from live_desk import LiveDesk, Opener, complaints
from web_desk import GUIDING, ON

WAGELESS = {
    "region": GUIDING,
    "residence": "rural",
    "registered_poor": True,
    "assets_within_limits": True,
    "expenses": [],
    "members": [
        {"relation": "head", "name": "石大山", "sex": "male", "birth_date": "1980-03-15", "employment": "unemployed",
         "insured": True, "incomes": []},
        {"relation": "spouse", "name": "韦春梅", "sex": "female", "birth_date": "1982-02-28", "disability_kind": "limb",
         "disability_grade": 1, "insured": True, "incomes": []},
        {"relation": "child", "name": "石小岩", "sex": "female", "birth_date": "2012-05-01", "school_stage": "primary",
         "insured": True, "incomes": []},
    ],
}  # fmt: skip
"""Nobody earns. The standard is 5,400 a head: dibao of 16,200, and premiums of 3 × 200 are paid."""


@pytest.fixture
def number(desk: LiveDesk) -> str:
    """Return the number of the household in which nobody earns."""
    with desk.registry.work(Attribution("test", on=ON)) as work:
        return work.add(household_from(WAGELESS, on=ON, catalog=desk.registry.catalog))


def starts_work(page: Page, desk: LiveDesk, number: str) -> None:
    """Ask what would be if the father earned 1,800 a month."""
    page.goto(f"{desk.url}/households/{number}/what-if?on={ON}")
    page.fill("#work\\.wage", "1800")
    page.get_by_role("button", name="显示姓名和证件号码").click()
    page.select_option("#work\\.person", label="1 石大山")
    expect(page.locator("#work\\.wage")).to_have_value("1800")
    page.locator("#changes .save button").click()


def group(page: Page, title: str) -> Locator:
    """Return the section of what is gained or lost."""
    return page.locator("section.group", has=page.get_by_role("heading", name=title, exact=False))


@pytest.mark.parametrize(("width", "script"), [(1200, True), (360, True), (1200, False), (360, False)])
def test_a_member_starts_work(width: int, script: bool, number: str, desk: LiveDesk, opened: Opener) -> None:
    """21,600 a year are above 16,200 and below 24,300: dibao goes, the disabled mother has 5,400 of her own.

    17,600 − 16,200 − 2 × 200 + 5,400 = 6,400. Nothing is stored.
    """
    page = opened(Role.REVIEWER, width=width, script=script)
    before = desk.registry.household(number).version
    starts_work(page, desk, number)
    rows = page.locator("table.beside tbody tr")
    expect(rows.nth(0)).to_contain_text("低保边缘")
    assert rows.nth(0).locator("td").all_inner_texts()[:2] == ["低保", "低保边缘"]
    assert rows.nth(1).locator("td").all_inner_texts() == ["17,600.00", "6,400.00", "−11,200.00"]
    gained, lost = group(page, "得到"), group(page, "失去")
    expect(gained.locator("article")).to_have_count(1)
    expect(gained).to_contain_text("2 韦春梅 · 单人保（最低生活保障金） +5,400.00 元/年")
    expect(lost).to_contain_text("全户 · 最低生活保障金 −16,200.00 元/年")
    expect(lost).to_contain_text("1 石大山 · 参保定额资助 −200.00 元/年")
    expect(lost).not_to_contain_text("2 韦春梅")
    expect(page.locator("#work\\.wage")).to_have_value("1800")
    if script:
        assert complaints(page) == []
    assert desk.registry.household(number).version == before
    assert desk.registry.assessments(number) == []


def test_what_is_wrong_is_said_at_its_field(number: str, desk: LiveDesk, opened: Opener) -> None:
    """A wage without anybody who earns it: said in place, and nothing is compared."""
    page = opened(Role.REVIEWER)
    page.goto(f"{desk.url}/households/{number}/what-if")
    page.fill("#work\\.wage", "1800")
    page.locator("#changes .save button").click()
    expect(page.locator("#work\\.person-error")).to_contain_text("请先选成员")
    expect(page.locator("#work\\.wage")).to_have_value("1800")
    expect(page.locator("#found")).to_have_count(0)
    assert complaints(page) == []
