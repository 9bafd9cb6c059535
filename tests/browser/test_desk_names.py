"""Names and ID numbers in a real browser: masked, a button, shown on all pages of the household."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from live_desk import LiveDesk, Opener, complaints

BUTTON = "显示姓名和证件号码"


def shows(page: Page) -> None:
    """Press the button and see that names are shown."""
    page.get_by_role("button", name=BUTTON).click()
    expect(page.locator("#look")).to_contain_text("姓名和证件号码显示到")
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (390, True), (1280, False)])
def test_names_are_shown_on_every_page_after_one_press(
    width: int, script: bool, desk: LiveDesk, opened: Opener
) -> None:
    """One goes on where one was, on the day one was looking at; nothing stands out of the page."""
    page = opened(width=width, script=script)
    base, found = f"{desk.url}/households/{desk.number}", []
    pages = ["", "/plan", "/what-if", "/events", "/history", "/print/plan"]
    for path in pages:
        page.goto(base + path)
        expect(page.locator("body")).not_to_contain_text("石大山")
        found += complaints(page) if script else []
    page.goto(f"{base}/print/plan?on=2026-03-01")
    expect(page.locator("nav")).to_contain_text("姓名已遮盖")
    shows(page)
    assert page.url == f"{base}/print/plan?on=2026-03-01"
    expect(page.locator("nav")).not_to_contain_text("姓名已遮盖")
    for path in [path for path in pages if path != "/history"]:
        page.goto(base + path)
        expect(page.locator("body")).to_contain_text("石大山")
        expect(page.locator("#look")).to_contain_text("姓名和证件号码显示到")
        found += complaints(page) if script else []
    assert found == []
    assert [entry.operation for entry in desk.registry.history(desk.number)].count("seen") == 1


@pytest.mark.parametrize("script", [True, False])
def test_what_was_typed_in_stays(script: bool, desk: LiveDesk, opened: Opener) -> None:
    """In the household's form and in an event's."""
    page = opened(script=script)
    base = f"{desk.url}/households/{desk.number}"
    page.goto(f"{base}/edit")
    expect(page.locator("#m0\\.name")).to_have_value("石**")
    page.fill("#evidence", "户口簿第三页")
    shows(page)
    expect(page.locator("#m0\\.name")).to_have_value("石大山")
    expect(page.locator("#evidence")).to_have_value("户口簿第三页")

    other = opened(script=script)
    other.goto(f"{base}/events")
    other.click("summary:has-text('注销')")
    other.fill("#close\\.why", "整户搬走了")
    other.locator("details[open]").get_by_role("button", name=BUTTON).click()
    expect(other.locator("#look")).to_contain_text("姓名和证件号码显示到")
    expect(other.locator("#close\\.why")).to_have_value("整户搬走了")
    assert [entry.operation for entry in desk.registry.history(desk.number)].count("seen") == 2


def test_answers_that_were_not_sent_yet_stay(desk: LiveDesk, opened: Opener) -> None:
    """Several questions of the plan were answered, none was sent: the button takes none of them away."""
    page = opened()
    page.goto(f"{desk.url}/households/{desk.number}/plan")
    inputs = page.locator("form.answer input[name=value]:not([type=date]), form.answer select[name=value]")
    expect(inputs.first).to_be_visible()
    chosen = {}
    for one in inputs.all()[:3]:
        key = str(one.get_attribute("id"))
        if one.evaluate("e => e.tagName") == "SELECT":
            chosen[key] = one.select_option(index=1)[0]
        else:
            one.fill("7")
            chosen[key] = "7"
    shows(page)
    expect(page.locator("#plan")).to_contain_text("石大山")
    assert {key: page.locator(f"[id='{key}']").input_value() for key in chosen} == chosen
    assert len(chosen) > 1
    assert complaints(page) == []
