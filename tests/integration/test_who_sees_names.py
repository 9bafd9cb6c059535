"""Who sees names and ID numbers: nobody, until somebody who may asks for one household; every route, every role.

The people of two households have names that stand nowhere else. They stand in everything that somebody can write
freely, too: evidence, reasons, the name of an imported file, why a household was closed or is due for a recheck, a
draft. One of them died, one moved away, and one is called otherwise by another source.
"""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from attrs import frozen
from litestar import Litestar

from bangfu import Rulebook, clock, household_from
from bangfu.registry import Attribution, Change, Registry, Source
from bangfu.registry.users import Role
from bangfu_web import drafts
from bangfu_web.looks import MINUTES
from pdf_text import characters
from web_desk import FAMILY, GUIDING, ON, Visitor, declared, id_number, wage

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
OPEN, CLOSED = f"{GUIDING}-000901", f"{GUIDING}-000902"
HEAD, WIFE, SISTER, DEAD, OTHERWISE = "璩翀翯", "亓媺婠", "亓媺婳", "逯馥鬘", "璩翀翙"
NAMES = (HEAD, WIFE, SISTER, DEAD, OTHERWISE)
NUMBERS = [id_number(GUIDING, born, 5) for born in ("1961-07-13", "1963-09-21", "1967-11-02", "1939-01-31")]


def _words(*places: int, also: str = "") -> str:
    said = "、".join([*(NAMES[place] for place in places), *filter(None, [also])])
    name, number = NAMES[places[0]], NUMBERS[places[0]]
    apart = f"（{name[0]} {name[1:]}，{number[:6]} {number[6:]}）"
    return f"{said}的户口簿 {' '.join(NUMBERS[place] for place in places)}{apart}"


WORDS, OF_CLOSED = _words(0, 1, 3, also=OTHERWISE), _words(2, 1)
"""What somebody wrote about either household: of whoever ever lived there."""
MAY = [Role.ASSISTANT, Role.CASEWORKER, Role.REVIEWER, Role.AUDITOR]
DAY = "2026-04-01"


@frozen
class Named:
    """The registry with both households; the numbers of the head and of the assessments of the first."""

    registry: Registry
    head: int
    assessments: tuple[int, ...]


def _person(place: int, relation: str, **facts: Any) -> dict[str, Any]:
    return {"relation": relation, "name": NAMES[place], "id_number": NUMBERS[place], "incomes": [], **facts}


@pytest.fixture
def named(web_registry: Registry, web_rulebook: Rulebook) -> Named:
    """Return both households registered, with names and numbers in whatever is written about them."""
    by = Attribution("王办事员", on=ON, evidence=WORDS, reason=WORDS)
    shared = {"region": GUIDING, "residence": "rural"}
    head = _person(0, "head", employment="employed", insured=True, incomes=wage(600))
    first = {**shared, "registered_poor": True, "members": [head, _person(3, "parent")]}
    second = {**shared, "members": [_person(2, "head"), _person(1, "sibling")]}
    of_closed = Attribution("王办事员", on=ON, evidence=OF_CLOSED, reason=OF_CLOSED)
    for who, number, words, data in ((by, OPEN, WORDS, first), (of_closed, CLOSED, OF_CLOSED, second)):
        with web_registry.work(who) as work:
            work.add(household_from(data, on=ON, catalog=web_rulebook.catalog), number)
            work.recheck(number, date.fromisoformat(DAY), words)
    i, dead = (one.id for one in web_registry.household(OPEN).members)
    moving = web_registry.household(CLOSED).members[1].id
    with web_registry.work(by) as work:
        work.died(OPEN, dead)
    with web_registry.work(Attribution("王办事员", on=ON, evidence=NAMES[1], reason=NUMBERS[1])) as work:
        work.move(CLOSED, moving, OPEN, "spouse")
    with web_registry.work(Attribution("王办事员", Source.IMPORTED, ON, f"{HEAD}{NUMBERS[0]}、{DEAD}.xlsx")) as work:
        work.change(OPEN, [Change("name", OTHERWISE, i)])
    for number, on in ((OPEN, ON), (OPEN, date(2026, 3, 2)), (CLOSED, ON)):
        web_registry.assess(number, web_rulebook, by if number == OPEN else of_closed, on)
    with web_registry.work(of_closed) as work:
        work.close(CLOSED, OF_CLOSED)
    return Named(web_registry, i, tuple(made.id for made in web_registry.assessments(OPEN)))


