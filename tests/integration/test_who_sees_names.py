"""Who sees names and ID numbers: nobody, until somebody who may asks for one household; every route, every role."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from litestar import Litestar

from bangfu import clock
from bangfu_office.households import drafts
from bangfu_office.households.reveals import MINUTES
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role
from every_route import answered, asked
from named_households import (
    CLOSED,
    DEAD,
    HEAD,
    MAY,
    NUMBERS,
    OPEN,
    OTHERWISE,
    SISTER,
    WIFE,
    WORDS,
    Named,
    full_in,
)
from web_desk import GUIDING, ON, Visitor

pytest_plugins = ["web_desk", "named_households"]

ClientAs = Callable[..., Visitor]

# --- every route, without a look ------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_without_a_look_nobody_sees_a_full_name_or_number(
    role: Role, client_as: ClientAs, desk_app: Litestar, named: Named
) -> None:
    """In no page, answer, sheet, workbook, header or redirect, whatever is asked for and however it is refused."""
    visitor = client_as(role)
    registered = {"m0.person": str(named.head), "m0.name": HEAD, "m0.id_number": NUMBERS[0], "m0.relation": "head"}
    draft = {"h.region": GUIDING, **registered, "evidence": WORDS, "reason": WORDS}
    drafts.keep(desk_app.state["desk"].office, role.value, OPEN, draft)
    wrong, seen = [], 0
    for method, address, body in asked(desk_app, named):
        answer = answered(visitor, method, address, body)
        seen += answer.status_code == 200
        if answer.status_code >= 500 or (found := full_in(answer)):
            wrong.append((method, address, body, answer.status_code, sorted(found) if answer.status_code < 500 else ()))
    assert wrong == []
    assert seen > (30 if role is not Role.ADMINISTRATOR else 5), "most of it was refused"
    assert [entry for entry in named.registry.history(OPEN) if entry.operation == "seen"] == []


# --- with a look ----------------------------------------------------------------------------------


def pages(named: Named) -> dict[str, set[str]]:
    """Return pages of the household, and whose full names stand on each of them at least."""
    base, (later, earlier) = f"/households/{OPEN}", named.assessments
    return {
        base: {HEAD, WIFE, DEAD, OTHERWISE, NUMBERS[0], NUMBERS[1]},
        f"{base}/plan": {HEAD, WIFE},
        f"{base}/edit": {HEAD, WIFE, *NUMBERS[:2]},
        f"{base}/events": {HEAD, WIFE},
        f"{base}/what-if": {HEAD, WIFE},
        f"{base}/history": {HEAD, WIFE, DEAD, OTHERWISE, NUMBERS[0], NUMBERS[1], NUMBERS[3]},
        f"{base}/facts/{named.head}/name": {HEAD, OTHERWISE},
        f"{base}/facts/{named.head}/id_number": {NUMBERS[0]},
        f"{base}/assessments/{later}": {HEAD},
        f"{base}/assessments/{earlier}/{later}": set(),
        f"{base}/print/plan": {HEAD},
        f"{base}/print/plan/pdf": {HEAD},
    }


def looked(visitor: Visitor, number: str = OPEN, back: str = "") -> str:
    """Press the button for a household and return where that goes on."""
    answer = visitor.send(f"/households/{number}/reveal", {"back": back})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def looks_in(registry: Registry) -> list[tuple[str, str | None]]:
    """Return who looked at whom, as the journal has it."""
    return [(entry.who, entry.household) for entry in registry.history() if entry.operation == "seen"]


@pytest.mark.parametrize("role", MAY)
def test_with_a_look_all_pages_of_the_household_show_everything(role: Role, client_as: ClientAs, named: Named) -> None:
    """Of that household, in that session; the journal has one entry, however many pages and presses."""
    visitor, elsewhere = client_as(role), client_as(role)
    changing = ("/edit", "/events") if role is Role.AUDITOR else ()
    shows = {path: who for path, who in pages(named).items() if not path.endswith(tuple(changing))}
    assert looked(visitor) == f"/households/{OPEN}"
    assert looked(visitor) == f"/households/{OPEN}"
    lacking = {path: who - full_in(answer) for path, who in shows.items() if (answer := visitor.get(path))}
    assert {path: who for path, who in lacking.items() if who} == {}
    assert [path for path in shows if full_in(elsewhere.get(path))] == []
    closed = [f"/households/{CLOSED}{end}" for end in ("", "/plan", "/history", "/print/plan")]
    assert [path for path in closed if full_in(visitor.get(path))] == []
    listed = [visitor.get("/households"), visitor.get("/journal"), visitor.get(f"/api/households/{OPEN}/history")]
    assert [full_in(answer) for answer in (*listed, visitor.get(f"/api/households/{OPEN}"))] == [set()] * 4
    assert looks_in(named.registry) == [(role.value, OPEN)]


def test_a_look_is_over_after_ten_minutes(client_as: ClientAs, named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then everything is masked again; the next one is another entry. Pages say until when names are shown."""
    visitor, path, now = client_as(Role.CASEWORKER), f"/households/{OPEN}", clock.now()
    moment = [now]
    monkeypatch.setattr("bangfu.clock.now", lambda: moment[0])
    assert "显示姓名和证件号码" in visitor.get(path).text
    looked(visitor)
    until = clock.local(now + timedelta(minutes=MINUTES))
    assert f"姓名和证件号码显示到 {until:%H:%M}" in visitor.get(path).text
    moment[0] = now + timedelta(minutes=MINUTES) - timedelta(seconds=1)
    assert HEAD in full_in(visitor.get(path))
    moment[0] = now + timedelta(minutes=MINUTES, seconds=1)
    assert full_in(visitor.get(path)) == set()
    assert "显示姓名和证件号码" in visitor.get(path).text
    looked(visitor)
    assert HEAD in full_in(visitor.get(path))
    assert looks_in(named.registry) == [(Role.CASEWORKER.value, OPEN)] * 2


