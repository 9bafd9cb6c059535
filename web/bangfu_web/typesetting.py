"""From a printed page to a PDF. Nothing is fetched but our own stylesheet, out of the package.

Loaded where sheets are laid out alone, a process of its own (:mod:`bangfu_web.pdf`).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

_OURS = "https://desk.invalid/"
_STYLE = f"{_OURS}static/print.css"


class _OnlyOurs(URLFetcher):  # type: ignore[misc]
    """Gives the stylesheet of printed pages, and refuses every other address, of the net or the disk."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the stylesheet.

        Raises:
            ValueError: something else is asked for.
        """
        del headers
        if url != _STYLE:
            raise ValueError("printed pages fetch nothing but their stylesheet")
        style = files("bangfu_web") / "static" / "print.css"
        return URLFetcherResponse(url, body=style.read_bytes(), headers={"Content-Type": "text/css; charset=utf-8"})


def laid_out(html: str) -> Any:
    """Return the pages of a printed page, as WeasyPrint lays them out."""
    return HTML(string=html, base_url=_OURS, url_fetcher=_OnlyOurs()).render()


def typeset(html: str) -> bytes:
    """Return a printed page as PDF."""
    return bytes(laid_out(html).write_pdf())
