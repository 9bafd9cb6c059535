"""Signing in, in a real browser: a first password, a device and its codes, a page that stands open."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Page, expect

from bangfu import clock
from bangfu_office.registry import Attribution
from bangfu_office.registry.users import Role, change_password
from live_desk import PASSWORD, LiveDesk, Opener, complaints

WIDTHS = [1280, 390]
OWN = "another made-up password"


def given(page: Page, name: str, password: str) -> None:
    """Give a name and password at the sign-in."""
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")


def code_of(secret: str) -> str:
    """Return what the device shows."""
    return pyotp.TOTP(secret).at(clock.now())


@pytest.mark.parametrize("width", WIDTHS)
def test_a_device_is_set_up_and_asked_for(
    width: int, desk: LiveDesk, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture is there, the recovery codes are, and the next sign-in asks for what the device shows."""
    page = opened(width=width)
    page.goto(f"{desk.url}/account/factor")
    picture = page.locator("svg.qr").bounding_box()
    assert picture
    assert min(picture["width"], picture["height"]) > 150, "a camera has to read it"
    assert complaints(page) == []
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("#factor-old", PASSWORD)
    page.fill("#factor-code", code_of(secret))
    page.click("main form button")
    expect(page.locator(".codes li")).to_have_count(10)
    assert complaints(page) == []
    page.goto(f"{desk.url}/account/factor")
    expect(page.locator("main")).to_contain_text("恢复码还有 10 个")
    assert complaints(page) == []
    page.click("text=退出")
    given(page, Role.CASEWORKER.value, PASSWORD)
    expect(page.locator("#code")).to_be_focused()
    assert complaints(page) == []
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(seconds=30))
    page.fill("#code", code_of(secret))
    page.click("main button")
    page.wait_for_url("**/households")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_first_password_is_changed(width: int, desk: LiveDesk, opened: Opener) -> None:
    """What an administrator reads out opens one page, on which another is chosen."""
    administrator = opened(Role.ADMINISTRATOR, width=width)
    administrator.goto(f"{desk.url}/users")
    administrator.select_option("#whose", Role.AUDITOR.value)
    administrator.click("#password button")
    first = administrator.input_value("#first")
    assert complaints(administrator) == []
    page = opened(None, width=width)
    page.goto(f"{desk.url}/login")
    given(page, Role.AUDITOR.value, first)
    page.wait_for_url("**/account/password")
    assert complaints(page) == []
    for field, typed in (("old", first), ("password", OWN), ("again", OWN)):
        page.fill(f"#own-{field}", typed)
    page.click("main button")
    page.wait_for_url("**/account?done=password")
    assert complaints(page) == []


def test_a_page_that_stands_open_makes_way(desk: LiveDesk, opened: Opener) -> None:
    """Within a minute after its session ended, whatever was on the screen is gone; until then it stays as it is."""
    page = opened(None)
    page.clock.install()
    page.goto(f"{desk.url}/login")
    given(page, Role.CASEWORKER.value, PASSWORD)
    page.wait_for_url("**/households")
    page.goto(f"{desk.url}/households/{desk.number}/edit")
    page.fill("#observed_on", "2026-01-05")
    with page.expect_response("**/still") as asked:
        page.clock.fast_forward(61_000)
    assert asked.value.status == 204
    expect(page.locator("#observed_on")).to_have_value("2026-01-05")
    with desk.registry.work(Attribution("test")) as work:
        change_password(work, Role.CASEWORKER.value, OWN)
    page.clock.fast_forward(61_000)
    page.wait_for_url("**/login")
    expect(page.locator("main")).not_to_contain_text("石大山")
