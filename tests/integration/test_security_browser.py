"""What browsers are told and what they send: headers, cookies, forgery, and text that would like to be code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

import bangfu_web
from bangfu import Rulebook
from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role, find_user
from bangfu_web import Settings, create_app
from bangfu_web.request_bodies import FORM, WORKBOOK
from web_desk import FAMILY, GUIDING, PASSWORD, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
WEB = Path(bangfu_web.__file__).parent
NASTY = "<script>alert(1)</script>'\"; drop table users; --{{7*7}}${7*7}%s{0}"
"""HTML, SQL, templates and format strings in one name."""

SHOWN = ["/", "/login", "/nowhere", "/households", f"/households/{FAMILY}", f"/households/{FAMILY}/plan", "/sheets",
         "/sheets/template.xlsx", "/account", "/users", "/api/facts", "/api/nowhere", f"/api/households/{FAMILY}",
         f"/households/{FAMILY}/print/plan", "/households/none", "/households?page=x"]  # fmt: skip


def answers(visitor: Visitor) -> Iterator[httpx.Response]:
    """Yield answers of every kind: pages, files, data, redirects, refusals, errors."""
    for path in SHOWN:
        yield visitor.get(path)
    yield visitor.client.post("/households/new")
    yield visitor.send("/account/password", {"old": "wrong"})
    yield visitor.client.post("/api/plan", content=b"{", headers={"x-csrf-token": visitor.csrf})
    yield visitor.client.request("TRACE", "/login")
    yield visitor.client.put("/login")


@pytest.fixture
def by_tls(web_registry: Registry, web_rulebook: Rulebook) -> TestClient[Litestar]:
    """Return a browser that reaches the desk by TLS."""
    return TestClient(create_app(web_registry, web_rulebook, Settings(https=True)), base_url="https://testserver.local")


def test_every_answer_tells_the_browser_what_it_may(client_as: ClientAs) -> None:
    """No foreign content, no frames, no guessing of types, no address given away."""
    for answer in answers(client_as(Role.CASEWORKER)):
        policy = answer.headers["content-security-policy"]
        for said in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
                     "script-src 'self';", "form-action 'self'"):  # fmt: skip
            assert said in policy, answer.url
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "access-control-allow-origin" not in answer.headers
        assert not {"server", "x-powered-by"} & answer.headers.keys()


def test_nothing_but_the_desks_own_files_is_kept_by_browsers(client_as: ClientAs) -> None:
    """Pages, data, refusals and files to download are never stored."""
    visitor = client_as(Role.CASEWORKER)
    assert {answer.headers.get("cache-control") for answer in answers(visitor)} == {"no-store"}
    assert visitor.send("/sheets/export", {"kind": "roster", "region": ""}).headers["cache-control"] == "no-store"
    assert visitor.get("/static/style.css").status_code == 200


def test_every_answer_names_its_type_and_characters(client_as: ClientAs) -> None:
    """What is a file to keep is sent as one, under a name of ours."""
    visitor = client_as(Role.CASEWORKER)
    for answer in answers(visitor):
        kind = answer.headers.get("content-type", "")
        assert not answer.content or kind, answer.url
        assert not kind.startswith("text/") or "charset=utf-8" in kind, answer.url
    files = [visitor.get("/sheets/template.xlsx"), visitor.send("/sheets/export", {"kind": "roster", "region": ""})]
    for answer in files:
        assert answer.headers["content-disposition"].startswith('attachment; filename="bangfu.xlsx"; filename*=UTF-8')
        assert answer.headers["content-disposition"].isascii()


def test_by_tls_browsers_are_told_to_stay_there(by_tls: TestClient[Litestar]) -> None:
    """For a year, subdomains too."""
    for path in ("/login", "/nowhere", "/static/style.css", "/api/facts"):
        assert by_tls.get(path).headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_cookies_by_tls(by_tls: TestClient[Litestar]) -> None:
    """Sent by TLS alone, to this host alone, to no script, not from other sites; sign-out takes them away."""
    answer = by_tls.post("/login", data={"name": "caseworker", "password": PASSWORD}, follow_redirects=False)
    token = re.search(r'name="_csrf" value="([^"]+)"', by_tls.get("/account").text)
    assert token
    form = {"_csrf": token[1], "language": "en", "back": "/account"}
    chosen = by_tls.post("/language", data=form, follow_redirects=False)
    cookies = [answer.headers["set-cookie"], chosen.headers["set-cookie"]]
    assert 'lang="en"' in by_tls.get("/account").text
    cookies.append(by_tls.post("/logout", data=form, follow_redirects=False).headers["set-cookie"])
    for cookie in cookies:
        assert cookie.startswith("__Host-bangfu_")
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
        assert "domain" not in cookie.lower()
    assert by_tls.get("/account", follow_redirects=False).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
)
def test_changes_from_elsewhere_are_refused(headers: dict[str, str], client_as: ClientAs) -> None:
    """Even with the session's token, on pages and on the API, and for the sign-in itself."""
    visitor = client_as(Role.CASEWORKER)
    assert visitor.send("/account/sessions/end", **headers).status_code == 403
    assert visitor.client.post("/login", data={"name": "x", "password": "x"}, headers=headers).status_code == 403
    answer = visitor.client.post("/api/check", json={}, headers={"x-csrf-token": visitor.csrf, **headers})
    assert answer.status_code == 403


