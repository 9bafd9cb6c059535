"""Users: who may work here; added, changed, let in anew, stopped and let in again by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.response import Redirect

from bangfu_office.access import Action, FormError
from bangfu_office.accounts import users as office
from bangfu_office.registry import FIRST_PASSWORD
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import render_form
from bangfu_web.routing import get, post, post_password

_MADE = 201


def _page(request: Req, error: FormError | None = None, **shown: Any) -> Response[str]:
    actor = actor_of(request)
    context: dict[str, Any] = {"users": office.users_of(actor), "programmes": office.programmes(actor.office)}
    context |= {"days": FIRST_PASSWORD.days, "values": {}, "done": "", "changing": "", "first": None, **shown}
    return render_form(request, "users.html", error, **context)


def _changing(request: Req, error: FormError, *, values: Mapping[str, str]) -> Response[str]:
    """Show the form of a user who was not changed; what was filled in is kept where that form has it."""
    return _page(request, error, changing=values.get("name", ""), values=values if "role" in values else {})


@get("/users", may=Action.USERS)
def users(request: Req) -> Response[str]:
    """List the users of the administrator's region."""
    return _page(request, done=request.query_params.get("done", ""))


@post_password("/users", may=Action.USERS, again=_page)
def add(request: Req, values: Values) -> Response[Any]:
    """Add a user with a first password."""
    whom = _whom(values)
    return _first(request, whom.name, office.add(actor_of(request), whom, _rights(values)), added=True)


@post_password("/users/password", may=Action.USERS, again=_changing)
def new_password(request: Req, values: Values) -> Response[Any]:
    """Give somebody else another first password."""
    whom = office.Whom(values.get("name", ""), sent=values)
    return _first(request, whom.name, office.give_password(actor_of(request), whom), added=False)


@post("/users/change", may=Action.USERS, again=_changing)
def change(request: Req, values: Values) -> Redirect:
    """Give somebody else another role, region or programme."""
    office.change(actor_of(request), _whom(values), _rights(values))
    return Redirect("/users?done=changed", status_code=303)


@post("/users/factor", may=Action.USERS, again=_changing)
def forget_factor(request: Req, values: Values) -> Redirect:
    """Take somebody else's second factor away."""
    office.forget_factor(actor_of(request), _whom(values))
    return Redirect("/users?done=factor", status_code=303)


@post("/users/disable", may=Action.USERS, again=_changing)
def disable(request: Req, values: Values) -> Redirect:
    """Let somebody else sign in no more, or again."""
    disabled = values.get("disabled") != "0"
    office.disable(actor_of(request), _whom(values), disabled=disabled)
    return Redirect(f"/users?done={'disabled' if disabled else 'enabled'}", status_code=303)


def _whom(values: Mapping[str, str]) -> office.Whom:
    return office.Whom(values.get("name", ""), values.get("seen", ""), values)


def _rights(values: Mapping[str, str]) -> office.Rights:
    return office.Rights(values.get("role", ""), values.get("region", ""), values.get("programme", ""))


def _first(request: Req, name: str, password: str, *, added: bool) -> Response[Any]:
    """Show a first password, this once; of one made when the form came before, nobody can say what it was."""
    if not password:
        return Redirect("/users?done=again", status_code=303)
    return _page(request, status=_MADE, first={"name": name, "password": password, "added": added})
