"""The desk in English, in a real browser: by the switch and by what the browser asks for; only data stays Chinese."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from bangfu import household_from
from bangfu_office.registry import Attribution
from bangfu_office.registry.users import Role
from live_desk import LiveDesk, Opener, complaints
from web_desk import FAMILY, HOUSEHOLDS, ON

PAGES = ("/households", "/households/new", "/households/{n}", "/households/{n}/plan", "/households/{n}/edit",
         "/households/{n}/what-if", "/households/{n}/events", "/households/{n}/history", "/households/{n}/print/plan",
         "/households/{n}/print/determination", "/households/{n}/print/refusal", "/sheets", "/account")  # fmt: skip
READ = """() => {
  const shown = [], skip = "script, style, cite, code, [name=language]";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (!texts.currentNode.parentElement.closest(skip)) shown.push(texts.currentNode.data.trim());
  for (const name of ["aria-label", "title", "placeholder", "data-label", "label"])
    for (const one of document.querySelectorAll(`[${name}]`)) shown.push(one.getAttribute(name));
  return [document.title, ...shown].filter(text => /[\\u3400-\\u9fff]/.test(text));
}"""
"""What a page shows in Chinese, but for clauses, which are cited as they are, and the button to Chinese."""


@pytest.fixture
def family(desk: LiveDesk) -> str:
    """Return a household of three."""
    with desk.registry.work(Attribution("test", on=ON)) as work:
        return work.add(household_from(HOUSEHOLDS[FAMILY], on=ON, catalog=desk.registry.catalog))


@pytest.fixture
def own(desk: LiveDesk, family: str) -> re.Pattern[str]:
    """Return the pattern of data: names, also masked, and the names of local clauses."""
    names = [str(person.facts["name"]) for person in desk.registry.household(family).members]
    return re.compile("|".join([*names, r".\*+", r"试点办法(第.条)?", "S1 [^ ·]+", "国家按每学年 200 个在校日计"]))


def chinese(page: Page, own: re.Pattern[str]) -> list[str]:
    """Return the texts of a page that are Chinese and no data."""
    assert page.locator("html").get_attribute("lang") == "en"
    return [text for text in page.evaluate(READ) if re.search("[\u3400-\u9fff]", own.sub("", text))]


@pytest.mark.parametrize("width", [1200, 360])
def test_the_browser_asks_for_english(
    width: int, family: str, desk: LiveDesk, opened: Opener, own: re.Pattern[str]
) -> None:
    """No label is left in Chinese, and what is longer in English still fits."""
    page = opened(Role.REVIEWER, lang="en-GB", width=width)
    found = {}
    for path in PAGES:
        page.goto(desk.url + path.format(n=family) + (f"?on={ON}" if "print" in path or "plan" in path else ""))
        found[path] = chinese(page, own) + complaints(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("script", [True, False])
def test_the_switch(script: bool, family: str, desk: LiveDesk, opened: Opener, own: re.Pattern[str]) -> None:
    """One click, on the page one is reading, and back; it goes before what the browser asks for."""
    page = opened(Role.REVIEWER, script=script)
    page.goto(f"{desk.url}/households/{family}/plan?on={ON}")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"/households/{family}/plan?on={ON}")
    assert chinese(page, own) == []
    page.goto(f"{desk.url}/sheets")
    assert chinese(page, own) == []
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("h1")).to_have_text("表格")


def test_the_switch_behind_a_form(desk: LiveDesk, opened: Opener) -> None:
    """What was sent is not sent again: one is back at the page with the form."""
    page = opened(Role.REVIEWER, script=False)
    for path, button in (("/households", "查找"), ("/sheets", "导出")):
        page.goto(desk.url + path)
        page.fill("#region", "999999")
        page.get_by_role("button", name=button).click()
        page.get_by_role("button", name="English").click()
        assert page.url == desk.url + path
        page.get_by_role("button", name="中文").click()


def test_an_answer_in_place_is_english_too(family: str, desk: LiveDesk, opened: Opener, own: re.Pattern[str]) -> None:
    """Also what is wrong with it."""
    page = opened(Role.REVIEWER, lang="en-GB")
    page.goto(f"{desk.url}/households/{family}/plan?on={ON}")
    form = page.locator("form.answer").first
    form.get_by_role("button", name="Fill in").click()
    expect(page.locator("form.answer .error").first).to_be_visible()
    assert chinese(page, own) == []
    assert complaints(page) == []
