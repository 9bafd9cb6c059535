"""Users: who may work here; added, changed, let in anew, stopped and let in again by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.response import Redirect

from bangfu_office.access import Action, Actor, FormError
from bangfu_office.accounts import users as office
from bangfu_office.registry.users import FIRST_PASSWORD
from bangfu_web.desk import actor_of
from bangfu_web.lines import PASSWORDS
from bangfu_web.received import WORDS
from bangfu_web.render import render_form
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post

_MADE = 201


@get("/users", may=Action.USERS)
def users(request: Req) -> Response[str]:
    """List the users of the administrator's region."""
    return _page(request, actor_of(request), done=request.query_params.get("done", ""))


@post("/users", may=Action.USERS, takes=WORDS, line=PASSWORDS)
def add(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Add a user with a first password."""
    actor, values = actor_of(request), values_of(form)
    name = values.get("name", "")
    try:
        password = office.add(actor, name, _rights(values), sent=values)
    except FormError as error:
        return _page(request, actor, error, values)
    return _first(request, actor, name, password, added=True)


@post("/users/change", may=Action.USERS)
def change(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give somebody else another role, region or programme."""
    actor, values = actor_of(request), values_of(form)
    name, seen = values.get("name", ""), values.get("seen", "")
    try:
        office.change(actor, name, _rights(values), seen=seen, sent=values)
    except FormError as error:
        return _page(request, actor, error, values, changing=name)
    return Redirect("/users?done=changed", status_code=303)


@post("/users/password", may=Action.USERS, takes=WORDS, line=PASSWORDS)
def new_password(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give somebody else another first password."""
    actor, values = actor_of(request), values_of(form)
    name = values.get("name", "")
    try:
        password = office.give_password(actor, name, sent=values)
    except FormError as error:
        return _page(request, actor, error, changing=name)
    return _first(request, actor, name, password, added=False)


@post("/users/factor", may=Action.USERS)
def forget_factor(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Take somebody else's second factor away."""
    actor, values = actor_of(request), values_of(form)
    name, seen = values.get("name", ""), values.get("seen", "")
    try:
        office.forget_factor(actor, name, seen=seen, sent=values)
    except FormError as error:
        return _page(request, actor, error, changing=name)
    return Redirect("/users?done=factor", status_code=303)


@post("/users/disable", may=Action.USERS)
def disable(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Let somebody else sign in no more, or again."""
    actor, values = actor_of(request), values_of(form)
    name, seen, disabled = values.get("name", ""), values.get("seen", ""), values.get("disabled") != "0"
    try:
        office.disable(actor, name, disabled=disabled, seen=seen, sent=values)
    except FormError as error:
        return _page(request, actor, error, changing=name)
    return Redirect(f"/users?done={'disabled' if disabled else 'enabled'}", status_code=303)


def _rights(values: Mapping[str, str]) -> office.Rights:
    return office.Rights(values.get("role", ""), values.get("region", ""), values.get("programme", ""))


def _first(request: Req, actor: Actor, name: str, password: str, *, added: bool) -> Response[Any]:
    """Show a first password, this once; of one made when the form came before, nobody can say what it was."""
    if not password:
        return Redirect("/users?done=again", status_code=303)
    return _page(request, actor, status=_MADE, first={"name": name, "password": password, "added": added})


def _page(
    request: Req, actor: Actor, error: FormError | None = None, values: Mapping[str, str] | None = None, **shown: Any
) -> Response[str]:
    return render_form(
        request,
        "users.html",
        error,
        users=office.users_of(actor),
        programmes=office.programmes(actor.office),
        values=values or {},
        days=FIRST_PASSWORD.days,
        **{"done": "", "changing": "", "first": None, **shown},
    )


ROUTES = (users, add, change, new_password, forget_factor, disable)