def test_a_change_needs_the_token_of_the_session(client_as: ClientAs) -> None:
    """None, another's, and an empty one are refused, whatever the form's type."""
    visitor, other = client_as(Role.CASEWORKER), client_as(Role.CASEWORKER)
    for token in ("", other.csrf, "错"):
        assert visitor.client.post("/account/sessions/end", data={"_csrf": token}).status_code == 403
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        answer = visitor.client.post("/api/check", content=b"{}", headers={"content-type": kind})
        assert answer.status_code in (400, 403, 415), kind


def test_reading_changes_nothing(client_as: ClientAs, web_registry: Registry) -> None:
    """Whatever is asked for by GET leaves the registry as it was."""
    for role in Role:
        visitor = client_as(role)
        before = web_registry.history(newest=1)[0].seq
        for path in (*SHOWN, f"/households/{FAMILY}/edit", f"/households/{FAMILY}/history", "/journal"):
            visitor.get(path)
        assert web_registry.history(newest=1)[0].seq == before


def test_other_methods_are_refused(client_as: ClientAs) -> None:
    """TRACE above all."""
    visitor = client_as(Role.CASEWORKER)
    for method in ("TRACE", "PUT", "DELETE", "CONNECT"):
        assert visitor.client.request(method, "/login").status_code in (404, 405), method


def test_what_people_type_stays_text(client_as: ClientAs) -> None:
    """A name that is HTML, SQL, template and format string at once comes back as it was typed, and does nothing."""
    visitor = client_as(Role.CASEWORKER)
    form = {"h.region": GUIDING, "m0.relation": "head", "m0.name": NASTY}
    saved = visitor.send("/households/new", form)
    assert saved.status_code == 303, saved.text
    number = saved.headers["location"].split("/")[2]
    visitor.look(number)
    for path in (f"/households/{number}", f"/households/{number}/plan", f"/households/{number}/edit",
                 f"/households/{number}/print/plan"):  # fmt: skip
        shown = visitor.get(path)
        assert shown.status_code == 200
        assert "<script>alert" not in shown.text, path
        assert "49${49}" not in shown.text, path
    assert "&lt;script&gt;alert(1)" in visitor.get(f"/households/{number}/edit").text
    assert number in visitor.send("/households/find", {"text": NASTY}).text
    assert number not in visitor.send("/households/find", {"text": "' or 1=1 --"}).text
    revealed = visitor.client.post(f"/api/households/{number}/reveal", headers={"x-csrf-token": visitor.csrf}, json={})
    assert revealed.json()["data"]["members"][0]["name"] == NASTY


def test_one_is_never_sent_elsewhere(client_as: ClientAs) -> None:
    """The page to go back to is a page of the desk."""
    visitor = client_as(Role.CASEWORKER)
    for back in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"):
        assert visitor.send("/language", {"language": "en", "back": back}).headers["location"] == "/"
    assert visitor.send("/language", {"language": "en", "back": "/policy"}).headers["location"] == "/policy"


