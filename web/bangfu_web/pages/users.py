"""Users: who may work here; added, changed, let in anew, stopped and let in again by an administrator.

An administrator chooses nobody's password: a first one is made, shown once, and changed by its user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen
from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from bangfu import clock
from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.once import once
from bangfu_office.access.permissions import Action
from bangfu_office.accounts import tokens
from bangfu_office.accounts.security_log import note
from bangfu_office.registry import DatabaseUnusableError, RegistryError, Work
from bangfu_office.registry.passwords import Hashed, hashed
from bangfu_office.registry.second_factor import reset_factor
from bangfu_office.registry.users import (
    FIRST_PASSWORD,
    Role,
    User,
    add_user,
    all_users,
    change_password,
    change_user,
    disable_user,
    find_user,
    first_password,
    must_be_as_seen,
)
from bangfu_web.desk import actor_of
from bangfu_web.guarding import client_address
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.work_queues import PASSWORDS

_INVALID = 422
_MADE = 201
_UNLIKE = _("两次输入的密码不同")
_NATION = "000000"
DONE = {
    "changed": _("已修改，该用户已在各处退出。"),
    "again": _("这份表单已经提交过，已经办好；初始密码只显示一次，没有记下的请另设。"),
    "factor": _("已取消动态口令，该用户已在各处退出。"),
    "disabled": _("已停用，该用户已在各处退出。"),
    "enabled": _("已启用。"),
}
"""What a page says once a change is done; by the word that stands in the address."""


@frozen
class Changing:
    """A change of a user that was not made: what was typed, and what is wrong with it by field."""

    name: str
    values: Mapping[str, str]
    errors: Mapping[str, str]


@frozen
class First:
    """A first password that was made for a user: for an added one, or in place of another."""

    name: str
    password: str
    added: bool


@get("/users", may=Action.USERS)
def users(request: Req) -> Response[str]:
    """List the users of the administrator's region."""
    return _page(request, actor_of(request), done=str(request.query_params.get("done", "")))


