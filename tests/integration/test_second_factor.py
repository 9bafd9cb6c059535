"""A second factor: set up with a device, asked for at the sign-in, good once; needed by some, taken away with care."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from click.testing import CliRunner
from litestar import Litestar

from bangfu import Rulebook, clock
from bangfu.commands import main
from bangfu_office.accounts import tokens
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, change_password
from bangfu_office.sessions.store import NEED_A_FACTOR
from bangfu_web import Settings, create_app
from bangfu_web.serve import demo_logins
from devices import USER, Person, Time, again, ready
from machines import Machine
from web_desk import PASSWORD, Visitor

pytest_plugins = ["web_desk", "machines", "devices"]

ClientAs = Callable[..., Visitor]


@pytest.fixture
def strict_app(web_registry: Registry, web_rulebook: Rulebook) -> Litestar:
    """Return a desk as it is unless told otherwise."""
    return create_app(web_registry, web_rulebook)


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
    app = create_app(web_registry, web_rulebook, Settings(demo=True, logins=demo_logins(PASSWORD)))
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
    elsewhere, word = (
        Person(desk_app, time, USER),
        tokens.issue(desk_app.state["desk"].office, USER, "x", str(clock.today())),
    )
    elsewhere.enter()
    here = ready(desk_app, time)
    assert (here.works(), elsewhere.works()) == (True, False)
    assert Machine(desk_app, word).get("/facts").status_code == 200
    assert here.send("/logout").status_code == 303


# --- signing in -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize(("seconds", "right"), [(-30, False), (0, True), (30, False)])
def test_a_code_lasts_half_a_minute(seconds: int, right: bool, person: Person) -> None:
    """The one before is over, the one after has not come."""
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
    newest = person.app.state["desk"].office.registry.history(newest=1)[0]
    assert (newest.operation, newest.who) == ("factor", USER)


def test_the_way_between_ends_after_five_minutes(person: Person) -> None:
    """And at once where the password changes; a browser without it is sent to the beginning."""
    other = again(person)
    other.time.passes(minutes=5, seconds=1)
    assert other.send("/login/code", code=other.code).headers["location"] == "/login"
    assert not other.works()
    other = again(person)
    with person.app.state["desk"].office.registry.work(Attribution("test")) as work:
        change_password(work, USER, "another made-up password")
    assert other.send("/login/code", code=other.code).headers["location"] == "/login"
    stranger = Person(person.app, person.time, USER)
    assert stranger.send("/login/code", code=person.code).headers["location"] == "/login"


def test_codes_cannot_be_guessed(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    """Five are free, then one waits, whatever one comes from; every wrong one is in the log, and no code is."""
    caplog.set_level("INFO", "bangfu_office.security")
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
        form = administrator.fields("/users", "/users/factor", name=USER)
        assert administrator.send("/users/factor", form).headers["location"] == "/users?done=factor"
        assert administrator.send("/users/factor", form | {"_once": "2"}).status_code == 422
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
