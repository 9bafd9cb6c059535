"""The pages of the desk, one file for each part of a caseworker's work; what a file lists in ``ROUTES`` is served."""

from importlib import import_module
from pkgutil import iter_modules

from litestar.types import ControllerRouterHandler


def routes() -> tuple[ControllerRouterHandler, ...]:
    """Return every route of the pages. Each says in ``opt["may"]`` who may use it."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return tuple(route for module in modules for route in getattr(module, "ROUTES", ()))
