"""A desk on an address of its own, and a browser that notes everything it should not have to say."""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import attrs
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from bangfu import Rulebook, household_from
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user
from bangfu_web import Settings, create_app

PASSWORD = "a made-up password"  # noqa: S105 - of made-up users
REGION = "610625101201"
_SERIOUS = {"serious", "critical"}
_REFUSED = {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
FAMILY = {
    "region": REGION,
    "residence": "rural",
    "assets_within_limits": True,
    "members": [
        {"name": "石大山", "relation": "head", "sex": "male", "birth_date": "1978-03-02", "incomes": []},
        {"name": "石小岩", "relation": "child", "sex": "female", "birth_date": "2012-06-01", "incomes": []},
    ],
}


@attrs.frozen
class LiveDesk:
    """A running desk: its address, and the number of a household of two in it."""

    url: str
    number: str
    registry: Registry


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Yield a real browser; where there is none, CI fails and others skip.

    It ends with its module: while Playwright runs its event loop, no other test can run one.
    """
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt-get install chromium fonts-noto-cjk")
        pytest.skip("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def desk(tmp_path: Path, rulebook: Rulebook) -> Iterator[LiveDesk]:
    """Yield a desk on a registry of one household, with a user for each role."""
    registry = Registry.open(str(tmp_path / "registry.db"), catalog=rulebook.catalog, key="")
    with registry.work(Attribution("test")) as work:
        number = work.add(household_from(FAMILY, catalog=rulebook.catalog))
        for role in Role:
            programme = "education" if role is Role.OFFICER else None
            add_user(work, User(role.value, role, REGION[:4] if role is Role.CASEWORKER else "", programme), PASSWORD)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        create_app(registry, rulebook, Settings(second_factor=frozenset())), port=port, log_level="warning"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield LiveDesk(f"http://127.0.0.1:{port}", number, registry)
    server.should_exit = True
    thread.join(10)
    registry.close()


@attrs.define
class Watched:
    """A page with what went wrong in it: console errors, failed requests, requests to elsewhere."""

    page: Page
    noted: list[str] = attrs.field(factory=list)
    console: list[tuple[str, str]] = attrs.field(factory=list)
    refused: set[str] = attrs.field(factory=set)

    @property
    def complaints(self) -> list[str]:
        """Everything that should not have been.

        Chromium writes every answer of 409 or 422 to the console as a resource that failed. A form that was refused
        is answered so on purpose: programs, htmx and caches read the status. Those lines alone are let pass, of the
        page itself or of the part that htmx puts into it.
        """
        meant = re.compile(r"status of (409|422) ")
        return self.noted + [text for text, at in self.console if not (meant.search(text) and at in self.refused)]


Opener = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, desk: LiveDesk) -> Iterator[Opener]:
    """Yield a function that opens a page signed in as a role; at the end nothing may have gone wrong in any."""
    watched: list[Watched] = []
    contexts: list[BrowserContext] = []

    def open_page(
        role: Role | None = Role.CASEWORKER, *, width: int = 1200, script: bool = True, lang: str = "zh-CN"
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale=lang, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        watched.append(_watch(page, desk.url))
        if role is not None:
            page.goto(f"{desk.url}/login")
            page.fill("#name", role.value)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "login" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [complaint for one in watched for complaint in one.complaints] == []


def _watch(page: Page, url: str) -> Watched:
    watched = Watched(page)
    page.on("console", lambda m: m.type == "error" and watched.console.append((m.text, m.location.get("url", ""))))
    page.on("pageerror", lambda error: watched.noted.append(f"script: {error}"))
    page.on("request", lambda r: r.url.startswith(url) or watched.noted.append(f"elsewhere: {r.url}"))
    page.on("response", lambda answer: _look_at(watched, answer))
    return watched


def _look_at(watched: Watched, answer: Response) -> None:
    asked = answer.request
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        watched.noted.append(f"{answer.status}: {answer.url}")
    if answer.status in _REFUSED and (asked.is_navigation_request() or "hx-request" in asked.headers):
        watched.refused.add(answer.url)


_UNDER_WAY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
"""What htmx marks while a part of a page is on its way; its buttons are faint until then."""


def complaints(page: Page) -> list[str]:
    """Return what axe finds serious on a page that has come to rest, and whether something stands out of it."""
    page.wait_for_load_state("networkidle")
    page.wait_for_function(f"!document.querySelector('{_UNDER_WAY}')")
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in _SERIOUS]
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return serious + ([f"{width[0]} pixels in {width[1]}"] if width[0] > width[1] else [])
