"""From a printed page to a PDF. Nothing is fetched but our own stylesheet, out of the package."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

_OURS = "https://desk.invalid/"
_STYLE = f"{_OURS}static/print.css"
_printer = ThreadPoolExecutor(1, "pdf")
"""One sheet at a time, for Pango and Fontconfig keep state of the process; and always in the same thread: a sheet takes
some hundred megabytes for a moment, and the allocator keeps those of each thread apart."""


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


def pdf_of(html: str) -> bytes:
    """Return a printed page as PDF."""
    return _printer.submit(_written, html).result()


def _written(html: str) -> bytes:
    return bytes(laid_out(html).write_pdf())
