"""The database goes away under a desk at work, again and again: every answer is right, and the desk goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest
from attrs import define, field
from litestar import Litestar
from litestar.testing import TestClient

from bangfu import Rulebook, clock, household_from
from bangfu_office.accounts import tokens
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user
from bangfu_web import Settings, create_app
from machines import Machine
from postgresql_server import GivenServer, PrivateServer, unavailable
from web_desk import HOUSEHOLDS, ON, PASSWORD, SINGLE, Visitor, signed_in_at

pytest_plugins = ["web_desk"]

USER = "caseworker"
TIMES = 5
AWAY = {"连不上数据库", "cannot reach the database"}
FINE = {200, 201, 303}
LONGEST = 30.0
"""Seconds until everybody must have been answered again."""


@pytest.fixture
def server(postgresql: GivenServer) -> PrivateServer:
    """Return a server that may be killed."""
    if not isinstance(postgresql, PrivateServer):
        unavailable("the server of TEST_DATABASE_URL cannot be killed; unset it to test with a private one")
    return postgresql


@pytest.fixture
def registry(postgresql_url: str, web_rulebook: Rulebook) -> Iterator[Registry]:
    """Yield a registry on PostgreSQL with the households and a caseworker."""
    with Registry.open(postgresql_url, catalog=web_rulebook.catalog, key="") as opened:
        with opened.work(Attribution("王办事员", on=ON)) as work:
            for number, data in HOUSEHOLDS.items():
                work.add(household_from(data, on=ON, catalog=web_rulebook.catalog), number)
            add_user(work, User(USER, Role.CASEWORKER, ""), PASSWORD)
        yield opened


@define
class Caller:
    """Somebody who asks for the same thing again and again, and notes what was wrong and how often it was right."""

    ask: Callable[[int], httpx.Response]
    wrong: list[str] = field(factory=list)
    right: int = 0
    refused: int = 0
    acknowledged: list[int] = field(factory=list)

    def go_on(self, done: threading.Event) -> None:
        """Ask until it is enough."""
        number = 0
        while not done.is_set():
            number += 1
            answer = self.ask(number)
            if answer.status_code in FINE:
                self.right += 1
                self.acknowledged.append(number)
            elif answer.status_code == 503 and any(word in answer.text for word in AWAY):
                self.refused += 1
                if not answer.headers.get("retry-after", "").isdigit():
                    self.wrong.append("no retry-after")
            else:
                self.wrong.append(f"{answer.status_code}: {answer.text[:300]}")
            time.sleep(0.005)


def callers(app: Litestar, visitor: Visitor) -> dict[str, Caller]:
    """Return somebody who reads a page, a machine that reads, and one that writes."""
    last = str(clock.today() + timedelta(days=30))
    machine = Machine(app, tokens.issue(app.state["desk"].office, USER, "测试", last))
    recheck = f"/households/{SINGLE}/rechecks"
    return {
        "page": Caller(lambda _: visitor.get("/households")),
        "sign-in": Caller(lambda _: TestClient(app).get("/login")),
        "machine": Caller(lambda _: machine.get(f"/households/{SINGLE}")),
        "writer": Caller(lambda number: machine.post(recheck, {"due": last, "reason": f"第 {number} 次"})),
    }


def test_a_server_that_is_killed_again_and_again(
    server: PrivateServer, registry: Registry, web_rulebook: Rulebook
) -> None:
    """Pages, API and writers get their answer or 503 with words; after each start all is well, nothing is lost."""
    app = create_app(registry, web_rulebook, Settings())
    everybody = callers(app, signed_in_at(app, USER))
    done = threading.Event()
    threads = [threading.Thread(target=caller.go_on, args=[done], daemon=True) for caller in everybody.values()]
    for thread in threads:
        thread.start()
    try:
        for _ in range(TIMES):
            answered_again(everybody)
            server.kill()
            wait_for(lambda: all(caller.refused for who, caller in everybody.items() if who != "sign-in"))
            server.start()
            for caller in everybody.values():
                caller.refused = 0
        answered_again(everybody)
    finally:
        done.set()
        for thread in threads:
            thread.join(LONGEST)
    assert {who: caller.wrong for who, caller in everybody.items() if caller.wrong} == {}
    known = {entry.reason for entry in registry.history(SINGLE) if entry.operation == "recheck"}
    writer = everybody["writer"]
    assert len(writer.acknowledged) > TIMES
    assert {f"第 {number} 次" for number in writer.acknowledged} <= {str(reason) for reason in known}
    registry.verify()


def answered_again(everybody: dict[str, Caller]) -> None:
    """Wait until everybody has got some more answers."""
    before = {who: caller.right for who, caller in everybody.items()}
    wait_for(lambda: all(caller.right > before[who] + 2 for who, caller in everybody.items()))


def wait_for(reached: Callable[[], bool]) -> None:
    """Wait until something is so; fail where it does not come to be."""
    until = time.monotonic() + LONGEST
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.02)
