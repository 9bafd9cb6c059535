"""How operations of the API are declared: path, who may, what they take and give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import litestar
from attrs import field, frozen
from litestar.handlers import HTTPRouteHandler

from bangfu_office.access.permissions import Action
from bangfu_web.api.shapes import Keys
from bangfu_web.routing import Declared, in_thread


@frozen
class Doc:
    """What an operation gives (the name of a schema) and takes: the keys of a body, or the name of its schema."""

    gives: str
    takes: Keys | str | None = None
    query: Keys = field(factory=dict)
    status: int = 200

    @property
    def repeatable(self) -> bool:
        """Whether it changes a household, so that a request may name itself and be sent again."""
        return self.takes is not None and not isinstance(self.takes, str) and "reason" in self.takes


def get(path: str, *, may: Action, doc: Doc) -> Declared:
    """Declare something to read."""
    return _declared(litestar.get, path, may, doc)


def post(path: str, *, may: Action, doc: Doc) -> Declared:
    """Declare something to do."""
    return _declared(litestar.post, path, may, doc)


def patch(path: str, *, may: Action, doc: Doc) -> Declared:
    """Declare a change of what is there."""
    return _declared(litestar.patch, path, may, doc)


def _declared(method: Callable[..., Any], path: str, may: Action, doc: Doc) -> Declared:
    def declared(function: Callable[..., Mapping[str, Any]]) -> HTTPRouteHandler:
        handler: HTTPRouteHandler = method(path, opt={"may": may, "doc": doc}, status_code=doc.status)(
            in_thread(function)
        )
        return handler

    return declared
