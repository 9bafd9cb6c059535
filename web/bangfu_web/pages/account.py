"""One's own account: who one is here, a new password, the sessions that last and their rules."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import own_account
from bangfu_office.accounts.users import programmes
from bangfu_office.registry.passwords import SHORTEST_PASSWORD
from bangfu_web.cookies import cookies_of
from bangfu_web.desk import actor_of
from bangfu_web.lines import PASSWORDS
from bangfu_web.received import WORDS
from bangfu_web.render import render_form
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

OTHERS = "others"
"""Which sessions end, in place of one's id: all but this one."""


@get("/account", may=Action.SIGNED_IN)
def account(request: Req) -> Response[str]:
    """Show who is signed in, and what can be changed about that."""
    return _page(request, done=request.query_params.get("done", ""))


@get("/account/password", may=Action.UNREADY)
def first_password(request: Req) -> Response[str]:
    """Ask whoever came with a first password for another one."""
    return _page(request)


@post("/account/password", may=Action.UNREADY, takes=WORDS, line=PASSWORDS)
def own_password(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Change one's own password."""
    actor = actor_of(request)
    old, new, again = (str(form.get(name, "")) for name in ("old", "password", "again"))
    try:
        given = own_account.new_password(actor, old, new, again, sent=values_of(form))
    except FormError as error:
        return _page(request, error, at="own")
    return Redirect("/account?done=password", status_code=303, cookies=cookies_of(request, given))


@post("/account/sessions/end", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def end_sessions(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign out in one other place, or everywhere but here; with the password."""
    which = str(form.get("which", ""))
    try:
        own_account.end_session(actor_of(request), str(form.get("old", "")), None if which == OTHERS else which)
    except FormError as error:
        return _page(request, error, at="ending")
    return Redirect(f"/account?done={'ended' if which == OTHERS else 'ended-one'}", status_code=303)


def _page(request: Req, error: FormError | None = None, *, at: str = "", done: str = "") -> Response[str]:
    actor = actor_of(request)
    return render_form(
        request,
        "first_password.html" if actor.user.must_change else "account.html",
        error,
        at=at,
        done=done,
        settings=actor.office.settings,
        sessions=own_account.own_sessions(actor),
        here=actor.session,
        shortest=SHORTEST_PASSWORD,
        programme=programmes(actor.office).get(actor.user.programme or "", ""),
    )


ROUTES = (account, first_password, own_password, end_sessions)
