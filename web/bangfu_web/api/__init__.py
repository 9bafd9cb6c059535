"""The JSON API under ``/api``: what the pages do, for programs; one file for each part, what it lists is served.

``shapes`` says what requests may hold and reads them, ``declare`` puts that beside each route, ``openapi``
writes the description of all of them from the same declarations.
"""

from importlib import import_module
from pkgutil import iter_modules

from litestar import Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from bangfu_web.api.sent import MOST_BYTES, read_sent


def operations() -> tuple[HTTPRouteHandler, ...]:
    """Return every operation of the API. Each says in ``opt["may"]`` who may use it."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(route for module in modules for route in getattr(module, "ROUTES", ()))


def routes() -> tuple[Router, ...]:
    """Return the API as it is put into the desk."""
    router = Router(
        path="/api",
        route_handlers=operations(),
        dependencies={"sent": Provide(read_sent)},
        request_max_body_size=MOST_BYTES,
    )
    return (router,)
