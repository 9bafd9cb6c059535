"""A second factor: set up with a device, asked for at the sign-in, good once; needed by some, taken away with care."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from attrs import define, field
from click.testing import CliRunner
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text

from bangfu import Rulebook, clock
from bangfu.commands import main
from bangfu.registry import Attribution, JournalError, Registry
from bangfu.registry.users import Role, User, add_user, change_password
from bangfu_web import Settings, create_app, half_signed_in, tokens
from bangfu_web.demo import logins_of
from bangfu_web.settings import NEED_A_FACTOR
from machines import Machine
from web_desk import PASSWORD, Visitor

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
KEY = "a key of sixteen and more"
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
    monkeypatch.setattr("bangfu_web.throttle.time.monotonic", now.seconds)
    return now


@pytest.fixture
def strict_app(web_registry: Registry, web_rulebook: Rulebook) -> Litestar:
    """Return a desk as it is unless told otherwise."""
    return create_app(web_registry, web_rulebook)


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


@pytest.fixture
def person(desk_app: Litestar, time: Time) -> Person:
    """Return a caseworker who chose to have a second factor, signed in."""
    return ready(desk_app, time)


# --- setting it up --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_who_needs_one_is_led_to_set_it_up(role: Role, strict_app: Litestar, time: Time) -> None:
    """Reviewers and administrators; until then nothing else opens, neither page nor answer to a program."""
    person = Person(strict_app, time, role.value)
    person.enter()
    needed = role in {Role.REVIEWER, Role.ADMINISTRATOR}
    assert needed is not person.works()
    if needed:
        for path in ("/", "/account", "/account/tokens", "/policy", "/households", "/users"):
            answer = person.client.get(path)
            assert answer.url.path == "/account/factor", path
        assert person.get("/api/facts").status_code == 403
        part = person.client.get("/account/tokens", headers={"hx-request": "true"})
        assert part.headers["hx-redirect"] == "/account/factor"
        assert person.send("/account/tokens", name="x", old=PASSWORD).headers["location"] == "/account/factor"
        assert "<nav" not in person.get("/account/factor").text, "no way leads from there but out"
        assert person.set_up().status_code == 201
        assert person.works()


@pytest.mark.parametrize(("asked", "needed"), [("nobody", set()), ("everybody", set(Role))])
def test_an_operator_says_who_needs_one(
    asked: str, needed: set[Role], web_registry: Registry, web_rulebook: Rulebook, time: Time
) -> None:
    """All, or nobody, where the reverse proxy asks already; who has one is asked in any case."""
    app = create_app(web_registry, web_rulebook, Settings(second_factor=NEED_A_FACTOR[asked]))
    people = {role: Person(app, time, role.value) for role in Role}
    for person in people.values():
        person.enter()
    assert {role for role, person in people.items() if not person.works()} == needed
    assert people[Role.AUDITOR].set_up().status_code == 201
    assert again(people[Role.AUDITOR]).get("/login/code").status_code == 200


def test_the_demo_is_open_to_everybody(web_registry: Registry, web_rulebook: Rulebook, time: Time) -> None:
    """Its users are made up, and whoever looks at it has no device of theirs."""
    app = create_app(web_registry, web_rulebook, Settings(demo=True, logins=logins_of(PASSWORD)))
    person = Person(app, time, Role.ADMINISTRATOR.value)
    person.enter()
    assert person.works()


def test_the_page_shows_what_a_device_needs(person: Person, desk_app: Litestar, time: Time) -> None:
    """The secret of 160 random bits as text and as a picture that the page may show; it is another for everybody."""
    other = Person(desk_app, time, Role.AUDITOR.value)
    other.enter()
    first, again = other.get("/account/factor").text, other.get("/account/factor").text
    shown = re.findall(r'class="secret">([A-Z2-7 ]+)<', first + again)
    assert shown[0] == shown[1], "looking again changes nothing"
    assert len(shown[0].replace(" ", "")) == 32
    assert shown[0].replace(" ", "") != person.secret
    picture = re.search(r"<svg.*?</svg>", first, re.DOTALL)
    assert picture
    assert "style=" not in picture[0]
    assert "data:" not in picture[0]


@pytest.mark.parametrize(
    ("form", "at"), [({"old": "wrong"}, "old"), ({"code": "000000x"}, "code"), ({"code": ""}, "code")]
)
def test_it_is_set_up_with_password_and_code(form: dict[str, str], at: str, desk_app: Litestar, time: Time) -> None:
    """Whoever sits down at an open desk cannot bind it to a device of his own; a device that is wrong is noticed."""
    person = Person(desk_app, time, USER)
    person.enter()
    answer = person.set_up(**form)
    assert answer.status_code == 422
    assert f'id="factor-{at}-error"' in answer.text
    assert person.codes == []
    assert Person(desk_app, time, USER).enter().headers["location"] == "/"


def test_setting_it_up_ends_other_sessions(desk_app: Litestar, time: Time) -> None:
    """Tokens stay; here a new session begins."""
    elsewhere, word = Person(desk_app, time, USER), tokens.issue(desk_app.state["desk"], USER, "x", str(clock.today()))
    elsewhere.enter()
    here = ready(desk_app, time)
    assert (here.works(), elsewhere.works()) == (True, False)
    assert Machine(desk_app, word).get("/facts").status_code == 200
    assert here.send("/logout").status_code == 303


# --- signing in -----------------------------------------------------------------------------------


def again(person: Person, **later: float) -> Person:
    """Return the same person at another browser, a while later, with the right password given."""
    person.time.passes(**(later or {"minutes": 1}))
    other = Person(person.app, person.time, person.name, secret=person.secret, codes=person.codes)
    assert other.enter().headers["location"] == "/login/code"
    return other


def test_one_signs_in_with_the_code(person: Person) -> None:
    """The session is a new one; between password and code there is none, and no page opens."""
    other = again(person)
    assert "bangfu_session" not in other.client.cookies
    assert not other.works()
    assert other.get("/login/code").status_code == 200
    other.client.cookies.set("bangfu_session", other.client.cookies["bangfu_signing_in"], domain="testserver.local")
    assert not other.works(), "what stands for the half is no session"
    other.client.cookies.delete("bangfu_session")
    assert other.send("/login/code", code=f" {other.code[:3]} {other.code[3:]}").headers["location"] == "/"
    assert other.works()
    assert "bangfu_signing_in" not in other.client.cookies
    assert other.get("/login/code").headers["location"] == "/login"


@pytest.mark.parametrize(("seconds", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_differ_by_half_a_minute(seconds: int, right: bool, person: Person) -> None:
    """Of device and desk."""
    other = again(person, minutes=10)
    code = pyotp.TOTP(person.secret).at(person.time.moment + timedelta(seconds=seconds))
    assert other.send("/login/code", code=code).status_code == (303 if right else 403)


def test_a_code_works_once(person: Person) -> None:
    """Also the one it was set up with; whoever looked over a shoulder has nothing."""
    other = again(person, seconds=1)
    assert other.send("/login/code", code=person.code).status_code == 403
    other.time.passes(minutes=1)
    used = other.code
    assert other.send("/login/code", code=used).status_code == 303
    third = again(person, seconds=1)
    assert third.send("/login/code", code=used).status_code == 403


def test_a_recovery_code_works_once(person: Person) -> None:
    """In place of the device, typed in any way; the account says how many are left, the journal that one was used."""
    assert len(set(person.codes)) == 10
    other = again(person)
    assert other.send("/login/code", code=person.codes[0].upper().replace("-", " ")).status_code == 303
    assert "恢复码还有 9 个" in other.get("/account/factor").text
    assert again(person).send("/login/code", code=person.codes[0]).status_code == 403
    assert again(person).send("/login/code", code=person.codes[1]).status_code == 303
    newest = person.app.state["desk"].registry.history(newest=1)[0]
    assert (newest.operation, newest.who) == ("factor", USER)


def test_the_way_between_ends_after_five_minutes(person: Person) -> None:
    """And at once where the password changes; a browser without it is sent to the beginning."""
    other = again(person)
    other.time.passes(minutes=5, seconds=1)
    assert other.send("/login/code", code=other.code).headers["location"] == "/login"
    assert not other.works()
    other = again(person)
    with person.app.state["desk"].registry.work(Attribution("test")) as work:
        change_password(work, USER, "another made-up password")
    assert other.send("/login/code", code=other.code).headers["location"] == "/login"
    stranger = Person(person.app, person.time, USER)
    assert stranger.send("/login/code", code=person.code).headers["location"] == "/login"


def test_codes_cannot_be_guessed(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    """Five are free, then one waits, whatever one comes from; every wrong one is in the log, and no code is."""
    caplog.set_level("INFO", "bangfu_web.security")
    other = again(person)
    assert [other.send("/login/code", code=f"{n}{n}{n}").status_code for n in range(5)] == [403] * 5
    answer = again(person, seconds=0.5).send("/login/code", code=person.code)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    events = [json.loads(record.message)["event"] for record in caplog.records]
    assert events.count("sign-in code: wrong") == 5
    assert events.count("sign-in code: has to wait") == 1
    other.time.passes(minutes=1)
    assert other.send("/login/code", code=other.code).status_code == 303
    assert person.code not in caplog.text


def test_whoever_has_the_password_does_not_keep_the_user_out(person: Person) -> None:
    """A browser the user signed in with counts its own wrong codes alone."""
    stranger = again(person)
    for _ in range(8):
        stranger.send("/login/code", code="123")
    person.send("/logout")
    person.time.passes(seconds=1)
    person.enter()
    assert person.send("/login/code", code=person.code).status_code == 303


# --- giving it up ---------------------------------------------------------------------------------


def test_new_recovery_codes(person: Person) -> None:
    """With password and code; the others are over."""
    before = person.codes
    for form in ({"old": "wrong", "code": person.codes[0]}, {"old": PASSWORD, "code": "000000x"}):
        assert person.send("/account/factor/codes", **form).status_code == 422
    person.time.passes(minutes=1)
    answer = person.send("/account/factor/codes", old=PASSWORD, code=person.code)
    assert answer.status_code == 201
    now = re.findall(r"<li><code>([a-z2-9-]+)</code></li>", answer.text)
    assert len(set(now) - set(before)) == 10
    assert again(person).send("/login/code", code=before[1]).status_code == 403
    assert again(person).send("/login/code", code=now[0]).status_code == 303


def test_it_is_given_up_with_password_and_code(person: Person) -> None:
    """As before another device."""
    assert person.send("/account/factor/remove", old=PASSWORD, code="wrong").status_code == 422
    person.time.passes(minutes=1)
    assert person.send("/account/factor/remove", old=PASSWORD, code=person.code).status_code == 303
    assert person.works()
    assert Person(person.app, person.time, USER).enter().headers["location"] == "/"
    assert person.send("/account/factor/remove", old=PASSWORD, code=person.code).status_code == 404


def test_who_needs_one_sets_it_up_again(strict_app: Litestar, time: Time) -> None:
    """Before anything else, with another secret."""
    person = ready(strict_app, time, Role.REVIEWER.value)
    before = person.secret
    time.passes(minutes=1)
    person.send("/account/factor/remove", old=PASSWORD, code=person.code)
    assert person.get("/households").headers["location"] == "/account/factor"
    assert person.set_up().status_code == 201
    assert person.secret != before
    assert person.works()


@pytest.mark.parametrize("way", ["page", "command"])
def test_a_lost_factor(way: str, person: Person, client_as: ClientAs, web_registry: Registry) -> None:
    """An administrator takes it away; its user is out at once and signs in with the password, others keep theirs."""
    if way == "page":
        administrator = client_as(Role.ADMINISTRATOR)
        assert "动态口令" in administrator.get("/users").text
        assert administrator.send("/users/factor", {"name": USER}).headers["location"] == "/users?done=factor"
        assert administrator.send("/users/factor", {"name": "auditor"}).status_code == 400
    else:
        here = ["--database", str(web_registry.database.engine.url.database)]
        assert CliRunner().invoke(main, ["user", "reset-factor", USER, *here]).exit_code == 0
        assert CliRunner().invoke(main, ["user", "reset-factor", "auditor", *here]).exit_code == 1
    assert not person.works()
    assert Person(person.app, person.time, USER).enter().headers["location"] == "/"
    newest = web_registry.history(newest=1)[0]
    assert (newest.operation, json.loads(str(newest.new))["factor"]) == ("factor", None)


def test_an_administrator_of_a_county_takes_none_from_elsewhere(person: Person, client_as: ClientAs) -> None:
    """Users of other regions are not there."""
    assert client_as(Role.ADMINISTRATOR, "522723").send("/users/factor", {"name": USER}).status_code == 404
    assert person.works()


# --- how it is kept -------------------------------------------------------------------------------


@pytest.fixture
def sealed(web_rulebook: Rulebook, database_url: str) -> Iterator[Registry]:
    """Yield a registry with a key, on either database, with an auditor."""
    with Registry.open(database_url, catalog=web_rulebook.catalog, key=KEY) as registry:
        with registry.work(Attribution("test")) as work:
            add_user(work, User("li", Role.AUDITOR, ""), PASSWORD)
        yield registry


def everything(registry: Registry, app: Litestar) -> str:
    """Return all that stands in the registry and beside it about users."""
    found = []
    for engine, tables in (
        (registry.database.engine, ("users", "journal")),
        (
            app.state["desk"].sessions.database.engine,
            ("web_sessions", "web_half_signed_in", "web_used_codes", "web_browsers"),
        ),
    ):
        with engine.connect() as connection:
            found += [str(connection.execute(text(f"SELECT * FROM {table}")).all()) for table in tables]  # noqa: S608
    return "".join(found)


def test_nothing_of_it_can_be_read(sealed: Registry, web_rulebook: Rulebook, time: Time) -> None:
    """The secret is sealed, before it is set up and after; of recovery codes and of what a browser brings, hashes."""
    app = create_app(sealed, web_rulebook)
    person = Person(app, time, "li")
    person.enter()
    offered = re.search(r'class="secret">([A-Z2-7 ]+)<', person.get("/account/factor").text)
    assert offered
    assert offered[1].replace(" ", "") not in everything(sealed, app)
    person.set_up()
    half = again(person).client.cookies["bangfu_signing_in"]
    kept = everything(sealed, app)
    for secret in (person.secret, *person.codes, *(code.replace("-", "") for code in person.codes), half):
        assert secret not in kept
    assert all(len(code.replace("-", "")) == 24 for code in person.codes), "118 random bits each"
    sealed.verify()


@pytest.mark.parametrize("column", ["factor", "recovery", "first_until"])
def test_the_journal_vouches_for_it(column: str, sealed: Registry, web_rulebook: Rulebook, time: Time) -> None:
    """Whoever edits the table behind its back is found."""
    ready(create_app(sealed, web_rulebook), time, "li")
    sealed.verify()
    value = {"factor": sealed.vault.seal(pyotp.random_base32()), "recovery": "[]", "first_until": "2999"}[column]
    with sealed.database.engine.begin() as connection:
        connection.execute(text(f"UPDATE users SET {column} = :value"), {"value": value})  # noqa: S608 - as above
    with pytest.raises(JournalError, match="li"):
        sealed.verify()


def test_one_code_at_once(sealed: Registry, web_rulebook: Rulebook) -> None:
    """On either database, of two who come with the same code one is let in; old ones are forgotten."""
    engine = create_app(sealed, web_rulebook).state["desk"].sessions.database.engine
    assert [half_signed_in.use(engine, "li", step) for step in (100, 100, 101, 100)] == [True, False, True, False]
    assert half_signed_in.use(engine, "wang", 100)
    assert half_signed_in.use(engine, "li", 200)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM web_used_codes")).scalar() == 1


def test_it_goes_with_a_backup(sealed: Registry, web_rulebook: Rulebook, time: Time, tmp_path: Any) -> None:
    """Whoever takes a registry in again has users who sign in as before."""
    from bangfu.registry.backup import backup, restore  # noqa: PLC0415 - needed here alone

    person = ready(create_app(sealed, web_rulebook), time, "li")
    backup(sealed, tmp_path / "county.backup")
    with Registry.open(str(tmp_path / "again.db"), catalog=web_rulebook.catalog, key=KEY) as registry:
        restore(registry, tmp_path / "county.backup")
        registry.verify()
        person.app = create_app(registry, web_rulebook)
        other = again(person)
        assert other.send("/login/code", code=other.code).status_code == 303
        assert again(other).send("/login/code", code=person.codes[0]).status_code == 303
