"""Signing in and out, and the choice of language."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie, FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu.registry.users import Role, signed_in
from bangfu_web.desk import Desk
from bangfu_web.forms import values_of
from bangfu_web.guarding import COOKIE
from bangfu_web.language import COOKIE as LANGUAGE_COOKIE
from bangfu_web.language import LANGUAGES
from bangfu_web.permissions import Action
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post

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


@post("/login", may=Action.ANYBODY)
def login(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign in; the session's id is always a new one."""
    desk: Desk = request.app.state["desk"]
    values = values_of(form)
    name, password = values.get("name", ""), str(form.get("password", ""))
    address = request.client.host if request.client else ""
    if wait := desk.throttle.wait(f"name:{name}", f"address:{address}"):
        return _again(request, name, "wait", _TOO_MANY, wait)
    with desk.registry.database.reading() as connection:
        user = signed_in(connection, name, password)
    if user is None:
        desk.throttle.failed(f"name:{name}", f"address:{address}")
        return _again(request, name, "wrong", 403)
    desk.throttle.succeeded(f"name:{name}")
    key = desk.sessions.begin(user.name, request.cookies.get(COOKIE))
    return Redirect("/", status_code=303, cookies=[_cookie(key, desk)])


def _again(request: Req, name: str, wrong: str, status: int, wait: int = 0) -> Response[str]:
    desk: Desk = request.app.state["desk"]
    made = render(request, "login.html", status=status, wrong=wrong, wait=wait, name=name, logins=desk.settings.logins)
    if wait:
        made.headers["retry-after"] = str(wait)
    return made


def _cookie(key: str, desk: Desk) -> Cookie:
    return Cookie(
        key=COOKIE,
        value=key,
        httponly=True,
        secure=desk.settings.https,
        samesite="lax",
        path="/",
        max_age=desk.settings.longest_hours * 3600,
    )


@post("/logout", may=Action.SIGNED_IN)
def logout(request: Req) -> Redirect:
    """Sign out: the session ends on the server too."""
    desk: Desk = request.app.state["desk"]
    if key := request.cookies.get(COOKIE):
        desk.sessions.end(key)
    return Redirect("/login", status_code=303, cookies=[Cookie(key=COOKIE, value="", max_age=0, path="/")])


@post("/language", may=Action.ANYBODY)
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
            key=LANGUAGE_COOKIE, value=chosen, path="/", samesite="lax", max_age=365 * 86400, secure=desk.settings.https
        )
    ]
    return Redirect(back, status_code=303, cookies=cookies if chosen in LANGUAGES else [])


ROUTES = (start, login_page, login, logout, language)
