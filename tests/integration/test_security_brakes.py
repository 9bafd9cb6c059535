"""Whoever is signed in is slowed down before all of a region is read; input that is refused is seen in the log."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from bangfu import Rulebook
from bangfu.clock import today
from bangfu_office.accounts import tokens
from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role, reference
from bangfu_office.sessions import rate_limits, security_log
from bangfu_office.sessions.rate_limits import PAGES, TAKEN_OUT, RateLimits
from bangfu_office.sessions.security_log import Refusals
from bangfu_web import Settings, create_app
from machines import Machine, MachineAs
from security_lines import events, logged
from web_desk import FAMILY, GUIDING, SINGLE, Visitor, signed_in_at

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
ODD = "odd-value-of-somebody"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the seconds."""
        return self.now

    gmtime = staticmethod(time.gmtime)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let time stand still where it is counted."""
    stands = Clock()
    monkeypatch.setattr(rate_limits, "time", stands)
    monkeypatch.setattr(security_log, "time", stands)
    return stands


@pytest.fixture
def desk_app(web_registry: Registry, web_rulebook: Rulebook) -> Litestar:
    """Return a desk with so little of everything that a test comes to its end."""
    return create_app(web_registry, web_rulebook, _few())


def _few() -> Settings:
    return Settings(pages_an_hour=30, reveals_an_hour=3, exports_a_day=2, second_factor=frozenset())


# --- how much there is ----------------------------------------------------------------------------


def test_what_is_spent_comes_back_evenly(clock: Clock) -> None:
    """Of 20 a day one comes back each 4,320 seconds; never are there more than 20, and nobody has another's."""
    counted = RateLimits()
    assert [counted.wait(TAKEN_OUT, 20, "王") for _ in range(22)] == [0] * 20 + [4320] * 2
    assert counted.wait(TAKEN_OUT, 20, "李") == 0
    clock.now += 4319
    assert counted.wait(TAKEN_OUT, 20, "王") == 1
    clock.now += 1
    assert [counted.wait(TAKEN_OUT, 20, "王") for _ in range(2)] == [0, 4320]
    clock.now += 7 * 86_400
    assert [counted.wait(TAKEN_OUT, 20, "王") for _ in range(21)] == [0] * 20 + [4320]


def test_a_month_of_one_clerk_is_never_slowed(clock: Clock) -> None:
    """Each of 611 households is opened by six pages in a day of eight hours, and fifteen lists are taken out."""
    settings, counted = Settings(), RateLimits()
    for _ in range(611):
        clock.now += 8 * 3600 / 611
        assert [counted.wait(PAGES, settings.pages_an_hour, "王") for _ in range(6)] == [0] * 6
    assert [counted.wait(TAKEN_OUT, settings.exports_a_day, "王") for _ in range(15)] == [0] * 15


