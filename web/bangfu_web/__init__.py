"""The caseworker's desk: bangfu in a browser, and as a JSON API. It holds no rule; it shows what core works out."""

from bangfu_web.app import create_app
from bangfu_web.desk import Settings

__all__ = ["Settings", "create_app"]
