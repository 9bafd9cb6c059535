"""Signing in, in one step or two, and out; the choice of language."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import signing_in
from bangfu_office.registry import Role
from bangfu_web.desk import Form, Req, Values, actor_of, client_of, cookie, cookies_of, desk_of
from bangfu_web.render import LANGUAGE_COOKIE, LANGUAGES, render_form
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.work_queues import PASSWORDS

_REFUSED = 403


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


@post("/login", may=Action.ANYBODY, takes=WORDS, queue=PASSWORDS)
def login(request: Req, form: Form, values: Values) -> Response[Any]:
    """Sign in, or go on to the code of who has a second factor."""
    name, password = values.get("name", ""), str(form.get("password", ""))
    try:
        client = signing_in.sign_in(desk_of(request).office, client_of(request), name, password)
    except FormError as error:
        return _asked(request, error, name)
    there = "/login/code" if client.pending else "/"
    return Redirect(there, status_code=303, cookies=cookies_of(request, client))


@get("/login/code", may=Action.ANYBODY, idle=True)
def code_page(request: Req) -> Response[Any]:
    """Ask whoever gave the right password for the code."""
    if signing_in.pending_user(desk_of(request).office, client_of(request)) is None:
        return Redirect("/login")
    return render_form(request, "login_code.html", None)


@post("/login/code", may=Action.ANYBODY, takes=WORDS, queue=PASSWORDS)
def code(request: Req, form: Form) -> Response[Any]:
    """Sign in with the code; the session's id is a new one."""
    office = desk_of(request).office
    try:
        client = signing_in.sign_in_with_code(office, client_of(request), str(form.get("code", "")))
    except FormError as error:
        return render_form(request, "login_code.html", error, wrong=_REFUSED)
    if client is None:
        return Redirect("/login", status_code=303)
    return Redirect("/", status_code=303, cookies=cookies_of(request, client))


def _asked(request: Req, error: FormError | None = None, name: str = "") -> Response[str]:
    logins = desk_of(request).settings.logins
    return render_form(request, "login.html", error, wrong=_REFUSED, name=name, logins=logins)


@post("/logout", may=Action.UNREADY, once=False)
def logout(request: Req) -> Redirect:
    """Sign out: the session ends on the server too, and the browser forgets what it was shown."""
    client = signing_in.sign_out(actor_of(request))
    clear = {"clear-site-data": '"cache", "storage"'}
    return Redirect("/login", status_code=303, cookies=cookies_of(request, client), headers=clear)


@post("/language", may=Action.ANYBODY, takes=WORDS)
def language(request: Req, values: Values) -> Redirect:
    """Change the language and go back to the page one came from."""
    back = values.get("back", "/")
    if not back.startswith("/") or back.startswith("//") or "\\" in back:
        back = "/"
    chosen = values.get("language", "")
    cookies = [cookie(request, LANGUAGE_COOKIE, chosen, 365 * 86400)]
    return Redirect(back, status_code=303, cookies=cookies if chosen in LANGUAGES else [])
