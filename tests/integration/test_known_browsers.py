"""Strangers who try a user's name do not keep the user out: a browser the user signed in with counts by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bangfu import Rulebook, clock
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, change_password
from bangfu_office.sessions import KNOWN_FOR, rate_limits
from bangfu_web import Settings, create_app
from web_desk import PASSWORD, Visitor

pytest_plugins = ["web_desk"]

USER, OTHER = Role.CASEWORKER.value, Role.AUDITOR.value
ANOTHER = "another made-up password"
COOKIE = "bangfu_browser"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the one second that the brakes count with, to be moved on; nobody waits for real."""
    moment = [1_000.0]
    monkeypatch.setattr("bangfu_office.sessions.rate_limits.time.monotonic", lambda: moment[0])
    return moment


def sign_in(app: Litestar, password: str, address: str, browser: str = "", name: str = USER) -> httpx.Response:
    """Sign in from an address, perhaps with what a browser has kept."""

    async def answered() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(address, 1))
        cookies = {COOKIE: browser} if browser else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local", cookies=cookies) as one:
            return await one.post("/login", data={"name": name, "password": password})

    return asyncio.run(answered())


def known(app: Litestar, name: str = USER, address: str = "10.0.0.1", browser: str = "") -> str:
    """Sign in and return what the browser keeps."""
    return sign_in(app, PASSWORD, address, browser, name).cookies[COOKIE]


def strangers(app: Litestar, tries: int = 300) -> None:
    """Try the name from an address of its own each time."""
    answers = [sign_in(app, "wrong", f"10.7.{n // 250}.{n % 250}").status_code for n in range(tries)]
    assert set(answers) == {403, 429}


def test_strangers_do_not_keep_a_known_browser_out(desk_app: Litestar, now: list[float]) -> None:
    """After 300 wrong passwords from everywhere it signs in at once; another one waits, no longer than documented."""
    browser = known(desk_app)
    strangers(desk_app)
    assert sign_in(desk_app, PASSWORD, "10.0.0.1", browser).status_code == 303
    answer = sign_in(desk_app, PASSWORD, "10.0.0.1")
    assert answer.status_code == 429
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= rate_limits.NAME.longest + 1
    now[0] += wait
    assert sign_in(desk_app, PASSWORD, "10.0.0.1").status_code == 303


@pytest.mark.usefixtures("now")
def test_a_right_password_of_a_known_browser_lets_strangers_try_no_more(desk_app: Litestar) -> None:
    """What was counted of the name stays counted."""
    browser = known(desk_app)
    strangers(desk_app, 30)
    assert sign_in(desk_app, PASSWORD, "10.0.0.1", browser).status_code == 303
    assert sign_in(desk_app, "wrong", "10.7.9.9").status_code == 429


def test_a_known_browser_waits_for_its_own_failures(desk_app: Litestar, now: list[float]) -> None:
    """Whoever has taken the browser, or its cookie, along guesses no more than anybody else."""
    browser = known(desk_app)
    for n in range(rate_limits.BROWSER.free):
        assert sign_in(desk_app, "wrong", f"10.1.1.{n}", browser).status_code == 403
    assert sign_in(desk_app, PASSWORD, "10.2.2.2", browser).status_code == 429
    assert sign_in(desk_app, PASSWORD, "10.0.0.1").status_code == 303, "others of the same user do not"
    now[0] += rate_limits.BROWSER.longest + 1
    assert sign_in(desk_app, PASSWORD, "10.2.2.2", browser).status_code == 303


