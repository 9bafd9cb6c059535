"""The JSON API under ``/api``: what the pages do, for programs.

Handlers say what they take and give by their types, ``bodies`` and values of the office: ``reading`` reads requests by
them, and Litestar describes them (``openapi``).
"""

from importlib import import_module
from pkgutil import iter_modules

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from bangfu_web.api.idempotency import once
from bangfu_web.api.reading import MOST_BYTES, JsonRequest, must_be_asked


def operations() -> tuple[HTTPRouteHandler, ...]:
    """Return every operation of the API. Each says in ``opt["may"]`` who may use it."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(route for module in modules for route in getattr(module, "ROUTES", ()))


def routes() -> tuple[Router, ...]:
    """Return the API as it is put into the desk."""
    router = Router(
        path="/api",
        route_handlers=operations(),
        guards=[must_be_asked],
        dependencies={"once": Provide(once, sync_to_thread=False)},
        request_class=JsonRequest,
        request_max_body_size=MOST_BYTES,
    )
    return (router,)
