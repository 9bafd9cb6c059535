"""A user's tokens for machines: seen, made, revoked. The account page takes its part from here (``#tokens``)."""

from __future__ import annotations

from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import tokens
from bangfu_web.desk import actor_of
from bangfu_web.lines import PASSWORDS
from bangfu_web.received import WORDS
from bangfu_web.render import render_form
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_MADE = 201


@get("/account/tokens", may=Action.SIGNED_IN)
def show(request: Req) -> Response[str]:
    """Show the user's tokens."""
    return _page(request)


@post("/account/tokens", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS)
def issue(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Make a token and show it: this once, so there is no address to come back to."""
    values = values_of(form)
    name, ends_on, password = values.get("name", ""), values.get("ends_on", ""), str(form.get("old", ""))
    try:
        word = tokens.issue_own(actor_of(request), name, ends_on, password)
    except FormError as error:
        return _page(request, error, values=values)
    return _page(request, status=_MADE, word=word)


@post("/account/tokens/{key:str}/revoke", may=Action.SIGNED_IN)
def revoke(request: Req, key: FromPath[str]) -> Redirect:
    """Take a token back."""
    tokens.revoke_own(actor_of(request), key)
    return Redirect("/account/tokens", status_code=303)


def _page(request: Req, error: FormError | None = None, **shown: Any) -> Response[str]:
    known, days = tokens.own_tokens(actor_of(request)), tokens.days()
    context = {"tokens": known, "days": days, "word": "", "values": {}, **shown}
    return render_form(request, "account_tokens.html", error, **context)


ROUTES = (show, issue, revoke)
