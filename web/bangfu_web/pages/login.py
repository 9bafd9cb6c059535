"""Signing in and out, and the choice of language."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie, FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu.registry.users import Role, User
from bangfu_web.desk import Desk
from bangfu_web.forms import values_of
from bangfu_web.guarding import COOKIE, client_address, session_key
from bangfu_web.language import COOKIE as LANGUAGE_COOKIE
from bangfu_web.language import LANGUAGES
from bangfu_web.lines import PASSWORDS
from bangfu_web.permissions import Action
from bangfu_web.received import WORDS
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post
from bangfu_web.security_log import note
from bangfu_web.signing_in import attempt

_TOO_MANY = 429


@get("/", may=Action.ANYBODY)
def start(request: Req) -> Redirect:
    """Go where this user's work is."""
    user = request.scope["user"]
    if user is None:
        return Redirect("/login")
    return Redirect("/users" if user.role is Role.ADMINISTRATOR else "/households")


@get("/login", may=Action.ANYBODY)
def login_page(request: Req) -> Response[str]:
    """Ask for name and password."""
    desk: Desk = request.app.state["desk"]
    return render(request, "login.html", wrong="", name="", logins=desk.settings.logins)


@post("/login", may=Action.ANYBODY, takes=WORDS, line=PASSWORDS)
def login(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign in; the session's id is always a new one."""
    name = values_of(form).get("name", "")
    tried = attempt(request, name, str(form.get("password", "")), "sign-in")
    if tried.wait:
        return _again(request, name, "wait", _TOO_MANY, tried.wait)
    if tried.user is None:
        return _again(request, name, "wrong", 403)
    return Redirect("/", status_code=303, cookies=[begun(request, tried.user)])


def begun(request: Req, user: User) -> Cookie:
    """Begin a session of a user, end the one the browser had, and return the new one's cookie."""
    desk: Desk = request.app.state["desk"]
    return _cookie(desk.sessions.begin(user, session_key(request)), desk)


def _again(request: Req, name: str, wrong: str, status: int, wait: int = 0) -> Response[str]:
    desk: Desk = request.app.state["desk"]
    made = render(request, "login.html", status=status, wrong=wrong, wait=wait, name=name, logins=desk.settings.logins)
    if wait:
        made.headers["retry-after"] = str(wait)
    return made


def _cookie(key: str, desk: Desk) -> Cookie:
    """Return the cookie of a session; without a key, one that takes it away."""
    return Cookie(
        key=desk.settings.cookie(COOKIE),
        value=key,
        httponly=True,
        secure=desk.settings.https,
        samesite="lax",
        path="/",
        max_age=desk.settings.longest_hours * 3600 if key else 0,
    )


@post("/logout", may=Action.SIGNED_IN, once=False)
def logout(request: Req) -> Redirect:
    """Sign out: the session ends on the server too, and the browser forgets what it was shown."""
    desk: Desk = request.app.state["desk"]
    if key := session_key(request):
        desk.sessions.end(key)
    note("sign-out", user=request.scope["user"].name, address=client_address(request))
    clear = {"clear-site-data": '"cache", "storage"'}
    return Redirect("/login", status_code=303, cookies=[_cookie("", desk)], headers=clear)


@post("/language", may=Action.ANYBODY, takes=WORDS)
def language(request: Req, form: NamedDependency[FormMultiDict]) -> Redirect:
    """Change the language and go back to the page one came from."""
    values = values_of(form)
    back = values.get("back", "/")
    if not back.startswith("/") or back.startswith("//") or "\\" in back:
        back = "/"
    chosen = values.get("language", "")
    desk: Desk = request.app.state["desk"]
    cookies = [
        Cookie(
            key=desk.settings.cookie(LANGUAGE_COOKIE),
            value=chosen,
            path="/",
            httponly=True,
            samesite="lax",
            max_age=365 * 86400,
            secure=desk.settings.https,
        )
    ]
    return Redirect(back, status_code=303, cookies=cookies if chosen in LANGUAGES else [])


ROUTES = (start, login_page, login, logout, language)
