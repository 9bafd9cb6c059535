"""A browser without a screen: it signs in, keeps its connection, and fills in the desk's own forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from attrs import define, field

_PATIENCE = 120
_CSRF = re.compile(r'name="_csrf" value="([^"]+)"')


@define
class Visitor:
    """One connection to a server; of the desk, somebody's session too."""

    url: str
    csrf: str = ""
    _cookie: str = ""
    _connection: HTTPConnection = field(init=False)

    def __attrs_post_init__(self) -> None:
        address = urlsplit(self.url)
        self._connection = HTTPConnection(str(address.hostname), address.port, timeout=_PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text of a page."""
        return self._sent("GET", path, None, {})

    def post(self, path: str, form: Mapping[str, str]) -> tuple[int, str]:
        """Send a form; return the status and the text, no redirect followed."""
        body = urlencode({"_csrf": self.csrf, **form}).encode()
        return self._sent("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, body: bytes) -> tuple[int, str]:
        """Send JSON; return the status and the text."""
        return self._sent("POST", path, body, {"content-type": "application/json"})

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
        cookie = {"cookie": self._cookie} if self._cookie else {}
        try:
            self._connection.request(method, path, body, {**headers, **cookie})
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException):
            self._connection.close()  # the next request begins a new one
            raise
        if given := answer.headers.get("set-cookie"):
            self._cookie = given.split(";")[0]
        return answer.status, text

    def sign_in(self, name: str, password: str) -> None:
        """Begin a session.

        Raises:
            SystemExit: the desk does not let this user in.
        """
        status, _ = self.post("/login", {"name": name, "password": password})
        found = _CSRF.search(self.get("/households")[1])
        if found is None:
            raise SystemExit(f"the desk answered the sign-in with {status}")
        self.csrf = found[1]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def filled_in(page: str) -> dict[str, str]:
    """Return what a browser would send of the form of a household as it stands."""
    reader = _Form()
    reader.feed(page)
    return reader.values


class _Form(HTMLParser):
    """Reads the one form that has a version."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._form: dict[str, str] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = {}
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._form):
            self._form[self._select] = given.get("value", "")
        elif tag == "input" and name and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self._form[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form" and "version" in self._form:
            self.values = self._form
