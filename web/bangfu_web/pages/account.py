"""Signing in, in one step or two, and out; the choice of language; one's own account.

That is a new password, the sessions that last, the second factor, and tokens for machines: the account page takes its
part about these from ``/account/tokens`` (``#tokens``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import segno
from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import own_account, programmes, signing_in, user_of_session
from bangfu_office.accounts import tokens as own_tokens
from bangfu_office.registry import SHORTEST_PASSWORD, Role
from bangfu_web.desk import Form, Req, Values, actor_of, client_of, cookie, cookies_of, desk_of
from bangfu_web.render import LANGUAGE_COOKIE, LANGUAGES, render_form
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post, post_password

_MADE, _REFUSED = 201, 403
OTHERS = "others"
"""Which sessions end, in place of one's id: all but this one."""


@get("/", may=Action.ANYBODY)
def start(request: Req) -> Redirect:
    """Go where this user's work is."""
    user = request.scope["user"]
    if user is None:
        return Redirect("/login")
    return Redirect("/users" if user.role is Role.ADMINISTRATOR else "/households")


def _ask_name(request: Req, error: FormError | None = None, *, values: Mapping[str, str]) -> Response[str]:
    name, logins = values.get("name", ""), desk_of(request).settings.logins
    return render_form(request, "login.html", error, wrong=_REFUSED, name=name, logins=logins)


def _ask_code(request: Req, error: FormError | None = None, **_given: object) -> Response[str]:
    return render_form(request, "login_code.html", error, wrong=_REFUSED)


@get("/login", may=Action.ANYBODY, idle=True)
def login_page(request: Req) -> Response[str]:
    """Ask for name and password."""
    return _ask_name(request, values={})


@get("/still", may=Action.UNREADY, idle=True, status_code=204)
def still() -> None:
    """Answer a page that stands open, every minute: the session lasts; where it does not, the page makes way."""


@post_password("/login", may=Action.ANYBODY, again=_ask_name)
def login(request: Req, form: Form, values: Values) -> Response[Any]:
    """Sign in, or go on to the code of who has a second factor."""
    name, password = values.get("name", ""), str(form.get("password", ""))
    client = signing_in.sign_in(desk_of(request).office, client_of(request), name, password)
    there = "/login/code" if client.pending else "/"
    return Redirect(there, status_code=303, cookies=cookies_of(request, client))


@get("/login/code", may=Action.ANYBODY, idle=True)
def code_page(request: Req) -> Response[Any]:
    """Ask whoever gave the right password for the code."""
    if signing_in.pending_user(desk_of(request).office, client_of(request)) is None:
        return Redirect("/login")
    return _ask_code(request)


@post_password("/login/code", may=Action.ANYBODY, again=_ask_code)
def code(request: Req, form: Form) -> Response[Any]:
    """Sign in with the code; the session's id is a new one."""
    given = str(form.get("code", ""))
    client = signing_in.sign_in_with_code(desk_of(request).office, client_of(request), given)
    if client is None:
        return Redirect("/login", status_code=303)
    return Redirect("/", status_code=303, cookies=cookies_of(request, client))


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


def _page(request: Req, error: FormError | None = None, *, at: str = "", **_given: object) -> Response[str]:
    actor = actor_of(request)
    return render_form(
        request,
        "first_password.html" if actor.user.must_change else "account.html",
        error,
        at=at,
        done=request.query_params.get("done", ""),
        settings=actor.office.settings,
        sessions=own_account.own_sessions(actor),
        here=actor.session,
        shortest=SHORTEST_PASSWORD,
        programme=programmes(actor.office).get(actor.user.programme or "", ""),
    )


@get("/account", may=Action.SIGNED_IN)
def account(request: Req) -> Response[str]:
    """Show who is signed in, and what can be changed about that."""
    return _page(request)


@get("/account/password", may=Action.UNREADY)
def first_password(request: Req) -> Response[str]:
    """Ask whoever came with a first password for another one."""
    return _page(request)


