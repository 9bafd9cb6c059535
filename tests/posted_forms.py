"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser


class Forms(HTMLParser):
    """The forms of a page that are posted: each action with its fields as they would be sent, and its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []
        self._open: dict[str, str] | None = None
        self._select, self._chosen = "", False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of the one that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posted = given.get("method", "").lower() == "post" or "hx-post" in given
            self._open = {} if posted else None
            if self._open is not None:
                self.found.append((given.get("action") or given.get("hx-post", ""), self._open, []))
        elif tag == "button" and self._open is not None and "name" in given:
            self.found[-1][2].append((given["name"], given.get("value", "")))
        elif self._open is not None and given.get("name"):
            self._select, self._chosen = given["name"] if tag == "select" else "", False
            sent = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if sent and not self._open.get(given["name"]):
                self._open[given["name"]] = given.get("value", "")
            self._open.setdefault(given["name"], "")
        elif tag == "option" and self._open is not None and self._select and ("selected" in given or not self._chosen):
            self._open[self._select], self._chosen = given.get("value", ""), True  # the first, until one is selected

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = None