def test_whoever_is_sent_away_hears_it_later(client_as: ClientAs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk lets that answer wait, and no other."""
    held: list[float] = []

    async def hold(seconds: float) -> None:
        held.append(seconds)

    visitor = client_as(Role.REVIEWER)
    monkeypatch.setattr("bangfu_web.middleware.HELD_BACK", 7.5)
    monkeypatch.setattr("bangfu_web.middleware.asyncio", SimpleNamespace(sleep=hold))
    answers = [visitor.get("/households").status_code for _ in range(40)]
    assert {200, 429} == set(answers)
    assert held == [7.5] * answers.count(429)


def test_pages_and_api_count_together(client_as: ClientAs, desk_app: Litestar, clock: Clock) -> None:
    """A person's pages and his program; another user is not slowed, and after the wait it goes on."""
    visitor, other = client_as(Role.CASEWORKER, GUIDING[:6]), client_as(Role.REVIEWER)
    last = str(today() + timedelta(days=1))
    word = Machine(desk_app, tokens.issue(desk_app.state["desk"].office, f"caseworker-{GUIDING[:6]}", "统计", last))
    answers = [visitor.get(f"/households/{FAMILY}").status_code for _ in range(12)]
    answers += [word.get(f"/households/{FAMILY}").status_code for _ in range(30)]
    assert set(answers[:12]) == {200}
    spent = answers.index(429)
    assert set(answers[spent:]) == {429}
    page, told = visitor.get(f"/households/{FAMILY}"), word.get(f"/households/{FAMILY}")
    # 30 an hour: one each two minutes.
    assert (page.status_code, page.headers["retry-after"], told.headers["retry-after"]) == (429, "120", "120")
    assert "一小时内的请求太多（至多 30 次），请 2 分钟后再试" in page.text
    assert "至多 30 次" in told.json()["error"]
    assert other.get(f"/households/{FAMILY}").status_code == 200
    clock.now += 120
    assert visitor.get(f"/households/{FAMILY}").status_code == 200


@pytest.mark.usefixtures("clock")
def test_exports_and_reveals(
    client_as: ClientAs, machine_as: MachineAs, web_registry: Registry, desk_app: Litestar
) -> None:
    """Each has its own; the last one that was given out stands in the journal, the one that was refused in the log."""
    visitor = client_as(Role.CASEWORKER, GUIDING[:6])
    form = {"kind": "roster", "region": GUIDING[:6]}
    with logged() as text:
        assert [visitor.send("/sheets/export", form).status_code for _ in range(4)] == [200, 200, 429, 429]
        reveal = [visitor.send(f"/households/{number}/reveal").status_code for number in (SINGLE, SINGLE, FAMILY)]
        assert reveal == [303, 303, 303], "what is shown already costs nothing"
        again = signed_in_at(desk_app, f"caseworker-{GUIDING[:6]}")
        edit = f"/households/{SINGLE}/edit"
        form = {**again.fields(edit, edit), "redraw": "reveal"}
        assert again.send(edit, form).status_code == 200
        assert again.send(f"/households/{FAMILY}/reveal").status_code == 429
    noted = [entry.new for entry in web_registry.history() if entry.operation == "seen"]
    assert len(noted) == 5
    user = reference(f"caseworker-{GUIDING[:6]}")
    assert [(e["event"], e["user"], e["count"]) for e in events(text) if "count" in e] == [
        ("too many: exports", user, 1),
        ("too many: reveals", user, 1),
    ]
    machine = machine_as(Role.CASEWORKER, GUIDING[:6])
    assert [machine.post(f"/households/{SINGLE}/reveal").status_code for _ in range(4)] == [200, 200, 200, 429]


# --- what is refused is seen ----------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
def test_input_that_is_refused_has_a_line(client_as: ClientAs, desk_app: Litestar) -> None:
    """Its route, user, status, never what was sent; forms with hidden parts of their own among it."""
    visitor = client_as(Role.CASEWORKER, GUIDING[:6])
    edit = f"/households/{FAMILY}/edit"
    form = visitor.fields(edit, edit)
    token = {"x-csrf-token": visitor.csrf}
    with logged() as text:
        visitor.send(edit, {**form, "version": ODD})
        visitor.send(edit, {**form, "m0.person": ODD})
        visitor.send(edit, {**form, "_once": ""})
        visitor.send(edit, {**form, "h.homes": ODD})
        visitor.client.post("/api/households", content=ODD, headers={**token, "content-type": "text/plain"})
        visitor.client.post("/api/households", content=ODD, headers={**token, "content-type": "application/json"})
        visitor.client.put("/api/households", content=ODD, headers=token)
        visitor.client.post("/api/households", json={ODD: 1}, headers=token)
        TestClient(desk_app).post("/login", data={"name": "x" * 9000})
        TestClient(desk_app).get("/login", headers={"host": "odd host"})
    user = reference(f"caseworker-{GUIDING[:6]}")
    told = [(event["event"], event.get("user"), event.get("route"), event["status"]) for event in events(text)]
    pattern = "/households/{number:str}/edit"
    assert told == [
        ("refused: input", user, pattern, 400),
        ("refused: values", user, pattern, 422),
        ("refused: input", user, "/households", 415),
        ("refused: input", user, "/households", 400),
        ("refused: input", None, None, 405),
        ("refused: values", user, "/households", 422),
        ("refused: input", None, "/login", 413),
        ("refused: input", None, None, 400),
    ]
    assert ODD not in text.getvalue()


def test_the_log_cannot_be_flooded(clock: Clock) -> None:
    """Once a minute of one kind, with how many there were; mistakes once in ten; no more kinds than there is room."""
    counted = Refusals()
    with logged() as text:
        for _ in range(1000):
            counted.note("refused: input", user="王", route="/login", status=400)
            counted.note("refused: values", user="王", route="/login", status=422)
        clock.now += 60
        counted.tell()
        counted.tell()
        clock.now += 540
        counted.tell()
    assert [(event["event"], event["count"]) for event in events(text)] == [
        ("refused: input", 1), ("refused: values", 1), ("refused: input", 999), ("refused: values", 999),
    ]  # fmt: skip
    with logged() as text:
        for n in range(5000):
            counted.note("refused: input", address=f"10.0.{n // 250}.{n % 250}", status=400)
        counted.tell(everything=True)
    lines = events(text)
    assert len(lines) <= security_log.MOST + 2
    assert sum(line["count"] for line in lines) == 5000


def test_what_was_counted_is_told_at_the_end(desk_app: Litestar) -> None:
    """When the desk stops, what it had not told yet is told."""
    with logged() as text, TestClient(desk_app) as client:
        for _ in range(5):
            client.post("/login", data={"name": "x" * 9000})
    assert [event["count"] for event in events(text)] == [1, 4]


@pytest.mark.usefixtures("clock")
def test_a_notice_that_cannot_be_issued_is_no_refused_input(client_as: ClientAs) -> None:
    """A page says 409 why there is none; nobody sent anything."""
    visitor = client_as(Role.REVIEWER)
    with logged() as text:
        assert visitor.get(f"/households/{FAMILY}/print/refusal?on=1900-01-01").status_code in {409, 422, 400, 404}
        assert visitor.get(f"/households/{SINGLE}/print/determination").status_code == 409
    assert [event for event in events(text) if event["status"] == 409] == []


def test_waits_are_told_in_words_people_use() -> None:
    """Seconds, and from two minutes on minutes, rounded up."""
    said = [PAGES.refused(5000, wait).text for wait in (1, 119, 121)]
    assert [one[one.index("请 ") : one.index("后") + 1] for one in said] == ["请 1 秒后", "请 119 秒后", "请 3 分钟后"]
    assert all("至多 5000 次" in one for one in said)