def test_two_presses_at_once_are_one_look(client_as: ClientAs, named: Named) -> None:
    """As of a button that is clicked twice."""
    visitor = client_as(Role.CASEWORKER)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: looked(visitor), range(4)))
    assert HEAD in full_in(visitor.get(f"/households/{OPEN}"))
    assert looks_in(named.registry) == [(Role.CASEWORKER.value, OPEN)]


def test_a_look_ends_with_its_session(client_as: ClientAs, named: Named) -> None:
    """Whoever signs in again sees names masked."""
    visitor = client_as(Role.CASEWORKER)
    looked(visitor)
    visitor.send("/logout")
    again = client_as(Role.CASEWORKER)
    assert full_in(again.get(f"/households/{OPEN}")) == set()
    assert len(looks_in(named.registry)) == 1


def test_a_look_that_cannot_be_noted_shows_nothing(
    client_as: ClientAs, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry comes first."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    visitor = client_as(Role.CASEWORKER)
    with monkeypatch.context() as broken:
        broken.setattr("bangfu_office.registry.work.Work.flush", full)
        assert visitor.send(f"/households/{OPEN}/reveal").status_code >= 500
    assert full_in(visitor.get(f"/households/{OPEN}")) == set()
    assert looks_in(named.registry) == []
    looked(visitor)
    assert looks_in(named.registry) == [(Role.CASEWORKER.value, OPEN)]


def test_who_may_not_look_is_offered_nothing(client_as: ClientAs, named: Named) -> None:
    """An officer sees masked names, on paper too, no button, and is refused."""
    officer = client_as(Role.OFFICER)
    for end in ("", "/plan", "/what-if", "/print/plan"):
        assert "显示姓名" not in officer.get(f"/households/{OPEN}{end}").text
    assert "不能查看全名" in officer.get(f"/households/{OPEN}/print/plan").text
    assert officer.send(f"/households/{OPEN}/reveal").status_code == 403
    assert officer.send(f"/households/{OPEN}/what-if", {"redraw": "reveal"}).status_code == 403
    assert looks_in(named.registry) == []


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        (f"/households/{OPEN}/plan?on=2026-03-01", f"/households/{OPEN}/plan?on=2026-03-01"),
        (f"/households/{OPEN}/print/refusal?on=2026-03-01&asked=categories", None),
        ("", f"/households/{OPEN}"),
        (f"/households/{CLOSED}/plan", f"/households/{OPEN}"),
        (f"/households/{OPEN}1/plan", f"/households/{OPEN}"),
        (f"/households/{OPEN}/../{CLOSED}", f"/households/{OPEN}"),
        (f"/households/{OPEN}/%2e%2e/{CLOSED}", f"/households/{OPEN}"),
        (f"/households/{OPEN}/plan\r\nset-cookie: a=b", f"/households/{OPEN}"),
        ("https://example.org/", f"/households/{OPEN}"),
        (f"//example.org/households/{OPEN}/", f"/households/{OPEN}"),
    ],
)
def test_after_the_button_one_is_where_one_was(back: str, goes: str | None, client_as: ClientAs, named: Named) -> None:
    """On a page of the same household, never anywhere else."""
    assert named.head
    assert looked(client_as(Role.CASEWORKER), back=back) == (goes or back)


