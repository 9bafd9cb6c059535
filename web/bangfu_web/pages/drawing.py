"""How what the office returns is drawn, and with which status when it refused what a form held."""

from __future__ import annotations

from typing import Any

from attrs import AttrsInstance, fields
from litestar import Response

from bangfu import BangfuError, InputError
from bangfu_office.forms import StaleFormError
from bangfu_office.registry import AlreadyRegisteredError, ConflictError
from bangfu_web.render import render
from bangfu_web.request import Req

_STALE, _CONFLICT, _INVALID = 400, 409, 422
REFUSED = (InputError, AlreadyRegisteredError, ConflictError)
"""For what a form is shown again, as it was filled in."""


def draw(request: Req, template: str, view: AttrsInstance, error: BangfuError | None = None) -> Response[str]:
    """Return the page of a view, with the status of the error for which a form was refused."""
    status = 200 if error is None else refused_status(error)
    return render(request, template, status=status, **context_of(view))


def context_of(view: AttrsInstance) -> dict[str, Any]:
    """Return what the template of a view sees: its fields by their names, and the household it shows."""
    context = {field.name: getattr(view, field.name) for field in fields(type(view))}
    shown = context.pop("shown", None)
    return {**context, "record": shown and shown.record, "revealed_until": shown and shown.revealed_until}


def refused_status(error: BangfuError) -> int:
    """Return the status of a form that was refused: 400 where no page of ours writes such a one."""
    if isinstance(error, AlreadyRegisteredError | ConflictError):
        return _CONFLICT
    return _STALE if isinstance(error, StaleFormError) else _INVALID
