"""People with devices that show codes, in a time that a test moves on; as ``web_desk``, PYTEST_DONT_REWRITE."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest
from attrs import define, field
from litestar import Litestar
from litestar.testing import TestClient

from bangfu_office.registry.users import Role
from web_desk import PASSWORD

USER = Role.CASEWORKER.value


@define
class Time:
    """The one moment everything happens at, to be moved on; nobody waits for real."""

    moment: datetime = field(factory=lambda: datetime.now(UTC))

    def seconds(self) -> float:
        """Return the moment in seconds."""
        return self.moment.timestamp()

    def passes(self, **time: float) -> None:
        """Go on by so many seconds, minutes or days."""
        self.moment += timedelta(**time)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """Return the time that the desk has."""
    now = Time()
    monkeypatch.setattr("bangfu.clock.now", lambda: now.moment)
    monkeypatch.setattr("bangfu_office.sessions.rate_limits.time.monotonic", now.seconds)
    return now


@define
class Person:
    """Somebody at a browser, with a device."""

    app: Litestar
    time: Time
    name: str
    password: str = PASSWORD
    secret: str = ""
    codes: list[str] = field(factory=list)
    client: TestClient[Litestar] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.client = TestClient(self.app)

    @property
    def code(self) -> str:
        """What the device shows."""
        return pyotp.TOTP(self.secret).at(self.time.moment)

    def get(self, path: str) -> httpx.Response:
        """Ask for a page."""
        return self.client.get(path, follow_redirects=False)

    def send(self, path: str, **form: str) -> httpx.Response:
        """Send a form with the token of the session, if there is one."""
        token = re.search(r'name="_csrf" value="([^"]+)"', self.client.get("/login").text)
        data = {"_csrf": token[1] if token else "", **form}
        return self.client.post(path, data=data, follow_redirects=False)

    def enter(self) -> httpx.Response:
        """Give name and password."""
        return self.send("/login", name=self.name, password=self.password)

    def set_up(self, **form: str) -> httpx.Response:
        """Take the secret from the page and confirm it with what the device shows then."""
        shown = re.search(r'class="secret">([A-Z2-7 ]+)<', self.get("/account/factor").text)
        assert shown
        self.secret = shown[1].replace(" ", "")
        answer = self.send("/account/factor", **{"old": self.password, "code": self.code, **form})
        self.codes = re.findall(r"<li><code>([a-z2-9-]+)</code></li>", answer.text)
        return answer

    def works(self) -> bool:
        """Return whether pages open."""
        return self.get("/policy").status_code == 200


def ready(app: Litestar, time: Time, name: str = USER) -> Person:
    """Return somebody with a second factor, signed in; the code of the moment is used."""
    person = Person(app, time, name)
    assert person.enter().headers["location"] == "/"
    assert person.set_up().status_code == 201
    return person


def again(person: Person, **later: float) -> Person:
    """Return the same person at another browser, a while later, with the right password given."""
    person.time.passes(**(later or {"minutes": 1}))
    other = Person(person.app, person.time, person.name, secret=person.secret, codes=person.codes)
    assert other.enter().headers["location"] == "/login/code"
    return other