# --- forms ----------------------------------------------------------------------------------------


def test_typed_in_text_survives_the_button(client_as: ClientAs, named: Named) -> None:
    """In the household's form, in what-ifs, in events: names come, what was typed stays; one entry in all."""
    visitor, base = client_as(Role.CASEWORKER), f"/households/{OPEN}"
    form = {"version": "9", "h.region": GUIDING, "m0.person": str(named.head), "m0.name": f"{HEAD[0]}**"}
    shown = visitor.send(f"{base}/edit", {**form, "evidence": "新写的凭证", "redraw": "reveal"})
    assert "新写的凭证" in shown.text
    assert HEAD in full_in(shown)
    row = {"c0.fact": "incomes", "c0.who": str(named.head), "c0.incomes.0.kind": "wage", "c0.incomes.0.amount": "4321"}
    shown = visitor.send(f"{base}/what-if", {**row, "c0.incomes.0.per": "month", "redraw": "reveal"})
    assert "4321" in shown.text
    assert HEAD in full_in(shown)
    shown = visitor.send(f"{base}/events", {"event": "close", "close.why": "整户搬走了", "redraw": "reveal"})
    assert 'value="整户搬走了"' in shown.text
    assert HEAD in full_in(shown)
    assert "没有办成" not in shown.text
    assert len(looks_in(named.registry)) == 1


def test_a_masked_name_in_a_form_is_the_registered_one(client_as: ClientAs, named: Named) -> None:
    """Also of two people whose names look alike masked; other masked names are refused, here and by the API."""
    visitor, base, registry = client_as(Role.CASEWORKER), f"/households/{OPEN}", named.registry
    with registry.work(Attribution("王办事员", on=ON)) as work:
        work.join(OPEN, {"name": SISTER, "relation": "other"})
    people = registry.household(OPEN).members
    form = {"version": str(registry.household(OPEN).version), "h.region": GUIDING, "h.residence": "urban"}
    for place, one in enumerate(people):
        mask = one.facts["name"][0] + "**"
        form |= {f"m{place}.person": str(one.id), f"m{place}.name": mask, f"m{place}.relation": one.facts["relation"]}
    refused = visitor.send(f"{base}/edit", {**form, "m0.name": "王*"})
    assert refused.status_code == 422
    assert 'id="m0.name-error"' in refused.text
    headers = {"x-csrf-token": visitor.csrf}
    change = {"version": registry.household(OPEN).version,
              "changes": [{"fact": "name", "value": "璩**", "member": named.head}]}  # fmt: skip
    assert visitor.client.patch(f"/api/households/{OPEN}", json=change, headers=headers).status_code == 422
    assert visitor.send(f"{base}/edit", form).status_code == 303
    record = registry.household(OPEN)
    assert [one.facts["name"] for one in record.members] == [HEAD, WIFE, SISTER]
    assert record.facts["residence"] == "urban"