@post_password("/account/password", may=Action.UNREADY, again=partial(_page, at="own"))
def own_password(request: Req, form: Form, values: Values) -> Response[Any]:
    """Change one's own password."""
    old, new, again = (str(form.get(name, "")) for name in ("old", "password", "again"))
    client = own_account.new_password(actor_of(request), old, new, again, sent=values)
    return Redirect("/account?done=password", status_code=303, cookies=cookies_of(request, client))


@post_password("/account/sessions/end", may=Action.SIGNED_IN, once=False, again=partial(_page, at="ending"))
def end_sessions(request: Req, form: Form) -> Response[Any]:
    """Sign out in one other place, or everywhere but here; with the password."""
    which = str(form.get("which", ""))
    own_account.end_session(actor_of(request), str(form.get("old", "")), None if which == OTHERS else which)
    return Redirect(f"/account?done={'ended' if which == OTHERS else 'ended-one'}", status_code=303)


def _proof(form: Form) -> tuple[str, str]:
    return str(form.get("old", "")), str(form.get("code", ""))


def _factor(request: Req, error: FormError | None = None, *, status: int = 200, **shown: Any) -> Response[str]:
    found = own_account.second_factor(actor_of(request))
    code = segno.make(found.address, error="m", micro=False) if found.secret else None
    picture = code.svg_inline(scale=4, light="#fff", svgclass="qr", title="QR", lineclass=None) if code else ""
    context = {"factor": found, "picture": picture, "at": "", "codes": (), **shown}
    return render_form(request, "account_factor.html", error, status=status, **context)


@get("/account/factor", may=Action.UNREADY)
def factor(request: Req) -> Response[str]:
    """Show the secret of a factor that can be set up, or what there is to say of the one that is."""
    return _factor(request)


@post_password("/account/factor", may=Action.UNREADY, once=False, again=partial(_factor, at="factor"))
def set_up(request: Req, form: Form) -> Response[str]:
    """Set the factor up, and show the recovery codes, in the session that begins with it."""
    actor = actor_of(request)
    codes, client = own_account.set_up_factor(actor, *_proof(form))
    request.scope["user"], request.scope["auth"] = user_of_session(actor.office, client)
    made = _factor(request, status=_MADE, codes=codes)
    made.cookies.extend(cookies_of(request, client))
    return made


@post_password("/account/factor/codes", may=Action.SIGNED_IN, once=False, again=partial(_factor, at="codes"))
def fresh_codes(request: Req, form: Form) -> Response[str]:
    """Make new recovery codes and show them, this once."""
    codes = own_account.new_recovery_codes(actor_of(request), *_proof(form))
    return _factor(request, status=_MADE, codes=codes)


@post_password("/account/factor/remove", may=Action.SIGNED_IN, once=False, again=partial(_factor, at="remove"))
def remove(request: Req, form: Form) -> Response[Any]:
    """Give the factor up, as before another device; who needs one is led to set it up again."""
    client = own_account.drop_factor(actor_of(request), *_proof(form))
    return Redirect("/account?done=factor", status_code=303, cookies=cookies_of(request, client))


def _tokens(request: Req, error: FormError | None = None, *, status: int = 200, **shown: Any) -> Response[str]:
    known, context = own_tokens.own_tokens(actor_of(request)), {"word": "", "values": {}, **shown}
    return render_form(
        request, "account_tokens.html", error, status=status, tokens=known, days=own_tokens.days(), **context
    )


@get("/account/tokens", may=Action.SIGNED_IN)
def tokens(request: Req) -> Response[str]:
    """Show the user's tokens."""
    return _tokens(request)


@post_password("/account/tokens", may=Action.SIGNED_IN, again=_tokens)
def issue(request: Req, form: Form, values: Values) -> Response[str]:
    """Make a token and show it: this once, so there is no address to come back to."""
    name, ends_on, password = values.get("name", ""), values.get("ends_on", ""), str(form.get("old", ""))
    word = own_tokens.issue_own(actor_of(request), name, ends_on, password)
    return _tokens(request, status=_MADE, word=word)


@post("/account/tokens/{key:str}/revoke", may=Action.SIGNED_IN)
def revoke(request: Req, key: FromPath[str]) -> Redirect:
    """Take a token back."""
    own_tokens.revoke_own(actor_of(request), key)
    return Redirect("/account/tokens", status_code=303)
