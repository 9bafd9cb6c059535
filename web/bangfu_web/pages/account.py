"""One's own account: who one is here, a new password, the rules of sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from bangfu.registry.users import SHORTEST_PASSWORD, change_password, signed_in
from bangfu_web.desk import Visit, visit_of
from bangfu_web.guarding import COOKIE
from bangfu_web.pages.users import password_errors, programmes, tried
from bangfu_web.permissions import Action
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.routing import get, post

_INVALID, _TOO_MANY = 422, 429
DONE = {"password": "已修改密码，其他各处的登录都已退出。", "ended": "其他各处的登录都已退出。"}


@get("/account", may=Action.SIGNED_IN)
def account(request: Req) -> Response[str]:
    """Show who is signed in, and what can be changed about that."""
    return _page(request, visit_of(request), done=str(request.query_params.get("done", "")))


@post("/account/password", may=Action.SIGNED_IN)
def own_password(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Change one's own password; whoever else is signed in under the name is signed out."""
    visit = _by_browser(request)
    desk, name = visit.desk, visit.user.name
    address = request.client.host if request.client else ""
    keys = (f"name:{name}", f"address:{address}")
    if wait := desk.throttle.wait(*keys):
        return _page(request, visit, status=_TOO_MANY, wait=wait)
    old, new = str(form.get("old", "")), str(form.get("password", ""))
    with desk.registry.database.reading() as connection:
        known = signed_in(connection, name, old)
    if known is None:
        desk.throttle.failed(*keys)
        return _page(request, visit, errors={"old": "现在的密码不对"})
    desk.throttle.succeeded(keys[0])
    errors = password_errors(new, str(form.get("again", "")))
    if new == old:
        errors = {"password": "新密码与现在的相同"}
    errors = errors or tried(visit, lambda work: change_password(work, name, new))
    if errors:
        return _page(request, visit, errors=errors)
    desk.sessions.end_all(name, but=request.cookies.get(COOKIE))
    return Redirect("/account?done=password", status_code=303)


@post("/account/sessions/end", may=Action.SIGNED_IN)
def end_others(request: Req) -> Redirect:
    """Sign out everywhere but here."""
    visit = _by_browser(request)
    visit.desk.sessions.end_all(visit.user.name, but=request.cookies.get(COOKIE))
    return Redirect("/account?done=ended", status_code=303)


def _by_browser(request: Req) -> Visit:
    """Return the visit of somebody who signed in in person; a machine has no say in this."""
    visit = visit_of(request)
    if visit.session is None:
        raise PermissionDeniedException
    return visit


def _page(
    request: Req,
    visit: Visit,
    *,
    status: int = 0,
    done: str = "",
    errors: Mapping[str, str] | None = None,
    wait: int = 0,
) -> Response[str]:
    made = render(
        request,
        "account.html",
        status=status or (_INVALID if errors else 200),
        done=DONE.get(done, ""),
        errors=errors or {},
        wait=wait,
        settings=visit.desk.settings,
        shortest=SHORTEST_PASSWORD,
        programme=programmes(visit).get(visit.user.programme or "", ""),
    )
    if wait:
        made.headers["retry-after"] = str(wait)
    return made


ROUTES = (account, own_password, end_others)
