"""A user's tokens for machines: seen, made, revoked. The account page takes its part from here (``#tokens``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from bangfu import InputError, clock
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.accounts import tokens
from bangfu_web.desk import actor_of
from bangfu_web.pages.account import WRONG
from bangfu_web.pages.users import note_token
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.signing_in import attempt
from bangfu_web.work_queues import PASSWORDS

_MADE, _INVALID, _TOO_MANY = 201, 422, 429
_USUAL = timedelta(days=90)
"""How long a token lasts unless another day is chosen."""


@get("/account/tokens", may=Action.SIGNED_IN)
def show(request: Req) -> Response[str]:
    """Show the user's tokens."""
    return _page(request, actor_of(request))


@post("/account/tokens", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS)
def issue(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Make a token and show it: this once, so there is no address to come back to."""
    actor, values = actor_of(request), values_of(form)
    name, ends_on = values.get("name", ""), values.get("ends_on", "")
    try:
        tokens.check(actor.office, actor.user.name, name, ends_on)
    except InputError as error:
        return _refused(request, actor, values, error)
    # A token lasts longer than a session: whoever sits down at somebody's desk is to take none along.
    known = attempt(request, actor.user.name, str(form.get("old", "")), "token")
    if known.user is None:
        status, wrong = (_TOO_MANY, {}) if known.wait else (_INVALID, {"old": WRONG})
        return _page(request, actor, status=status, values=values, wrong=wrong, wait=known.wait)
    try:
        word = tokens.issue(actor.office, actor.user.name, name, ends_on)
    except InputError as error:
        return _refused(request, actor, values, error)
    note_token(actor, actor.user.name, name, "made")
    return _page(request, actor, status=_MADE, word=word)


def _refused(request: Req, actor: Actor, values: Mapping[str, str], error: InputError) -> Response[str]:
    wrong = {problem.path: problem.said for problem in error.problems}
    return _page(request, actor, status=_INVALID, values=values, wrong=wrong)


@post("/account/tokens/{key:str}/revoke", may=Action.SIGNED_IN)
def revoke(request: Req, key: FromPath[str]) -> Redirect:
    """Take a token back; whoever still has it is refused from now on."""
    actor = actor_of(request)
    token = tokens.revoke(actor.office, actor.user.name, key)
    if token is None:
        raise NotFoundException
    note_token(actor, actor.user.name, token.name, "revoked")
    return Redirect("/account/tokens", status_code=303)


def _page(request: Req, actor: Actor, *, status: int = 200, **shown: Any) -> Response[str]:
    today = clock.today()
    made = render(
        request,
        "account_tokens.html",
        status=status,
        tokens=tokens.of_user(actor.office, actor.user.name),
        first=today,
        usual=today + _USUAL,
        last=today + tokens.LONGEST,
        **{"word": "", "values": {}, "wrong": {}, "wait": 0, **shown},
    )
    if shown.get("wait"):
        made.headers["retry-after"] = str(shown["wait"])
    return made


ROUTES = (show, issue, revoke)
