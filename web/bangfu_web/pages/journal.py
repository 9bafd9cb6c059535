"""The journal, for auditors: who did what when, newest first, and whether it is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from attrs import frozen
from litestar import Response
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from bangfu import clock
from bangfu.files.values import Wrong, read_day
from bangfu.messages import _
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.registry import Entry, Head, JournalError, reason_in_words
from bangfu_office.registry.chain import is_ahead
from bangfu_office.registry.journal import OPERATION_LABELS, Wanted
from bangfu_office.registry.users import ROLE_LABELS
from bangfu_web.desk import actor_of
from bangfu_web.render import render, said_when
from bangfu_web.request import Req, values_of
from bangfu_web.routing import get, post
from bangfu_web.work_queues import AUDITS

PAGE = 50
_INVALID = 422
_LONGEST_NUMBER = 15
_IN_ADDRESS = ("household", "operation", "since", "until", "before", "after")
_MAY_BE_SHOWN: Mapping[str, tuple[str, ...]] = {
    "user": ("name", "role", "region", "programme", "disabled"),
    "token": ("name", "token", "what"),
    "password": ("name",),
    "left": ("status", "to"),
    "closed": ("reason",),
    "recheck": ("due", "reason"),
    "rechecked": ("due", "reason"),
    "seen": ("what", "region", "households", "names"),
    "clock": ("at",),
}
"""Of entries that are about no fact: the parts, by operation, that hold nothing personal."""

_PARTS = {
    "name": _("用户"),
    "role": _("角色"),
    "region": _("地区"),
    "programme": _("项目"),
    "disabled": _("停用"),
    "status": _("去向"),
    "to": _("迁入"),
    "reason": _("事由"),
    "due": _("到期"),
    "what": _("内容"),
    "households": _("户数"),
    "names": _("姓名和证件号码"),
    "token": _("令牌"),
    "at": _("此前最后一条的时刻"),
}
_WRITTEN = frozenset({"name", "to", "token"})
_VALUES: Mapping[str, str] = {
    **{role.value: label for role, label in ROLE_LABELS.items()},
    "left": _("迁出"),
    "dead": _("去世"),
    "moved": _("迁入其他家庭"),
    "identity": _("姓名和证件号码"),
    "full": _("导出全部内容"),
    "shown": _("完整"),
    "masked": _("遮盖"),
    "roster": _("导出花名册"),
    "made": _("签发"),
    "revoked": _("撤销"),
    "True": _("是"),
    "False": _("否"),
}


@frozen
class Checked:
    """What came of checking the whole journal: its head, or the error that names the first wrong entry."""

    head: Head | None
    error: JournalError | None = None

    @property
    def ahead(self) -> bool:
        """Whether the last entry bears a moment that has not come yet."""
        return self.head is not None and is_ahead(self.head)


@get("/journal", may=Action.JOURNAL)
def journal(request: Req) -> Response[str]:
    """Show the newest entries."""
    return _found(request, {name: str(request.query_params.get(name, "")) for name in _IN_ADDRESS})


@post("/journal/find", status_code=200, may=Action.JOURNAL, once=False)
def find(request: Req, form: NamedDependency[FormMultiDict]) -> Response[str]:
    """Show the entries that a filter finds; people's names go by form, so that they stand in no address or log."""
    return _found(request, values_of(form))


@post("/journal/verify", status_code=200, may=Action.JOURNAL, line=AUDITS, once=False)
def verify(request: Req) -> Response[str]:
    """Check every entry against the one before, and the households against what the entries add up to."""
    actor = actor_of(request)
    try:
        checked = Checked(actor.office.registry.verify())
    except JournalError as error:
        checked = Checked(None, error)
    return _found(request, {}, checked)


def _found(request: Req, asked: Mapping[str, str], checked: Checked | None = None) -> Response[str]:
    actor = actor_of(request)
    wanted, errors = _wanted(actor, asked)
    before, after = _number(asked.get("before", "")), _number(asked.get("after", ""))
    page = [] if errors else _page(actor, wanted, before, after)
    newer = bool(page) and bool(_page(actor, wanted, None, page[0].seq, limit=1))
    older = bool(page) and bool(_page(actor, wanted, page[-1].seq, None, limit=1))
    return render(
        request,
        "journal.html",
        status=_INVALID if errors else 200,
        asked={name: asked.get(name, "") for name in ("household", "who", "operation", "since", "until")},
        errors=errors,
        entries=page,
        newer=page[0].seq if newer else None,
        older=page[-1].seq if older else None,
        checked=checked,
        operations=OPERATION_LABELS,
        parts=parts,
        catalog=actor.office.rulebook.catalog,
    )


def _page(actor: Actor, wanted: Wanted, before: int | None, after: int | None, limit: int = PAGE) -> list[Entry]:
    found = actor.office.registry.browse(wanted, before=before, after=after, limit=limit)
    return actor.office.registry.masked(found)


def _wanted(actor: Actor, asked: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    errors: dict[str, str] = {}
    since, until = (_day(asked.get(name, ""), name, errors) for name in ("since", "until"))
    if since and until and since > until:
        errors["until"] = _("不早于开始的日期")
    operation = asked.get("operation", "")
    wanted = Wanted(
        household=asked.get("household", ""),
        who=asked.get("who", ""),
        operation=operation if operation in OPERATION_LABELS else "",
        since=clock.beginning(since) if since else None,
        until=clock.beginning(until + timedelta(days=1)) if until else None,
        region=actor.user.region,
    )
    return wanted, errors


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        return read_day(text) if text else None
    except Wrong as wrong:
        errors[name] = wrong.said
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def parts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what an entry that is about no fact says, label and value; only what is known to hold nothing personal."""
    said = json.loads(entry.new or entry.old or "null")
    for name in _MAY_BE_SHOWN.get(entry.operation, ()):
        if isinstance(said, dict) and said.get(name) not in (None, ""):
            yield _PARTS[name], _in_words(name, str(said[name]))


def _in_words(name: str, value: str) -> str:
    """Return a part of an entry in words; what somebody wrote or is called is marked as that."""
    if name == "at":
        return said_when(value)
    if name == "reason":
        return reason_in_words(value)
    return value if name in _WRITTEN else _VALUES.get(value, value)


ROUTES = (journal, find, verify)
