"""The pages of the desk, one file for each part of a caseworker's work."""

from litestar.handlers import HTTPRouteHandler

from bangfu_web.routing import handlers_of


def routes() -> tuple[HTTPRouteHandler, ...]:
    """Return every route of the pages. Each says in ``opt["may"]`` who may use it."""
    return handlers_of(__name__, __path__)
