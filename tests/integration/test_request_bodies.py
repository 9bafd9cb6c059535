"""How much may come with a request, how slowly, and what is said of more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from bangfu_office.access import Action
from bangfu_office.registry.users import Role
from bangfu_web.request_bodies import FORM, WORDS, WORKBOOK
from web_desk import FAMILY, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
URLENCODED = {"content-type": "application/x-www-form-urlencoded"}
ANONYMOUS = ["/login", "/language"]


def handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    """Yield what answers changes."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods - {"GET", "HEAD", "OPTIONS"}:
                yield handler


def test_a_stranger_may_send_some_words_and_one_page_alone_takes_files(desk_app: Litestar) -> None:
    """8 kB without signing in, 1 MB of a form or of JSON, 30 MB of a workbook."""
    sizes: dict[int, set[str]] = {}
    for handler in handlers(desk_app):
        most = handler.resolve_request_max_body_size()
        assert most, handler.paths
        sizes.setdefault(most, set()).update(handler.paths)
        if handler.opt["may"] is Action.ANYBODY:
            assert most == WORDS.bytes == 8_000, handler.paths
    assert sizes.keys() == {8_000, 1024 * 1024, 30_000_000}
    assert sizes[WORKBOOK.bytes] == {"/sheets/import"}


@pytest.mark.parametrize("path", ANONYMOUS)
@pytest.mark.parametrize("kind", ["one field", "fields", "parts", "a file"])
def test_a_stranger_sends_too_much(path: str, kind: str, desk_app: Litestar) -> None:
    """In one piece or in many, it is refused as too much, before anything is made of it."""
    boundary = {"content-type": "multipart/form-data; boundary=x"}
    part = b'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n'
    file = b'--x\r\ncontent-disposition: form-data; name="a"; filename="a"\r\n\r\n' + b"x" * 8_000 + b"\r\n--x--\r\n"
    body, headers = {
        "one field": (b"name=" + b"x" * 7_996, URLENCODED),
        "fields": (b"&".join([b"a=1"] * 21), URLENCODED),
        "parts": (part * 21 + b"--x--\r\n", boundary),
        "a file": (file, boundary),
    }[kind]
    answer = TestClient(desk_app).post(path, content=body, headers=headers, follow_redirects=False)
    assert answer.status_code == 413
    assert "传来的内容太多" in answer.text


@pytest.mark.parametrize("path", ANONYMOUS)
def test_what_a_stranger_needs_to_send_fits(path: str, desk_app: Litestar) -> None:
    """A name and a password of the longest, in Chinese, and what the page adds."""
    given = {"name": "员" * 100, "password": "密" * 200, "language": "en", "back": "/households?q=" + "x" * 500}
    answer = TestClient(desk_app).post(path, data=given, follow_redirects=False)
    assert answer.status_code in {303, 403}


def test_a_form_has_as_many_fields_as_a_hundred_members_need(client_as: ClientAs) -> None:
    """10,000 are read; 15,001 are not."""
    caseworker = client_as(Role.CASEWORKER)
    headers = {**URLENCODED, "x-csrf-token": caseworker.csrf}
    for count, refused in ((10_000, False), (FORM.fields + 1, True)):
        body = urlencode([(f"m{i % 100}.x{i}", "1") for i in range(count)])
        answer = caseworker.client.post(f"/households/{FAMILY}/edit", content=body, headers=headers)
        assert (answer.status_code == 413) is refused, answer.status_code


def test_a_form_takes_no_file(client_as: ClientAs) -> None:
    """It is left out."""
    caseworker = client_as(Role.CASEWORKER)
    sent = {"file": ("a.bin", b"x" * 100_000)}
    hidden, headers = {"_once": "1", "version": "1"}, {"x-csrf-token": caseworker.csrf}
    answer = caseworker.client.post(f"/households/{FAMILY}/edit", data=hidden, files=sent, headers=headers)
    assert answer.status_code == 422
    assert "传来的内容太多" not in answer.text


@pytest.mark.parametrize("charset", ["utf-7", "no-such", "idna", "rot13"])
def test_odd_charsets_are_no_failure(charset: str, desk_app: Litestar) -> None:
    """What a form says it is written in is not believed further than it can be read."""
    headers = {"content-type": f"application/x-www-form-urlencoded; charset={charset}"}
    answer = TestClient(desk_app).post("/login", content=b"name=a&password=%ff", headers=headers)
    assert answer.status_code in {400, 403}