def test_errors_give_nothing_away(client_as: ClientAs, desk_app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own mistake says neither what went wrong nor where."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("石大山 select * from members")

    visitor = client_as(Role.CASEWORKER)
    monkeypatch.setattr(type(desk_app.state["desk"].office.registry), "household", broken)
    for path in (f"/households/{FAMILY}", f"/api/households/{FAMILY}"):
        answer = visitor.get(path)
        assert answer.status_code == 500
        for word in ("石大山", "select", "RuntimeError", "Traceback", "bangfu_web", ".py"):
            assert word not in answer.text


def test_pages_hold_no_script_of_their_own() -> None:
    """No inline script, no handlers, no styles, nothing from elsewhere; what is marked safe is ours."""
    marked = []
    for file in sorted((WEB / "templates").glob("*.html")):
        text = file.read_text(encoding="utf-8")
        assert re.findall(r"<script(?![^>]*\bsrc=\"/static/)", text) == [], file.name
        assert re.findall(r"\son\w+=|javascript:|<style|\sstyle=", text) == [], file.name
        assert re.findall(r"(?:src|href|action|hx-\w+)=\"https?:", text) == [], file.name
        marked += [f"{file.name}: {found}" for found in re.findall(r"\{\{[^}]*\|\s*safe[^}]*\}\}", text)]
    ours = {
        "what_if.html: {{ again|safe }}",
        "what_if.html: {{ redraw|safe }}",
        "account_factor.html: {{ picture|safe }}",
    }
    assert set(marked) <= ours, marked
    script = (WEB / "templates" / "script_parts.html").read_text(encoding="utf-8")
    assert '"allowEval": false' in script
    assert '"historyCacheSize": 0' in script


def test_passwords_can_be_pasted_and_are_hidden(client_as: ClientAs) -> None:
    """Fields of the right kind, with what password managers look for."""
    visitor = client_as(Role.CASEWORKER)
    pages = [visitor.get(path) for path in ("/account", "/account/tokens", "/account/factor")]
    fields = [found for page in pages for found in re.findall(r"<input[^>]*password[^>]*>", page.text)]
    assert len(fields) >= 5
    for field in fields:
        assert 'type="password"' in field
        assert re.search(r'autocomplete="(new|current)-password"', field)
        assert "onpaste" not in field


def test_static_files_are_those_and_no_others(client_as: ClientAs) -> None:
    """No folders are listed, nothing beside them can be reached."""
    visitor = client_as(Role.CASEWORKER)
    for path in ("/static/", "/static/..%2fapp.py", "/static/../app.py", "/static/%2e%2e/settings.py", "/.git/config"):
        assert visitor.get(path).status_code == 404, path
    kinds = {file.suffix for file in (WEB / "static").iterdir()}
    assert kinds <= {".css", ".js", ".svg"}


def test_a_request_too_large_is_refused(client_as: ClientAs) -> None:
    """Before it is read, and on the API as on pages."""
    visitor, large = client_as(Role.CASEWORKER), b"x" * (WORKBOOK.bytes + 1)
    assert visitor.client.post("/sheets/import", data={}, files={"file": ("a.xlsx", large)}).status_code == 413
    headers = {"x-csrf-token": visitor.csrf, "content-type": "application/json"}
    assert visitor.client.post("/api/plan", content=large[: FORM.bytes + 1], headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=caseworker&password=%ff%ed%a0%80"),
        ("application/x-www-form-urlencoded", b"\xff\xfe=\x00&name=%00&password=%00"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\r\n--x--\r\n',
        ),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data", b"garbage"),
        ("application/json", b'{"name":"\\ud800","password":"\\ud800"}'),
    ],
)
def test_no_bytes_make_a_form_fail(kind: str, body: bytes, desk_app: Litestar, client_as: ClientAs) -> None:
    """Refused, signed in or not; so are cookies and tokens that are no text."""
    for client in (TestClient(desk_app), client_as(Role.CASEWORKER).client):
        answer = client.post("/login", content=body, headers={"content-type": kind})
        assert answer.status_code in (400, 403), answer.text
    odd = {"cookie": "bangfu_session=\xff".encode("latin-1"), "authorization": "Bearer \xe4".encode("latin-1")}
    for name, value in odd.items():
        assert TestClient(desk_app).get("/api/facts", headers={name: value}).status_code == 401  # type: ignore[dict-item]


def test_a_file_name_is_no_path(client_as: ClientAs, tmp_path: Path) -> None:
    """An upload lies under a name of ours while it is read, and nowhere afterwards."""
    visitor = client_as(Role.CASEWORKER)
    target = tmp_path / "evil.xlsx"
    files = {"file": (f"../../../../../..{target}", b"PK\x05\x06" + b"\0" * 18)}
    answer = visitor.client.post("/sheets/import", data={"_csrf": visitor.csrf, "_once": "1"}, files=files)
    assert answer.status_code == 422
    assert not target.exists()


def test_a_value_sent_twice_counts_once(client_as: ClientAs, web_registry: Registry) -> None:
    """What is checked is what is written; what stands in the address is no part of a form."""
    visitor = client_as(Role.ADMINISTRATOR, GUIDING[:6])
    form = {"_csrf": visitor.csrf, "_once": "1", "name": "twice", "role": "auditor"}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for regions, status in ((["", GUIDING[:6]], 201), ([GUIDING[:6], ""], 422)):
        body = urlencode([*form.items(), *(("region", region) for region in regions)])
        path = f"/users?role=administrator&region={GUIDING[:6]}"
        assert visitor.client.post(path, content=body, headers=headers, follow_redirects=False).status_code == status
    with web_registry.database.reading() as connection:
        made = find_user(connection, "twice")
    assert made is not None
    assert (made.role, made.region) == (Role.AUDITOR, GUIDING[:6])
