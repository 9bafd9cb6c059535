"""One's own second factor: set up with a device, given up with password and code; new recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from attrs import evolve
from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import own_account
from bangfu_office.accounts.authentication import user_of_session
from bangfu_web.cookies import cookies_of
from bangfu_web.desk import actor_of
from bangfu_web.lines import PASSWORDS
from bangfu_web.received import WORDS
from bangfu_web.render import render_form
from bangfu_web.request import Req
from bangfu_web.routing import get, post

_MADE = 201


@get("/account/factor", may=Action.UNREADY)
def factor(request: Req) -> Response[str]:
    """Show the secret of a factor that can be set up, or what there is to say of the one that is."""
    return _page(request)


@post("/account/factor", may=Action.UNREADY, takes=WORDS, line=PASSWORDS, once=False)
def set_up(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Set the factor up, and show the recovery codes, in the session that begins with it."""
    actor = actor_of(request)
    try:
        codes, given = own_account.set_up_factor(actor, *_proof(form))
    except FormError as error:
        return _page(request, error, at="factor")
    client = evolve(actor.client, session=given.session)
    request.scope["user"], request.scope["auth"] = user_of_session(actor.office, client)
    made = _page(request, status=_MADE, codes=codes)
    made.cookies.extend(cookies_of(request, given))
    return made


@post("/account/factor/codes", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def fresh_codes(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Make new recovery codes and show them, this once."""
    try:
        codes = own_account.new_recovery_codes(actor_of(request), *_proof(form))
    except FormError as error:
        return _page(request, error, at="codes")
    return _page(request, status=_MADE, codes=codes)


@post("/account/factor/remove", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def remove(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give the factor up, as before another device; who needs one is led to set it up again."""
    try:
        given = own_account.drop_factor(actor_of(request), *_proof(form))
    except FormError as error:
        return _page(request, error, at="remove")
    return Redirect("/account?done=factor", status_code=303, cookies=cookies_of(request, given))


def _proof(form: FormMultiDict) -> tuple[str, str]:
    return str(form.get("old", "")), str(form.get("code", ""))


def _page(
    request: Req, error: FormError | None = None, *, at: str = "", codes: tuple[str, ...] = (), status: int = 200
) -> Response[str]:
    found = own_account.second_factor(actor_of(request))
    picture = segno.make(found.address, error="m", micro=False) if found.secret else None
    return render_form(
        request,
        "account_factor.html",
        error,
        status=status,
        at=at,
        codes=codes,
        factor=found,
        picture=picture.svg_inline(scale=4, light="#fff", svgclass="qr", title="QR", lineclass=None) if picture else "",
    )


ROUTES = (factor, set_up, fresh_codes, remove)