@post("/users", may=Action.USERS, takes=WORDS, line=PASSWORDS)
def add(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Add a user with a first password, and show it: this once, so there is no address to come back to."""
    actor, values = actor_of(request), values_of(form)
    name, password = values.get("name", ""), ""
    errors = _rights_errors(actor, values)
    if not errors:
        user = User(name, Role(values["role"]), values.get("region", ""), values.get("programme") or None)
        errors, password = _given(actor, name, values, lambda work, first: add_user(work, user, first, first=True))
    if errors:
        return _page(request, actor, values=values, errors=errors)
    return _first(request, actor, First(name, password, added=True))


@post("/users/change", may=Action.USERS)
def change(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give somebody else another role, region or programme; he or she has to sign in anew."""
    actor, values = actor_of(request), values_of(form)
    name = _other(actor, values)
    errors = _rights_errors(actor, values)
    if not errors:
        role, region, programme = Role(values["role"]), values.get("region", ""), values.get("programme")

        def step(work: Work) -> None:
            must_be_as_seen(work, name, values.get("seen", ""))
            change_user(work, name, role=role, region=region, programme=programme)

        errors = tried(actor, step, values)
    if errors:
        return _page(request, actor, changing=Changing(name, values, errors))
    end_access(actor, name)
    return Redirect("/users?done=changed", status_code=303)


def _rights_errors(actor: Actor, values: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a role, region and programme that an administrator of this region gives, by field."""
    errors = {}
    if values.get("role", "") not in set(Role):
        errors["role"] = _("请选择角色")
    if not actor.user.covers(values.get("region", "")):
        errors["region"] = _("应在您所管的地区（{region}）内", region=actor.user.region)
    if (values.get("programme") or None) not in {None, *programmes(actor)}:
        errors["programme"] = _("没有这个项目")
    return errors


@post("/users/password", may=Action.USERS, takes=WORDS, line=PASSWORDS)
def new_password(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give somebody else another first password, show it, and sign him or her out everywhere."""
    actor, values = actor_of(request), values_of(form)
    name = _other(actor, values)
    errors, password = _given(actor, name, values, lambda work, first: change_password(work, name, first, first=True))
    if errors:
        return _page(request, actor, changing=Changing(name, {}, errors))
    if password:
        end_access(actor, name)
    return _first(request, actor, First(name, password, added=False))


def _given(
    actor: Actor, name: str, values: Mapping[str, str], give: Callable[[Work, Hashed], None]
) -> tuple[dict[str, str], str]:
    """Give a user a first password; return what is wrong, and the password: empty where the form came before."""
    password = first_password()
    kept = hashed(password, name)
    given: list[str] = []

    def step(work: Work) -> None:
        give(work, kept)
        given.append(password)

    errors = tried(actor, step, values)
    return errors, "" if errors or not given else given[0]


def _first(request: Req, actor: Actor, made: First) -> Response[Any]:
    """Show a first password; of one that was made when the form came before, nobody can say what it was."""
    if not made.password:
        return Redirect("/users?done=again", status_code=303)
    return _page(request, actor, first=made)


@post("/users/factor", may=Action.USERS)
def forget_factor(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Take somebody else's second factor away, as when the device is lost; he or she is out at once."""
    actor, values = actor_of(request), values_of(form)
    name = _other(actor, values)

    def step(work: Work) -> None:
        must_be_as_seen(work, name, values.get("seen", ""))
        reset_factor(work, name)

    if errors := tried(actor, step, values):
        return _page(request, actor, changing=Changing(name, {}, errors))
    actor.office.sessions.end_all(name)
    note("second factor: taken away", user=name, address=client_address(request))
    return Redirect("/users?done=factor", status_code=303)


@post("/users/disable", may=Action.USERS)
def disable(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Let somebody else sign in no more, or again; he or she is out at once."""
    actor, values = actor_of(request), values_of(form)
    name, disabled = _other(actor, values), values.get("disabled") != "0"

    def step(work: Work) -> None:
        must_be_as_seen(work, name, values.get("seen", ""))
        disable_user(work, name, disabled=disabled)

    if errors := tried(actor, step, values):
        return _page(request, actor, changing=Changing(name, {}, errors))
    end_access(actor, name)
    return Redirect(f"/users?done={'disabled' if disabled else 'enabled'}", status_code=303)


def end_access(actor: Actor, name: str) -> None:
    """Sign somebody out everywhere and take the tokens back; both would be refused anyway once the stamp changed."""
    actor.office.sessions.end_all(name)
    for token in tokens.end_all(actor.office, name):
        note_token(actor, name, token.name, "revoked")


def note_token(actor: Actor, user: str, token: str, what: str) -> None:
    """Write into the journal what became of a user's token."""
    with actor.office.registry.work(actor.attribution()) as work:
        work.note("token", None, new={"name": user, "token": token, "what": what})


def looked_at(password: str, again: str, name: str) -> tuple[dict[str, str], Hashed]:
    """Return what is wrong with a new password that was typed twice, by field, and the password as it is kept."""
    try:
        kept = hashed(password, name)
    except RegistryError as error:
        return {"password": error.text}, Hashed("")
    return {} if password == again else {"again": _UNLIKE}, kept


def tried(actor: Actor, step: Callable[[Work], None], values: Mapping[str, str]) -> dict[str, str]:
    """Do something with a user, once for a form; return what is wrong with it, under no field's name."""

    def done() -> str:
        step(work)
        return ""

    try:
        with actor.office.registry.work(actor.attribution()) as work:
            once(actor, work, values, done)
    except DatabaseUnusableError:
        raise
    except RegistryError as error:
        return {"": error.text}
    return {}


def _other(actor: Actor, values: Mapping[str, str]) -> str:
    """Return the name of the user who is meant: somebody of the region, not the administrator in person.

    Raises:
        NotFoundException: there is no such user.
    """
    name = values.get("name", "")
    with actor.office.registry.database.reading() as connection:
        found = find_user(connection, name)
    if found is None or found.name == actor.user.name or not actor.user.covers(found.region):
        raise NotFoundException
    return found.name


def programmes(actor: Actor) -> dict[str, str]:
    """Return the programmes an officer can be of: those of the whole country and of all policy packs."""
    rulebook, today = actor.office.rulebook, clock.today()
    regions = dict.fromkeys([_NATION, *(pack.region for pack in rulebook.packs)])
    return {p.code: p.name for region in regions for p in rulebook.rules(region, today).programmes}


def _page(
    request: Req,
    actor: Actor,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    changing: Changing | None = None,
    first: First | None = None,
) -> Response[str]:
    with actor.office.registry.database.reading() as connection:
        known = [user for user in all_users(connection) if actor.user.covers(user.region)]
    return render(
        request,
        "users.html",
        status=_MADE if first else _INVALID if errors or changing else 200,
        users=known,
        programmes=programmes(actor),
        done=DONE.get(done, ""),
        values=values or {"region": actor.user.region},
        errors=errors or {},
        changing=changing,
        first=first,
        days=FIRST_PASSWORD.days,
    )


ROUTES = (users, add, change, new_password, forget_factor, disable)
