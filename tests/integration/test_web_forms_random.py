"""Whatever somebody sends instead of a form as it was shown, the desk answers; it never breaks."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu.registry.users import Role
from web_desk import FAMILY, Visitor

pytest_plugins = ["web_desk"]

PAGES = [
    (Role.CASEWORKER, "/households"),
    (Role.CASEWORKER, "/households/new"),
    (Role.CASEWORKER, f"/households/{FAMILY}/edit"),
    (Role.CASEWORKER, f"/households/{FAMILY}/events"),
    (Role.CASEWORKER, f"/households/{FAMILY}/plan"),
    (Role.OFFICER, f"/households/{FAMILY}/what-if"),
    (Role.REVIEWER, "/sheets"),
    (Role.ASSISTANT, "/account"),
    (Role.ASSISTANT, "/account/tokens"),
    (Role.AUDITOR, "/journal"),
    (Role.ADMINISTRATOR, "/users"),
]
ENDING = {"/logout", "/account/sessions/end"}
"""Forms after which nobody would be signed in any more."""
NASTY = [
    "", " ", "0", "-1", "1e999", "NaN", "9" * 40, "１２３", "2026-02-30", "0001-01-01", "9999-12-31", "on", "x" * 5_000,
    "=1+1", "'\"<b>", "\u202e", "\U0001f600", "\t\r\n", "%", "_", "../..",
]  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page that are posted: each action with its fields as they would be sent, and its buttons."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []
        self._open: dict[str, str] | None = None
        self._select = ""
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
            self._select = given["name"] if tag == "select" else ""
            self._open.setdefault(given["name"], given.get("value", ""))
        elif tag == "option" and self._open is not None and self._select and "selected" in given:
            self._open[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = None


_PRESSED = 0.5
"""How often one of a form's own buttons is pressed and not the one that sends it."""
VALUES = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(("role", "path"), PAGES)
def test_no_form_breaks_the_desk(role: Role, path: str, client_as: Callable[..., Visitor]) -> None:
    """Fields are left out, filled with anything, sent twice or invented; the answer is never a failure of ours."""
    visitor = client_as(role)
    shown = visitor.get(path)
    assert shown.status_code == 200
    elsewhere = ENDING if path == "/households" else {*ENDING, "/language"}
    forms = [(action or path, *rest) for action, *rest in Forms(shown.text).found if action not in elsewhere]
    assert forms
    names = sorted({name for _, fields, _ in forms for name in fields} - {"_csrf"})

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(
        form=st.sampled_from(forms),
        changed=st.dictionaries(st.sampled_from([*names, "nobody-knows-this", "members.99.sex"]), VALUES, max_size=4),
        gone=st.sets(st.sampled_from(names), max_size=2) if names else st.just(set()),
        twice=VALUES | st.none(),
        press=st.floats(0, 1, exclude_max=True),
    )
    def sent(form: Any, changed: dict[str, str], gone: set[str], twice: str | None, press: float) -> None:
        action, fields, buttons = form
        data: dict[str, Any] = {name: value for name, value in {**fields, **changed}.items() if name not in gone}
        data["_csrf"] = visitor.csrf
        if buttons and press < _PRESSED:
            name, value = buttons[int(press / _PRESSED * len(buttons))]
            data[name] = value
        if twice is not None and changed:
            data[next(iter(changed))] = [twice, next(iter(changed.values()))]
        answer = visitor.client.post(action, data=data, follow_redirects=False)
        assert answer.status_code < 500, (action, sorted(data))
        assert answer.headers.get("location", "") != "/login", "signed out: nothing would be tried any more"

    sent()
