"""One's own account: who one is here, a new password, the sessions that last and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.accounts.security_log import note
from bangfu_office.registry.passwords import SHORTEST_PASSWORD
from bangfu_office.registry.users import change_password, find_user
from bangfu_web.desk import actor_of
from bangfu_web.guarding import client_address, session_key
from bangfu_web.pages.login import begun
from bangfu_web.pages.users import end_access, looked_at, programmes, tried
from bangfu_web.render import render
from bangfu_web.request import Req, values_of
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.signing_in import attempt
from bangfu_web.work_queues import PASSWORDS

_INVALID, _TOO_MANY = 422, 429
WRONG = _("现在的密码不对")
DONE = {
    "password": _("已修改密码，其他各处的登录都已退出，程序令牌都已撤销。"),
    "factor": _("已取消动态口令，其他各处的登录都已退出。"),
    "ended": _("其他各处的登录都已退出。"),
    "ended-one": _("已退出那一处的登录。"),
}
OTHERS = "others"
"""Which sessions end, in place of one's id: all but this one."""


@get("/account", may=Action.SIGNED_IN)
def account(request: Req) -> Response[str]:
    """Show who is signed in, and what can be changed about that."""
    return _page(request, actor_of(request), done=str(request.query_params.get("done", "")))


@get("/account/password", may=Action.UNREADY)
def first_password(request: Req) -> Response[str]:
    """Ask whoever came with a first password for another one."""
    return _page(request, actor_of(request))


@post("/account/password", may=Action.UNREADY, takes=WORDS, line=PASSWORDS)
def own_password(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Change one's own password; whoever else is signed in under the name is signed out, and tokens end."""
    actor = by_browser(request)
    name, old, new = actor.user.name, str(form.get("old", "")), str(form.get("password", ""))
    known = attempt(request, name, old, "change of password")
    if known.wait:
        return _page(request, actor, status=_TOO_MANY, wait=known.wait)
    if known.user is None:
        return _page(request, actor, errors={"old": WRONG})
    errors, kept = looked_at(new, str(form.get("again", "")), name)
    if new == old:
        errors = {"password": _("新密码与现在的相同")}
    errors = errors or tried(actor, lambda work: change_password(work, name, kept), values_of(form))
    if errors:
        return _page(request, actor, errors=errors)
    end_access(actor, name)
    with actor.office.registry.database.reading() as connection:
        now = find_user(connection, name)
    return Redirect("/account?done=password", status_code=303, cookies=begun(request, now or actor.user))


@post("/account/sessions/end", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def end_sessions(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Sign out in one other place, or everywhere but here; with the password."""
    actor, which = by_browser(request), str(form.get("which", ""))
    known = attempt(request, actor.user.name, str(form.get("old", "")), "end of sessions")
    if known.user is None:
        wrong = {} if known.wait else {"old": WRONG}
        return _page(request, actor, status=_TOO_MANY if known.wait else 0, ending=wrong, ending_wait=known.wait)
    if which == OTHERS:
        actor.office.sessions.end_all(actor.user.name, but=session_key(request))
    else:
        actor.office.sessions.end_one(actor.user.name, which)
    note("signed out elsewhere", user=actor.user.name, address=client_address(request))
    return Redirect(f"/account?done={'ended' if which == OTHERS else 'ended-one'}", status_code=303)


def by_browser(request: Req) -> Actor:
    """Return the actor of somebody who signed in in person; a machine has no say in this."""
    actor = actor_of(request)
    if actor.session is None:
        raise PermissionDeniedException
    return actor


def _page(
    request: Req,
    actor: Actor,
    *,
    status: int = 0,
    done: str = "",
    errors: Mapping[str, str] | None = None,
    wait: int = 0,
    ending: Mapping[str, str] | None = None,
    ending_wait: int = 0,
) -> Response[str]:
    made = render(
        request,
        "first_password.html" if actor.user.must_change else "account.html",
        status=status or (_INVALID if errors or ending else 200),
        done=DONE.get(done, ""),
        errors=errors or {},
        wait=wait,
        ending=ending or {},
        ending_wait=ending_wait,
        settings=actor.office.settings,
        sessions=actor.office.sessions.of_user(actor.user),
        here=actor.session,
        shortest=SHORTEST_PASSWORD,
        programme=programmes(actor).get(actor.user.programme or "", ""),
    )
    if wait or ending_wait:
        made.headers["retry-after"] = str(wait or ending_wait)
    return made


ROUTES = (account, first_password, own_password, end_sessions)
