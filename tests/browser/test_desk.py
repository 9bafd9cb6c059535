"""A caseworker at the desk, in a real browser: registers a household, answers a question, looks one up."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import expect

from bangfu import clock
from bangfu_office.registry.users import Role
from live_desk import FAMILY, LiveDesk, Opener, complaints


def test_a_household_is_registered_by_hand(desk: LiveDesk, opened: Opener) -> None:
    """Members are added in place; what is filled in stays; the plan follows at once."""
    page = opened()
    page.click("text=登记一户")
    page.fill("#h\\.region", "610625101201")
    page.select_option("#h\\.residence", "rural")
    page.fill("#m0\\.name", "高小川")
    page.fill("#m0\\.birth_date", "1985-05-05")
    page.click("text=增加一名成员")
    expect(page.locator("section.member")).to_have_count(2)
    expect(page.locator("#m0\\.name")).to_have_value("高小川")
    page.fill("#m1\\.name", "高小河")
    page.select_option("#m1\\.relation", "child")
    page.fill("#m1\\.birth_date", "2013-02-03")
    page.click("text=保存并看计划")
    expect(page.locator("#plan")).to_contain_text("高**")
    page.get_by_role("button", name="显示姓名和证件号码").click()
    expect(page.locator("#plan")).to_contain_text("高小河")
    assert len(desk.registry.numbers()) == 2


def test_errors_stand_at_the_field_and_nothing_is_lost(desk: LiveDesk, opened: Opener) -> None:
    """A birth date that disagrees with the ID number: said there, in words; all that was typed is still there."""
    page = opened()
    page.goto(f"{desk.url}/households/new")
    page.fill("#h\\.region", "610625101201")
    page.fill("#m0\\.name", "高小川")
    page.fill("#m0\\.id_number", "610625198505050000")
    page.click("text=保存并看计划")
    expect(page.locator(".error.summary")).to_be_visible()
    expect(page.locator("#m0\\.id_number-error")).to_be_visible()
    expect(page.locator("#m0\\.name")).to_have_value("高小川")
    assert len(desk.registry.numbers()) == 1


def test_a_day_that_has_not_come_is_said_at_its_field(desk: LiveDesk, opened: Opener) -> None:
    """The day on which it was observed; the summary leads there."""
    page = opened()
    page.goto(f"{desk.url}/households/{desk.number}/edit")
    page.fill("#observed_on", str(clock.today() + timedelta(days=2)))
    page.click("text=保存并看计划")
    expect(page.locator("#observed_on-error")).to_contain_text("不晚于今天的日期")
    page.click(".error.summary a")
    expect(page.locator("#observed_on")).to_be_focused()
    assert complaints(page) == []


def test_a_question_is_answered_in_place(desk: LiveDesk, opened: Opener) -> None:
    """The plan changes under the reader's eyes: the girl's stage is known, and its question gone."""
    page = opened()
    page.goto(f"{desk.url}/households/{desk.number}/plan?on=2021-06-30")
    question = page.locator("form.answer", has=page.locator("input[name=fact][value=school_stage]"))
    question.locator("select[name=value]").select_option("primary")
    question.locator("text=填上").click()
    expect(question).to_have_count(0)
    record = desk.registry.household(desk.number)
    assert (record.version, record.members[1].facts["school_stage"]) == (2, "primary")


def test_without_scripts_forms_work(desk: LiveDesk, opened: Opener) -> None:
    """Members are added by a page of its own, and a household is saved."""
    page = opened(script=False)
    page.goto(f"{desk.url}/households/new")
    page.fill("#h\\.region", "610625101201")
    page.fill("#m0\\.name", "高小川")
    page.click("text=增加一名成员")
    assert page.locator("section.member").count() == 2
    assert page.input_value("#m0\\.name") == "高小川"
    page.select_option("#m1\\.relation", "spouse")
    page.fill("#m1\\.name", "高小溪")
    page.click("text=保存并看计划")
    assert "/plan" in page.url
    assert len(desk.registry.numbers()) == 2


def test_drafts_are_kept(desk: LiveDesk, opened: Opener) -> None:
    """What was typed and not saved is there when one comes back, and can be thrown away."""
    page = opened()
    page.goto(f"{desk.url}/households/{desk.number}/edit")
    with page.expect_response(lambda r: "/drafts/" in r.url):
        page.fill("#m0\\.name", "石大川")
        page.locator("#m0\\.name").blur()
    page.goto(f"{desk.url}/households/{desk.number}/edit")
    expect(page.locator("#m0\\.name")).to_have_value("石大川")
    page.click("text=不要草稿")
    expect(page.locator("#m0\\.name")).to_have_value("石**")
    page.get_by_role("button", name="显示姓名和证件号码").click()
    expect(page.locator("#m0\\.name")).to_have_value(str(FAMILY["members"][0]["name"]))  # type: ignore[index]


PAGES = ["/households", "/households/new", "/households/{n}", "/households/{n}/plan", "/households/{n}/edit",
         "/households/{n}/history", "/households/{n}/what-if", "/households/{n}/events", "/households/{n}/assessments",
         "/households/{n}/print/plan", "/households/{n}/print/refusal", "/sheets", "/policy", "/account"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_pages_are_accessible_and_fit(
    width: int, scheme: Literal["light", "dark"], desk: LiveDesk, opened: Opener
) -> None:
    """Axe finds nothing serious, in either width, light or dark; nothing stands out of a narrow screen."""
    page = opened(width=width)
    page.emulate_media(color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(desk.url + path.format(n=desk.number))
        found[path] = complaints(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_a_stranger_sees_the_login_page_alone(desk: LiveDesk, opened: Opener) -> None:
    """Whoever is not signed in is sent there; a wrong password is said so."""
    page = opened(None)
    page.goto(f"{desk.url}/households/{desk.number}/plan")
    assert page.url.endswith("/login")
    assert complaints(page) == []


def test_an_auditor_cannot_change(desk: LiveDesk, opened: Opener) -> None:
    """No way to change is shown."""
    page = opened(Role.AUDITOR)
    page.goto(f"{desk.url}/households/{desk.number}/plan")
    expect(page.locator("text=填上")).to_have_count(0)
