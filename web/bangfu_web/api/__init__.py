"""The JSON API under ``/api``: what the pages do, for programs.

Handlers say what they take and give by their types, ``bodies`` and values of the office: ``reading`` reads requests by
them, and Litestar describes them (``openapi``).
"""

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from bangfu_web.api.answers import JsonAnswer
from bangfu_web.api.declare import once
from bangfu_web.api.reading import MOST_BYTES, JsonRequest, must_be_asked
from bangfu_web.routing import handlers_of


def operations() -> tuple[HTTPRouteHandler, ...]:
    """Return every operation of the API. Each says in ``opt["may"]`` who may use it."""
    return handlers_of(__name__, __path__)


def router() -> Router:
    """Return the API as it is put into the desk."""
    return Router(
        path="/api",
        route_handlers=operations(),
        guards=[must_be_asked],
        dependencies={"once": Provide(once, sync_to_thread=False)},
        request_class=JsonRequest,
        response_class=JsonAnswer,
        request_max_body_size=MOST_BYTES,
    )
