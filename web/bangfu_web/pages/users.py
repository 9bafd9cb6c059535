"""Users: who may work here; added, changed, let in anew, stopped and let in again by an administrator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from litestar import Response
from litestar.response import Redirect

from bangfu_office.access import Action, Actor, FormError
from bangfu_office.accounts import users as office
from bangfu_office.registry import FIRST_PASSWORD
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import render_form
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.work_queues import PASSWORDS

_MADE = 201


@get("/users", may=Action.USERS)
def users(request: Req) -> Response[str]:
    """List the users of the administrator's region."""
    return _page(request, done=request.query_params.get("done", ""))


@post("/users", may=Action.USERS, takes=WORDS, queue=PASSWORDS)
def add(request: Req, values: Values) -> Response[Any]:
    """Add a user with a first password."""
    whom = _whom(values)
    try:
        password = office.add(actor_of(request), whom, _rights(values))
    except FormError as error:
        return _page(request, error, values=values)
    return _first(request, whom.name, password, added=True)


@post("/users/password", may=Action.USERS, takes=WORDS, queue=PASSWORDS)
def new_password(request: Req, values: Values) -> Response[Any]:
    """Give somebody else another first password."""
    whom = office.Whom(values.get("name", ""), sent=values)
    try:
        password = office.give_password(actor_of(request), whom)
    except FormError as error:
        return _page(request, error, changing=whom.name)
    return _first(request, whom.name, password, added=False)


@post("/users/change", may=Action.USERS)
def change(request: Req, values: Values) -> Response[Any]:
    """Give somebody else another role, region or programme."""
    return _changed(request, values, lambda actor, whom: office.change(actor, whom, _rights(values)), "changed")


@post("/users/factor", may=Action.USERS)
def forget_factor(request: Req, values: Values) -> Response[Any]:
    """Take somebody else's second factor away."""
    return _changed(request, values, office.forget_factor, "factor")


@post("/users/disable", may=Action.USERS)
def disable(request: Req, values: Values) -> Response[Any]:
    """Let somebody else sign in no more, or again."""
    disabled = values.get("disabled") != "0"
    step = partial(office.disable, disabled=disabled)
    return _changed(request, values, step, "disabled" if disabled else "enabled")


def _changed(
    request: Req, values: Mapping[str, str], step: Callable[[Actor, office.Whom], None], done: str
) -> Response[Any]:
    """Change a user; lead to the list, or show what is wrong."""
    whom = _whom(values)
    try:
        step(actor_of(request), whom)
    except FormError as error:
        return _page(request, error, changing=whom.name, values=values if "role" in values else {})
    return Redirect(f"/users?done={done}", status_code=303)


def _whom(values: Mapping[str, str]) -> office.Whom:
    return office.Whom(values.get("name", ""), values.get("seen", ""), values)


def _rights(values: Mapping[str, str]) -> office.Rights:
    return office.Rights(values.get("role", ""), values.get("region", ""), values.get("programme", ""))


def _first(request: Req, name: str, password: str, *, added: bool) -> Response[Any]:
    """Show a first password, this once; of one made when the form came before, nobody can say what it was."""
    if not password:
        return Redirect("/users?done=again", status_code=303)
    return _page(request, status=_MADE, first={"name": name, "password": password, "added": added})


def _page(request: Req, error: FormError | None = None, **shown: Any) -> Response[str]:
    actor = actor_of(request)
    context: dict[str, Any] = {"users": office.users_of(actor), "programmes": office.programmes(actor.office)}
    context |= {"days": FIRST_PASSWORD.days, "values": {}, "done": "", "changing": "", "first": None, **shown}
    return render_form(request, "users.html", error, **context)
