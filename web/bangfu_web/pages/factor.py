"""One's own second factor: set up with a device, given up with password and code; new recovery codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from litestar import Response
from litestar.datastructures import Cookie, FormMultiDict
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.accounts import pending_login
from bangfu_office.accounts.security_log import note
from bangfu_office.registry.second_factor import address_of, codes_left, new_codes, reset_factor, set_factor, step_of
from bangfu_office.registry.users import find_user
from bangfu_web.guarding import client_address
from bangfu_web.pages.account import WRONG, by_browser
from bangfu_web.pages.login import begun
from bangfu_web.render import render
from bangfu_web.request import Req
from bangfu_web.request_bodies import WORDS
from bangfu_web.routing import get, post
from bangfu_web.signing_in import Attempt, attempt, attempt_code
from bangfu_web.work_queues import PASSWORDS

_MADE, _INVALID, _TOO_MANY = 201, 422, 429
_WRONG_CODE = _("动态口令不对或已用过；请等下一个")
_WRONG_FIRST_CODE = _("数字不对；请看手机的时间准不准，再输入现在显示的")


@get("/account/factor", may=Action.UNREADY)
def factor(request: Req) -> Response[str]:
    """Show the secret of a factor that can be set up, or what there is to say of the one that is."""
    return _page(request, by_browser(request))


@post("/account/factor", may=Action.UNREADY, takes=WORDS, line=PASSWORDS, once=False)
def set_up(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Set the factor up, once the password is right and the device shows the right code; show the recovery codes."""
    actor = by_browser(request)
    secret = _offered(actor)
    known = attempt(request, actor.user.name, str(form.get("old", "")), "second factor")
    if known.user is None:
        return _refused(request, actor, known, "factor", {"old": WRONG})
    step = step_of(secret, str(form.get("code", "")))
    if step is None:
        return _page(request, actor, status=_INVALID, at="factor", wrong={"code": _WRONG_FIRST_CODE})
    pending_login.use(actor.office.sessions.database, actor.user.name, step)
    with actor.office.registry.work(actor.attribution()) as work:
        codes = set_factor(work, actor.user.name, secret)
    note("second factor: set up", user=actor.user.name, address=client_address(request))
    return _page(request, actor, status=_MADE, codes=codes, cookies=_anew(request, actor))


@post("/account/factor/codes", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def fresh_codes(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Make new recovery codes and show them, this once; the others are over."""
    actor = by_browser(request)
    if refused := _unproved(request, actor, form, "codes"):
        return refused
    with actor.office.registry.work(actor.attribution()) as work:
        codes = new_codes(work, actor.user.name)
    note("second factor: recovery codes", user=actor.user.name, address=client_address(request))
    return _page(request, actor, status=_MADE, codes=codes)


@post("/account/factor/remove", may=Action.SIGNED_IN, takes=WORDS, line=PASSWORDS, once=False)
def remove(request: Req, form: NamedDependency[FormMultiDict]) -> Response[Any]:
    """Give the factor up, as before another device; who needs one is led to set it up again."""
    actor = by_browser(request)
    if refused := _unproved(request, actor, form, "remove"):
        return refused
    with actor.office.registry.work(actor.attribution()) as work:
        reset_factor(work, actor.user.name)
    note("second factor: taken away", user=actor.user.name, address=client_address(request))
    return Redirect("/account?done=factor", status_code=303, cookies=_anew(request, actor))


def _unproved(request: Req, actor: Actor, form: FormMultiDict, at: str) -> Response[str] | None:
    """Return what somebody is told, at a form, who has not proved by password and code to be the user; None: proved."""
    if not actor.user.has_factor:
        raise NotFoundException
    known = attempt(request, actor.user.name, str(form.get("old", "")), "second factor")
    if known.user is None:
        return _refused(request, actor, known, at, {"old": WRONG})
    known = attempt_code(request, actor.user, str(form.get("code", "")), "second factor code")
    return _refused(request, actor, known, at, {"code": _WRONG_CODE}) if known.user is None else None


def _refused(request: Req, actor: Actor, tried: Attempt, at: str, wrong: Mapping[str, str]) -> Response[str]:
    if tried.wait:
        return _page(request, actor, status=_TOO_MANY, wait=tried.wait)
    return _page(request, actor, status=_INVALID, at=at, wrong=wrong)


def _offered(actor: Actor) -> str:
    """Return the secret that this session can make a factor of."""
    if actor.user.has_factor or actor.session is None or actor.session.offered is None:
        raise NotFoundException
    return actor.office.registry.encryption.open(actor.session.offered)


def _anew(request: Req, actor: Actor) -> list[Cookie]:
    """End all sessions of a user whose factor is another one, and begin one here, for the page that is drawn too."""
    actor.office.sessions.end_all(actor.user.name)
    with actor.office.registry.database.reading() as connection:
        user = find_user(connection, actor.user.name) or actor.user
    cookies = begun(request, user)
    request.scope["user"], request.scope["auth"] = user, actor.office.sessions.find(str(cookies[0].value))
    return cookies


def _page(
    request: Req, actor: Actor, *, status: int = 200, cookies: list[Cookie] | None = None, **shown: Any
) -> Response[str]:
    user = request.scope["user"]
    secret = "" if user.has_factor else _offered(actor)
    with actor.office.registry.database.reading() as connection:
        left = codes_left(connection, user.name)
    picture = segno.make(address_of(user.name, secret), error="m", micro=False) if secret else None
    made = render(
        request,
        "account_factor.html",
        status=status,
        groups=[secret[i : i + 4] for i in range(0, len(secret), 4)],
        picture=picture.svg_inline(scale=4, light="#fff", svgclass="qr", title="QR", lineclass=None) if picture else "",
        left=left,
        needed=actor.office.settings.needs_factor(user),
        **{"codes": (), "at": "", "wrong": {}, "wait": 0, **shown},
    )
    made.cookies.extend(cookies or [])
    if shown.get("wait"):
        made.headers["retry-after"] = str(shown["wait"])
    return made


ROUTES = (factor, set_up, fresh_codes, remove)
