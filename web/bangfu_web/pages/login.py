"""Signing in, in one step or two, and out; the choice of language."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie, FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu_office.access.permissions import Action
from bangfu_office.accounts import known_browsers, pending_login
from bangfu_office.accounts.security_log import note
from bangfu_office.registry.users import Role, User, find_user
from bangfu_web.cookies import brought, cookie
from bangfu_web.desk import Desk
from bangfu_web.guarding import COOKIE, client_address, session_key
from bangfu_web.language import COOKIE as LANGUAGE_COOKIE
from bangfu_web.language import LANGUAGES
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.signing_in import Attempt, attempt, attempt_code
from bangfu_web.work_queues import PASSWORDS

_REFUSED, _TOO_MANY = 403, 429


@get("/", may=Action.ANYBODY)
def start(request: Req) -> Redirect:
    """Go where this user's work is."""
    user = request.scope["user"]
    if user is None:
        return Redirect("/login")
    return Redirect("/users" if user.role is Role.ADMINISTRATOR else "/households")


@get("/login", may=Action.ANYBODY, idle=True)
def login_page(request: Req) -> Response[str]:
    """Ask for name and password."""
    return _asked(request)


@get("/still", may=Action.UNREADY, idle=True, status_code=204)
def still() -> None:
    """Answer a page that stands open, every minute: the session lasts; where it does not, the page makes way."""


@post("/login", may=Action.ANYBODY, takes=WORDS, line=PASSWORDS)
def login(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign in, or go on to the code of who has a second factor."""
    name = values_of(form).get("name", "")
    tried = attempt(request, name, str(form.get("password", "")), "sign-in")
    if tried.user is None:
        return _asked(request, tried, name)
    if not tried.user.has_factor:
        return Redirect("/", status_code=303, cookies=begun(request, tried.user))
    desk: Desk = request.app.state["desk"]
    half = pending_login.begin(desk.office.sessions.database, tried.user)
    return Redirect("/login/code", status_code=303, cookies=[_half_cookie(desk, half)])


@get("/login/code", may=Action.ANYBODY, idle=True)
def code_page(request: Req) -> Response[Any]:
    """Ask whoever gave the right password for the code."""
    return _asked_code(request) if _half_user(request) else Redirect("/login")


@post("/login/code", may=Action.ANYBODY, takes=WORDS, line=PASSWORDS)
def code(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign in with the code; the session's id is a new one."""
    desk: Desk = request.app.state["desk"]
    user = _half_user(request)
    if user is None:
        return Redirect("/login", status_code=303, cookies=[_half_cookie(desk, "")])
    tried = attempt_code(request, user, str(form.get("code", "")), "sign-in code")
    if tried.user is None:
        return _asked_code(request, tried)
    pending_login.end(desk.office.sessions.database, brought(request, pending_login.COOKIE))
    return Redirect("/", status_code=303, cookies=[*begun(request, user), _half_cookie(desk, "")])


def _half_user(request: Req) -> User | None:
    """Return who gave the right password a moment ago in this browser; nothing changed of him or her since."""
    desk: Desk = request.app.state["desk"]
    found = pending_login.find(desk.office.sessions.database, brought(request, pending_login.COOKIE))
    if found is None:
        return None
    with desk.office.registry.database.reading() as connection:
        user = find_user(connection, found[0])
    return user if user and not user.disabled and user.sign_in == found[1] else None


def begun(request: Req, user: User) -> list[Cookie]:
    """Begin a session of a user, end the one the browser had; return the cookies of both session and browser."""
    desk: Desk = request.app.state["desk"]
    browser = known_browsers.remember(desk.office.sessions.database, brought(request, known_browsers.COOKIE), user)
    known = cookie(desk.settings, known_browsers.COOKIE, browser, int(known_browsers.LASTS.total_seconds()))
    return [_session_cookie(desk, desk.office.sessions.begin(user, session_key(request))), known]


def _asked(request: Req, tried: Attempt | None = None, name: str = "") -> Response[str]:
    desk: Desk = request.app.state["desk"]
    return _again(request, "login.html", tried, name=name, logins=desk.settings.logins)


def _asked_code(request: Req, tried: Attempt | None = None) -> Response[str]:
    return _again(request, "login_code.html", tried)


def _again(request: Req, template: str, tried: Attempt | None, **shown: Any) -> Response[str]:
    """Return a page that asks, and what was wrong before."""
    wait = tried.wait if tried else 0
    status = 200 if tried is None else _TOO_MANY if wait else _REFUSED
    made = render(request, template, status=status, wrong=tried is not None and not wait, wait=wait, **shown)
    if wait:
        made.headers["retry-after"] = str(wait)
    return made


def _session_cookie(desk: Desk, key: str) -> Cookie:
    return cookie(desk.settings, COOKIE, key, desk.settings.longest_hours * 3600)


def _half_cookie(desk: Desk, key: str) -> Cookie:
    return cookie(desk.settings, pending_login.COOKIE, key, int(pending_login.LASTS.total_seconds()))


@post("/logout", may=Action.UNREADY, once=False)
def logout(request: Req) -> Redirect:
    """Sign out: the session ends on the server too, and the browser forgets what it was shown."""
    desk: Desk = request.app.state["desk"]
    if key := session_key(request):
        desk.office.sessions.end(key)
    note("sign-out", user=request.scope["user"].name, address=client_address(request))
    clear = {"clear-site-data": '"cache", "storage"'}
    return Redirect("/login", status_code=303, cookies=[_session_cookie(desk, "")], headers=clear)


@post("/language", may=Action.ANYBODY, takes=WORDS)
def language(request: Req, form: NamedDependency[FormMultiDict]) -> Redirect:
    """Change the language and go back to the page one came from."""
    values = values_of(form)
    back = values.get("back", "/")
    if not back.startswith("/") or back.startswith("//") or "\\" in back:
        back = "/"
    chosen = values.get("language", "")
    desk: Desk = request.app.state["desk"]
    cookies = [cookie(desk.settings, LANGUAGE_COOKIE, chosen, 365 * 86400)]
    return Redirect(back, status_code=303, cookies=cookies if chosen in LANGUAGES else [])


ROUTES = (start, login_page, login, code_page, code, still, logout, language)
