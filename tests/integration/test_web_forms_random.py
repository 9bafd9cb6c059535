"""Whatever somebody sends instead of a form as it was shown, the desk answers; it never breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bangfu_office.registry.users import Role
from posted_forms import Forms
from property_profiles import TIMES
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

    @settings(max_examples=60 * TIMES, suppress_health_check=list(HealthCheck))
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