def test_what_a_draft_says_is_saved_whole(client_as: ClientAs, named: Named) -> None:
    """Its evidence is shown masked, kept whole when the draft is kept again, and saved whole."""
    visitor, path, registry = client_as(Role.CASEWORKER), f"/households/{OPEN}/edit", named.registry
    people = registry.household(OPEN).members
    form = {"version": str(registry.household(OPEN).version), "h.region": GUIDING, "h.residence": "urban"}
    for place, one in enumerate(people):
        form |= {f"m{place}.person": str(one.id), f"m{place}.name": one.facts["name"],
                 f"m{place}.relation": one.facts["relation"]}  # fmt: skip
    assert visitor.send(f"/drafts/{OPEN}", {**form, "evidence": WORDS}).status_code == 204
    page = visitor.get(path)
    assert full_in(page) == set()
    masked = html.unescape(re.findall(r'name="evidence" value="([^"]+)"', page.text)[0])
    assert masked.startswith(f"{HEAD[0]}**、")
    assert visitor.send(f"/drafts/{OPEN}", {**form, "evidence": masked}).status_code == 204
    assert visitor.send(path, {**form, "evidence": masked}).status_code == 303
    assert {entry.evidence for entry in registry.history(OPEN) if entry.who == Role.CASEWORKER.value} == {WORDS}


# --- the API, and what is taken out ---------------------------------------------------------------


def test_the_api_shows_all_where_it_is_asked_to_and_notes_each_time(client_as: ClientAs, named: Named) -> None:
    """It knows no looks: the next answer is masked again."""
    visitor, headers = client_as(Role.AUDITOR), {}
    headers["x-csrf-token"] = visitor.csrf
    for _ in range(2):
        shown = visitor.client.post(f"/api/households/{OPEN}/reveal", headers=headers, json={})
        assert full_in(shown) >= {HEAD, WIFE, OTHERWISE, *NUMBERS[:2]}
        assert full_in(visitor.get(f"/api/households/{OPEN}")) == set()
        assert full_in(visitor.get(f"/households/{OPEN}")) == set()
    assert looks_in(named.registry) == [(Role.AUDITOR.value, OPEN)] * 2


def test_a_recheck_is_done_by_its_masked_reason(client_as: ClientAs, named: Named) -> None:
    """A program has read no other one."""
    visitor = client_as(Role.CASEWORKER)
    (due, reason), *_ = visitor.get(f"/api/households/{OPEN}").json()["rechecks"][0].values(), None
    assert reason.startswith(f"{HEAD[0]}**")
    body = {"due": due, "reason": reason}
    answer = visitor.client.post(
        f"/api/households/{OPEN}/rechecks/done", headers={"x-csrf-token": visitor.csrf}, json=body
    )
    assert answer.status_code == 200
    assert WORDS not in {why for _, why in named.registry.household(OPEN).rechecks}


@pytest.mark.parametrize(("kind", "names"), [("full", "shown"), ("roster", "masked")])
def test_what_is_taken_out_is_noted_before_it_is_given(
    kind: str, names: str, client_as: ClientAs, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many households of where, with names in full or masked; without an entry there is no file."""
    visitor, form = client_as(Role.CASEWORKER), {"kind": kind, "region": GUIDING[:6]}
    answer = visitor.send("/sheets/export", form)
    assert (HEAD in full_in(answer)) is (kind == "full")
    (entry,) = [entry for entry in named.registry.history() if entry.operation == "seen"]
    # The family, the man alone and the named ones; of the closed one nothing goes out.
    said = {"what": kind, "region": GUIDING[:6], "households": 3, "names": names}
    assert (entry.household, json.loads(entry.new or "")) == (None, said)

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bangfu_office.registry.work.Work.note", fails)
    refused = visitor.send("/sheets/export", form)
    assert (refused.status_code, refused.content[:2] == b"PK") == (500, False)