def test_the_address_counts_a_little(desk_app: Litestar, now: list[float]) -> None:
    """Where strangers try names from the same address, a known browser waits seconds, not minutes."""
    browser = known(desk_app, address="10.5.5.5")
    for n in range(60):
        desk_app.state["desk"].office.throttle.failed(*rate_limits.keys_of(f"nobody{n}", "10.5.5.5"))
    assert int(sign_in(desk_app, PASSWORD, "10.5.5.5").headers["retry-after"]) > 200
    answer = sign_in(desk_app, PASSWORD, "10.5.5.5", browser)
    assert 1 <= int(answer.headers["retry-after"]) <= rate_limits.KNOWN_ADDRESS.longest + 1
    now[0] += rate_limits.KNOWN_ADDRESS.longest + 1
    assert sign_in(desk_app, PASSWORD, "10.5.5.5", browser).status_code == 303


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("kind", ["forged", "another user's", "used up", "too old", "password changed"])
def test_what_gives_nothing(
    kind: str, desk_app: Litestar, web_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a browser is counted as any other."""
    password = PASSWORD
    browser = {"forged": "x" * 43, "another user's": known(desk_app, OTHER)}.get(kind) or known(desk_app)
    if kind == "used up":
        known(desk_app, browser=browser)
    if kind == "too old":
        later = clock.now() + KNOWN_FOR + timedelta(minutes=1)
        monkeypatch.setattr("bangfu.clock.now", lambda: later)
    if kind == "password changed":
        password = ANOTHER
        with web_registry.work(Attribution(USER)) as work:
            change_password(work, USER, password)
    strangers(desk_app, 30)
    assert sign_in(desk_app, password, "10.0.0.1", browser).status_code == 429


@pytest.mark.usefixtures("now")
def test_one_browser_knows_several_users(desk_app: Litestar) -> None:
    """A PC that two share: each is let in, with the one cookie it has now."""
    browser = known(desk_app, OTHER, browser=known(desk_app))
    strangers(desk_app, 30)
    assert sign_in(desk_app, PASSWORD, "10.0.0.1", browser).status_code == 303


def test_of_a_browser_a_hash_is_kept(desk_app: Litestar) -> None:
    """And the cookie is as strict as the session's, and says nothing."""
    answer = sign_in(desk_app, PASSWORD, "10.0.0.1")
    browser, other = answer.cookies[COOKIE], known(desk_app)
    with desk_app.state["desk"].office.sessions.database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM web_browsers").all())
    assert browser not in kept
    assert browser != other
    assert len(browser) >= 43, "256 bits in base64"
    written = next(cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith(COOKIE))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(written.split("; "))


def test_by_tls_the_cookie_is_for_this_host_alone(web_registry: Registry, web_rulebook: Rulebook) -> None:
    """As all cookies of the desk."""
    app = create_app(web_registry, web_rulebook, Settings(https=True))
    written = sign_in(app, PASSWORD, "10.0.0.1").headers.get_list("set-cookie")
    assert len(written) == 2
    assert all(cookie.startswith("__Host-") and "Secure" in cookie for cookie in written)


def test_guessing_in_a_session_counts_for_its_browser(client_as: Callable[..., Visitor]) -> None:
    """Strangers do not stop a user from changing the password either."""
    visitor = client_as(Role.CASEWORKER)
    app = visitor.client.app
    assert isinstance(app, Litestar)
    strangers(app, 30)
    form = {"old": PASSWORD, "password": ANOTHER, "again": ANOTHER}
    assert visitor.send("/account/password", form).status_code == 303


# --- proxies --------------------------------------------------------------------------------------


def through_a_proxy(app: Litestar, trusted: str, visitor: str, password: str = "wrong") -> httpx.Response:  # noqa: S107
    """Sign in through a proxy at 10.88.0.1, as the server hands it on that believes some addresses."""

    async def answered() -> httpx.Response:
        behind = ProxyHeadersMiddleware(app, trusted) if trusted else app  # type: ignore[arg-type]
        transport = httpx.ASGITransport(behind, client=("10.88.0.1", 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as one:
            form = {"name": USER, "password": password}
            return await one.post("/login", data=form, headers={"x-forwarded-for": visitor})

    return asyncio.run(answered())


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("trusted", ["10.88.0.1,172.17.0.1", "10.88.0.0/16"])
def test_visitors_behind_a_believed_proxy_are_told_apart(trusted: str, desk_app: Litestar) -> None:
    """By address or by network: who guesses at one address stops nobody at another."""
    for _ in range(rate_limits.PAIR.free):
        assert through_a_proxy(desk_app, trusted, "192.0.2.1").status_code == 403
    assert through_a_proxy(desk_app, trusted, "192.0.2.1", PASSWORD).status_code == 429
    assert through_a_proxy(desk_app, trusted, "192.0.2.2", PASSWORD).status_code == 303


def test_a_proxy_that_is_not_believed_is_told_of_once(desk_app: Litestar, caplog: pytest.LogCaptureFixture) -> None:
    """Its visitors would all count as one, and nobody would know why they wait."""
    caplog.set_level("INFO", "bangfu_office.security")
    through_a_proxy(desk_app, "10.88.0.0/16", "192.0.2.1")
    assert "X-Forwarded-For" not in caplog.text
    for trusted in ("", "127.0.0.1", ""):
        through_a_proxy(desk_app, trusted, "192.0.2.1")
    assert caplog.text.count("X-Forwarded-For not believed") == 1
    assert "192.0.2.1" not in caplog.text
    assert "10.88.0.1" not in caplog.text
