"""A browser without a screen: it signs in, keeps its connection, and fills in the desk's own forms."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

from attrs import define, field

_PATIENCE = 120
_KEPT = 3.0
"""Seconds for which a connection is surely kept open between two requests."""
_FAILED = 500
_BOUNDARY = "a-line-that-stands-in-no-workbook"
_CSRF = re.compile(r'name="_csrf" value="([^"]+)"')


class ServerError(Exception):
    """The server answered that it failed: with 500 or above."""


@define
class Visitor:
    """One connection to a server; of the desk, somebody's session too.

    Whatever is sent raises ``ServerError`` where the answer is 500 or above, and ``OSError`` or ``HTTPException``
    where none comes.
    """

    url: str
    csrf: str = ""
    _cookie: str = ""
    _connection: HTTPConnection = field(init=False)
    _used: float = field(factory=time.monotonic)

    def __attrs_post_init__(self) -> None:
        address = urlsplit(self.url)
        self._connection = HTTPConnection(str(address.hostname), address.port, timeout=_PATIENCE)

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the text of a page."""
        return self._sent("GET", path, None, {})

    def post(self, path: str, form: Mapping[str, str]) -> tuple[int, str]:
        """Send a form; return the status and the text, no redirect followed."""
        body = urlencode({**self._tokens(), **form}).encode()
        return self._sent("POST", path, body, {"content-type": "application/x-www-form-urlencoded"})

    def _tokens(self) -> dict[str, str]:
        """Return what every form holds: that it is of our own page, and which one it is."""
        return {"_csrf": self.csrf, "_once": secrets.token_hex(8)}

    def post_json(self, path: str, body: bytes) -> tuple[int, str]:
        """Send JSON; return the status and the text."""
        return self._sent("POST", path, body, {"content-type": "application/json", "x-csrf-token": self.csrf})

    def upload(self, path: str, form: Mapping[str, str], name: str, content: bytes) -> tuple[int, str]:
        """Send a form with a file; return the status and the text."""
        head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
        fields = "".join(f'{head}"{key}"\r\n\r\n{value}\r\n' for key, value in {**self._tokens(), **form}.items())
        file = f'{head}"file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        body = f"{fields}{file}".encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        return self._sent("POST", path, body, {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"})

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
        cookie = {"cookie": self._cookie} if self._cookie else {}
        if time.monotonic() - self._used > _KEPT:
            self._connection.close()  # as the desk does to one that nobody uses; the next request begins a new one
        try:
            self._connection.request(method, path, body, {**headers, **cookie})
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")  # a PDF is looked at by its beginning
            self._used = time.monotonic()
        except (OSError, HTTPException):
            self._connection.close()  # the next request begins a new one
            raise
        if given := answer.headers.get("set-cookie"):
            self._cookie = given.split(";")[0]
        if answer.status >= _FAILED:
            raise ServerError(f"{method} {path}: {answer.status}")
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


def filled_in(page: str, field: str = "version") -> dict[str, str]:
    """Return what a browser would send of the form that has a field: of a household's form, its version."""
    reader = _Form(field)
    reader.feed(page)
    return reader.values


class _Form(HTMLParser):
    """Reads the one form that has a field."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self._field = field
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
        elif tag == "form" and self._field in self._form:
            self.values = self._form
