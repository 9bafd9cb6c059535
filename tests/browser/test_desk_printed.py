"""Printed sheets, in a real browser: reached from the plan, downloaded as PDF, printed from the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bangfu import household_from
from bangfu_office.registry import Attribution
from bangfu_office.registry.users import Role
from live_desk import LiveDesk, Opener, complaints
from pdf_text import characters, unpacked
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, ON

A4 = (595, 842)
"""Points, 72 to the inch."""


@pytest.fixture
def family(desk: LiveDesk) -> str:
    """Return a household with dibao and four more supports."""
    with desk.registry.work(Attribution("test", on=ON)) as work:
        return work.add(household_from(HOUSEHOLDS[FAMILY], on=ON, catalog=desk.registry.catalog))


def sizes(pdf: bytes) -> set[tuple[int, int]]:
    """Return the sizes of the pages of a PDF."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", unpacked(pdf))
    return {(round(float(width)), round(float(height))) for width, height in boxes}


def downloaded(page: Page) -> bytes:
    """Press the button of the PDF and return what comes."""
    with page.expect_download() as download:
        page.click("text=下载 PDF")
    assert download.value.suggested_filename.endswith(f"-{ON}.pdf")
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("script", [True, False])
def test_the_plan_as_pdf(family: str, desk: LiveDesk, opened: Opener, script: bool) -> None:
    """From the plan to its sheet, from there to a PDF of A4 pages with Chinese that can be read out of it."""
    page = opened(Role.REVIEWER, script=script)
    page.goto(f"{desk.url}/households/{family}/plan?on={ON}")
    page.click("text=打印")
    expect(page.locator("main h1")).to_contain_text("帮扶计划")
    page.get_by_role("button", name="显示姓名和证件号码").click()
    expect(page.locator("main")).to_contain_text("石大山")
    pdf = downloaded(page)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert sizes(pdf) == {A4}
    assert set("帮扶计划石大山最低生活保障金") <= set(characters(pdf))


@pytest.mark.parametrize("kind", ["认定告知书", "不予认定（不符合）告知书"])
def test_notices_are_reached_from_the_plan(kind: str, family: str, desk: LiveDesk, opened: Opener) -> None:
    """Both, of the day of the plan; as PDF too."""
    page = opened(Role.REVIEWER)
    page.goto(f"{desk.url}/households/{family}/plan?on={ON}")
    page.get_by_role("link", name=kind, exact=True).click()
    expect(page.locator("main h1")).to_have_text(kind)
    expect(page.locator("main")).to_contain_text(f"{ON.year} 年 {ON.month} 月 {ON.day} 日")
    assert sizes(downloaded(page)) == {A4}


def test_who_may_not_see_notices_is_shown_none(family: str, desk: LiveDesk, opened: Opener) -> None:
    """A department's officer prints what is of the own programme."""
    page = opened(Role.OFFICER)
    page.goto(f"{desk.url}/households/{family}/plan?on={ON}")
    expect(page.get_by_role("link", name="打印")).to_be_visible()
    expect(page.get_by_role("link", name="认定告知书", exact=True)).to_have_count(0)


def test_a_notice_that_cannot_be_issued_says_why(desk: LiveDesk, opened: Opener) -> None:
    """The category is open: no determination, no PDF of one, but what to ask."""
    little = {"region": GUIDING, "members": [{"relation": "head", "name": "石大川"}]}
    with desk.registry.work(Attribution("test", on=ON)) as work:
        number = work.add(household_from(little, on=ON, catalog=desk.registry.catalog))
    page = opened(Role.REVIEWER)
    page.goto(f"{desk.url}/households/{number}/plan")
    page.get_by_role("link", name="认定告知书", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("类别还不能确定")
    expect(page.locator("text=下载 PDF")).to_have_count(0)
    assert complaints(page) == []


@pytest.mark.parametrize("kind", ["plan", "determination", "refusal"])
def test_printed_from_the_page(kind: str, family: str, desk: LiveDesk, opened: Opener) -> None:
    """On paper there are no links and buttons; black on white, also of a dark screen; A4, nothing cut off."""
    page = opened(Role.REVIEWER)
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{desk.url}/households/{family}/print/{kind}?on={ON}")
    expect(page.locator(".toolbar")).to_be_hidden()
    expect(page.locator("main h1")).to_be_visible()
    colours = page.evaluate("[getComputedStyle(document.querySelector('main')).color,"
                            " getComputedStyle(document.documentElement).backgroundColor]")  # fmt: skip
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    pdf = page.pdf(prefer_css_page_size=True)
    assert {(round(width), round(height)) for width, height in sizes(pdf)} == {A4}
    page.set_viewport_size({"width": 672, "height": 900})  # A4 without its margins, at 96 to the inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 672


@pytest.mark.parametrize("width", [1200, 360])
def test_sheets_on_a_screen(width: int, family: str, desk: LiveDesk, opened: Opener) -> None:
    """All three are read on a telephone too."""
    page = opened(Role.REVIEWER, width=width)
    for kind in ("plan", "determination", "refusal"):
        page.goto(f"{desk.url}/households/{family}/print/{kind}?on={ON}")
        assert complaints(page) == []
