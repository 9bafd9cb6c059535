"""A spreadsheet at the desk, in a real browser: three wrong rows are named and given back, the others taken in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from python_calamine import CalamineWorkbook

from bangfu_office.registry.users import Role
from live_desk import LiveDesk, Opener, complaints
from workbooks import PERSONAL, REGION, right_book

WRONG = [
    "家庭 第 3 行 F 列（住房套数）",
    "成员 第 6 行 G 列（出生日期）",
    "收入 第 5 行 C 列（收入种类）",
]
"""Of the second, third and fourth household; the first is right."""


@pytest.fixture
def three_wrong_rows(tmp_path: Path) -> Path:
    """Return a workbook of four households, three of them wrong, each in another sheet."""
    book = right_book()
    book.put("家庭", 3, "homes", "两套")
    for row, number in ((4, "003"), (5, "004")):
        book.put("家庭", row, "户编号", number).put("家庭", row, "region", REGION)
        member = row + 2
        for heading, value in (("户编号", number), ("成员序号", 1), ("relation", "户主"), ("sex", "女")):
            book.put("成员", member, heading, value)
    book.put("成员", 6, "birth_date", "昨天")
    for heading, value in (("户编号", "004"), ("成员序号", 1), ("kind", "彩票"), ("amount", 5), ("per", "月")):
        book.put("收入", 5, heading, value)
    return book.save(tmp_path / "三月.xlsx")


def take_in(page: Page, file: Path, *, partial: bool = False) -> None:
    """Choose a file and import it."""
    page.set_input_files("#file", file)
    page.set_checked("input[name=partial]", partial)
    page.locator("#in button").click()


def named(page: Page) -> list[str]:
    """Return the places that the report names."""
    expect(page.locator("#report")).to_be_visible()
    return page.locator("#report tbody th").all_inner_texts()


@pytest.mark.parametrize(("width", "script"), [(1200, True), (360, True), (1200, False)])
def test_three_wrong_rows(
    width: int,
    script: bool,
    three_wrong_rows: Path,
    desk: LiveDesk,
    opened: Opener,
    tmp_path: Path,
) -> None:
    """Exactly those cells are named, by sheet, row and column, and nothing personal; then the rest is taken in."""
    before = desk.registry.numbers()
    page = opened(Role.REVIEWER, width=width, script=script)
    page.click("text=表格")
    take_in(page, three_wrong_rows)
    assert named(page) == WRONG
    expect(page.locator("#report .error")).to_contain_text("有 3 处错误，什么也没有导入")
    assert not [word for word in PERSONAL if word in page.inner_text("#report")]
    assert desk.registry.numbers() == before
    if script:
        assert complaints(page) == []
    take_in(page, three_wrong_rows, partial=True)
    expect(page.locator("#report [role=status]")).to_contain_text("新增 1 户")
    expect(page.locator("#report [role=status]")).to_contain_text("退回 3 户")
    assert named(page) == WRONG
    assert set(desk.registry.numbers()) == {*before, "001"}
    if script:
        assert complaints(page) == []
    with page.expect_download() as download:
        page.click("text=下载退回的户")
    rejects = tmp_path / "rejects.xlsx"
    download.value.save_as(rejects)
    rows = CalamineWorkbook.from_path(rejects).get_sheet_by_name("家庭").to_python()
    assert {cell for row in rows for cell in row if str(cell).startswith("00")} == {"002", "003", "004"}


def test_the_page_says_that_it_is_working(three_wrong_rows: Path, desk: LiveDesk, opened: Opener) -> None:
    """While a file is taken in, it says so, and cannot be sent a second time; then the page is as before."""
    held: list[Route] = []
    page = opened(Role.REVIEWER)
    page.goto(f"{desk.url}/sheets")
    expect(page.locator(".working")).to_be_hidden()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/sheets/import", hold)
    take_in(page, three_wrong_rows)
    expect(page.locator(".working")).to_be_visible()
    expect(page.locator("#in button")).to_be_disabled()
    while not held:  # the page may show that it works before the browser hands the request over
        page.wait_for_timeout(20)
    held[0].continue_()
    assert named(page) == WRONG
    expect(page.locator(".working")).to_be_hidden()
    expect(page.locator("#in button")).to_be_enabled()


def test_the_template_is_downloaded(desk: LiveDesk, opened: Opener) -> None:
    """It is the form that the page speaks of."""
    page = opened(Role.REVIEWER)
    page.goto(f"{desk.url}/sheets")
    with page.expect_download() as download:
        page.click("text=登记表")
    assert download.value.suggested_filename == "登记表.xlsx"
    assert {"家庭", "成员"} <= set(CalamineWorkbook.from_path(download.value.path()).sheet_names)
