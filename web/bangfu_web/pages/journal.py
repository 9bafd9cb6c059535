"""The journal, for auditors: who did what when, newest first, and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Response

from bangfu_office.access import Action
from bangfu_office.journal_view import OPERATIONS, read_journal, shown_parts, verify_journal
from bangfu_office.registry import Head, JournalError
from bangfu_web.desk import Req, Values, actor_of
from bangfu_web.render import render
from bangfu_web.routing import get, post
from bangfu_web.work_queues import AUDITS

_INVALID = 422
_FILTER = ("household", "who", "operation", "since", "until")
_IN_ADDRESS = ("household", "operation", "since", "until", "before", "after")


@get("/journal", may=Action.JOURNAL)
def journal(request: Req) -> Response[str]:
    """Show the newest entries."""
    return _found(request, {name: str(request.query_params.get(name, "")) for name in _IN_ADDRESS})


@post("/journal/find", status_code=200, may=Action.JOURNAL, once=False)
def find(request: Req, values: Values) -> Response[str]:
    """Show the entries that a filter finds; people's names go by form, so that they stand in no address or log."""
    return _found(request, values)


@post("/journal/verify", status_code=200, may=Action.JOURNAL, queue=AUDITS, once=False)
def verify(request: Req) -> Response[str]:
    """Check every entry against the one before, and the households against what the entries add up to."""
    try:
        return _found(request, {}, verify_journal(actor_of(request)))
    except JournalError as error:
        return _found(request, {}, error)


def _found(request: Req, asked: Mapping[str, str], checked: Head | JournalError | None = None) -> Response[str]:
    actor = actor_of(request)
    found = read_journal(actor, asked)
    return render(
        request,
        "journal.html",
        status=_INVALID if found.errors else 200,
        asked={name: asked.get(name, "") for name in _FILTER},
        found=found,
        head=checked if isinstance(checked, Head) else None,
        wrong=checked if isinstance(checked, JournalError) else None,
        operations=OPERATIONS,
        parts=shown_parts,
        catalog=actor.office.rulebook.catalog,
    )