def full_in(answer: httpx.Response) -> set[str]:
    """Return which names (without the first character) and numbers (in their middle) stand in an answer."""
    kind, text = answer.headers.get("content-type", ""), ""
    if kind.startswith("application/pdf"):
        known = set(characters(answer.content))
        return {name for name in NAMES if known.issuperset(name[1:])}
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer.content)) as book:
            text = "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    elif kind.startswith("application/json"):
        text = json.dumps(answer.json(), ensure_ascii=False)
    else:
        text = answer.text
    text = html.unescape(text) + unquote("".join(answer.headers.values()))
    parts = {name: name[1:] for name in NAMES} | {number: number[4:14] for number in NUMBERS}
    return {whole for whole, part in parts.items() if part in text}


# --- every route, without a look ------------------------------------------------------------------

Body = Mapping[str, Any]
NEW = {"region": GUIDING, "residence": "rural", "members": [{"relation": "head", "sex": "male", "incomes": []}]}
ASKS = {("POST", "/households/{number}/reveal"), ("POST", "/api/households/{number}/reveal")}
"""The two that show everything, because somebody asks for it."""
LAST = ("/drafts/{household}", "/drafts/{household}/drop", "/account/sessions/end", "/logout")
"""What takes away what others show."""


def bodies(head: int) -> dict[tuple[str, str], list[Body]]:
    """Return what to send to each route that takes something; a new one has to be added here."""
    one = str(head)
    nothing: list[Body] = [{}]
    version = {"version": 0}
    return {
        ("POST", "/login"): nothing,
        ("POST", "/logout"): nothing,
        ("POST", "/language"): [{"language": "en", "back": f"/households/{OPEN}"}],
        ("POST", "/account/password"): nothing,
        ("POST", "/account/sessions/end"): nothing,
        ("POST", "/account/factor"): nothing,
        ("POST", "/account/factor/codes"): nothing,
        ("POST", "/account/factor/remove"): nothing,
        ("POST", "/login/code"): nothing,
        ("POST", "/users/factor"): [{"name": "officer"}],
        ("POST", "/account/tokens"): nothing,
        ("POST", "/account/tokens/{key}/revoke"): nothing,
        ("POST", "/households/find"): [{}, {"text": OPEN}, {"closed": "1", "region": GUIDING[:6]}],
        ("POST", "/households/new"): [{}, {"redraw": "add"}],
        ("POST", "/households/{number}/edit"): [
            {"redraw": "more", "m0.person": one, "m0.name": f"{HEAD[0]}**", "m0.relation": "head"},
            {"version": "0", "h.region": GUIDING, "m0.person": one, "m0.relation": "head", "m0.leaves": ""},
            {"version": "0", "h.region": GUIDING, "h.residence": "urban", "m0.person": one, "m0.relation": "head"},
        ],
        ("POST", "/households/{number}/events"): [
            {"event": "died", "version": "0", "died.person": one},
            {"event": "rechecked"},
            {"event": "close", "close.sure": "yes"},
            {"event": "move", "move.person": one, "move.to": FAMILY},
        ],
        ("POST", "/households/{number}/answers"): [{"fact": "registered_poor", "person": "", "value": ""}],
        ("POST", "/households/{number}/assess"): [{"on": "never"}],
        ("POST", "/households/{number}/what-if"): [
            {},
            {"redraw": "add", "new.fact": "employment", "new.who": one},
            {"c0.fact": "incomes", "c0.who": one, "c0.incomes.said": "none"},
        ],
        ("POST", "/households/{number}/assessments/{key}/replay"): nothing,
        ("POST", "/drafts/{household}"): nothing,
        ("POST", "/drafts/{household}/drop"): nothing,
        ("POST", "/sheets/import"): nothing,
        ("POST", "/sheets/export"): [{"kind": "roster"}, {"kind": "roster", "region": GUIDING[:6]}],
        ("POST", "/journal/find"): [{}, {"household": OPEN}, {"household": CLOSED}, {"operation": "closed"}],
        ("POST", "/journal/verify"): nothing,
        ("POST", "/users"): nothing,
        ("POST", "/users/change"): nothing,
        ("POST", "/users/password"): nothing,
        ("POST", "/users/disable"): nothing,
        ("POST", "/api/plan"): [NEW],
        ("POST", "/api/check"): [NEW],
        ("POST", "/api/households"): nothing,
        ("POST", "/api/households/search"): [{"text": OPEN}, {"text": CLOSED, "closed": True}],
        ("PATCH", "/api/households/{number}"): [{"changes": [{"fact": "residence", "value": "urban"}], **version}],
        ("POST", "/api/households/{number}/assessments"): [{}, version],
        ("POST", "/api/households/{number}/members"): [{}, {"facts": {}, **version}],
        ("POST", "/api/households/{number}/leave"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/move"): [{"member": head, "to": FAMILY, "relation": "other", **version}],
        ("POST", "/api/households/{number}/split"): [{"relations": [{"member": head, "relation": "head"}], **version}],
        ("POST", "/api/households/{number}/merge"): [{"into": FAMILY, "relations": [], **version}],
        ("POST", "/api/households/{number}/born"): [{"facts": {}, **version}],
        ("POST", "/api/households/{number}/died"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/new-head"): [{"member": head, **version}],
        ("POST", "/api/households/{number}/close"): [{"reason": "迁出", **version}],
        ("POST", "/api/households/{number}/rechecks"): [{"due": DAY, "reason": "复核", **version}],
        ("POST", "/api/households/{number}/rechecks/done"): [{"due": DAY, "reason": "复核", **version}],
    }


def places(named: Named) -> dict[str, list[str]]:
    """Return what stands in the places of a path."""
    people = [p.id for n in (OPEN, CLOSED) for r in [named.registry.household(n)] for p in (*r.members, *r.former)]
    kept = [str(key) for key in named.assessments]
    return {
        "{file_path}": ["style.css"],
        "{number}": [OPEN, CLOSED],
        "{household}": [OPEN],
        "{member}": ["0", *map(str, people)],
        "{fact}": ["name", "id_number", "incomes", "region"],
        "{kind}": ["plan", "determination", "refusal"],
        "{key}": kept,
        "{name}": ["0" * 32],
        "{first}": kept[:1],
        "{second}": kept[1:],
    }


def asked(app: Litestar, named: Named) -> Iterator[tuple[str, str, Body | None]]:
    """Yield every request: method, address and what is sent. A route that nobody knows how to ask is an error."""
    sent, filled = bodies(named.head), places(named)
    for method, path in sorted(set(declared(app)) - ASKS, key=lambda route: (route[1] in LAST, route[1])):
        gaps = re.findall(r"\{\w+\}", path)
        for values in product(*(filled[gap] for gap in gaps)):
            address = path
            for gap, value in zip(gaps, values, strict=True):
                address = address.replace(gap, value)
            if path.endswith("/pdf") and values != (OPEN, "plan"):
                continue  # each takes a second, and is made from the page that is looked at anyway
            for body in [None] if method in ("GET", "HEAD") else sent[method, path]:
                yield method, address, body


def answered(visitor: Visitor, method: str, address: str, body: Body | None) -> httpx.Response:
    """Return the answer to a request of a browser in which somebody is signed in."""
    how = {} if body is None else {"json" if address.startswith("/api/") else "data": body}
    headers = {"x-csrf-token": visitor.csrf}
    return visitor.client.request(method, address, headers=headers, follow_redirects=False, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", Role)
def test_without_a_look_nobody_sees_a_full_name_or_number(
    role: Role, client_as: ClientAs, desk_app: Litestar, named: Named
) -> None:
    """In no page, answer, sheet, workbook, header or redirect, whatever is asked for and however it is refused."""
    visitor = client_as(role)
    registered = {"m0.person": str(named.head), "m0.name": HEAD, "m0.id_number": NUMBERS[0], "m0.relation": "head"}
    draft = {"h.region": GUIDING, **registered, "evidence": WORDS, "reason": WORDS}
    drafts.keep(desk_app.state["desk"], role.value, OPEN, draft)
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
        broken.setattr("bangfu.registry.work.Work.flush", full)
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

    monkeypatch.setattr("bangfu.registry.work.Work.note", fails)
    refused = visitor.send("/sheets/export", form)
    assert (refused.status_code, refused.content[:2] == b"PK") == (500, False)
