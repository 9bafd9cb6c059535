"""Accounts through the office alone: every use case for every role, for machines, other regions, and who is not ready.

No page takes part: whoever calls the office's functions otherwise is refused as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from attrs import evolve, frozen

from bangfu import Rulebook, clock
from bangfu_office.access import Actor, Client, FormError, NotPermittedError, NotReadyError, NotThereError, Office
from bangfu_office.accounts import own_account, signing_in, tokens, user_of_session, user_of_token, users
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.second_factor import new_secret, set_factor
from bangfu_office.registry.users import Role, User, add_user, change_password, find_user
from bangfu_office.sessions.store import OfficeSettings, SessionStore
from web_desk import GUIDING, LANZHOU, PASSWORD

pytest_plugins = ["web_desk"]

ANOTHER = "another made-up password"
WANG = users.Whom("wang")
RIGHTS = users.Rights("auditor", GUIDING[:6], "")
EVERYBODY, ADMINISTRATOR = frozenset(Role), frozenset({Role.ADMINISTRATOR})


def actor_at(office: Office, client: Client) -> Actor:
    """Return who is signed in in a browser."""
    user, session = user_of_session(office, client)
    assert user
    return Actor(office, user, session, client)


def signed_in(office: Office, name: str) -> Actor:
    """Return a user who signed in with the password."""
    return actor_at(office, signing_in.sign_in(office, Client("10.0.0.1"), name, PASSWORD))


def with_factor(actor: Actor) -> tuple[Actor, str, str]:
    """Set a second factor up; return the user as signed in since, and what proves who it is."""
    shown = pyotp.TOTP(own_account.second_factor(actor).secret).at(clock.now())
    codes, client = own_account.set_up_factor(actor, PASSWORD, shown)
    return actor_at(actor.office, client), PASSWORD, codes[0]


def revoked(actor: Actor) -> None:
    """Revoke a token that the user has."""
    tokens.issue(actor.office, actor.user.name, "统计", str(clock.today()))
    tokens.revoke_own(actor, tokens.of_user(actor.office, actor.user.name)[0].id)


@frozen
class Case:
    """A use case: whose it is, whether a machine has a say in it, whether it is open to who is not ready."""

    do: Callable[[Actor], Any]
    roles: frozenset[Role] = EVERYBODY
    machines: bool = False
    unready: bool = False


CASES = {
    "list users": Case(users.users_of, ADMINISTRATOR, machines=True),
    "add a user": Case(lambda actor: users.add(actor, users.Whom("韦助理"), RIGHTS), ADMINISTRATOR, machines=True),
    "change a user": Case(lambda actor: users.change(actor, WANG, RIGHTS), ADMINISTRATOR, machines=True),
    "give a password": Case(lambda actor: users.give_password(actor, WANG), ADMINISTRATOR, machines=True),
    "forget a factor": Case(lambda actor: users.forget_factor(actor, WANG), ADMINISTRATOR, machines=True),
    "disable a user": Case(lambda actor: users.disable(actor, WANG), ADMINISTRATOR, machines=True),
    "own password": Case(lambda actor: own_account.new_password(actor, PASSWORD, ANOTHER, ANOTHER), unready=True),
    "own sessions": Case(own_account.own_sessions, machines=True, unready=True),
    "end sessions": Case(lambda actor: own_account.end_session(actor, PASSWORD, None)),
    "see the factor": Case(own_account.second_factor, unready=True),
    "set a factor up": Case(with_factor, unready=True),
    "new recovery codes": Case(lambda actor: own_account.new_recovery_codes(*with_factor(actor))),
    "drop the factor": Case(lambda actor: own_account.drop_factor(*with_factor(actor))),
    "own tokens": Case(tokens.own_tokens, machines=True),
    "issue a token": Case(lambda actor: tokens.issue_own(actor, "统计", str(clock.today()), PASSWORD)),
    "revoke a token": Case(revoked, machines=True),
    "sign out": Case(signing_in.sign_out, unready=True),
}
FACTOR_FIRST = {"new recovery codes", "drop the factor"}
"""Here a factor is set up before; with it, who needed one is ready."""
OF_OTHERS = [name for name, case in CASES.items() if case.roles is ADMINISTRATOR]
TO_OTHERS = [name for name in OF_OTHERS if name not in {"list users", "add a user"}]


@pytest.fixture
def office(web_registry: Registry, web_rulebook: Rulebook) -> Office:
    """Return an office where nobody needs a second factor, and somebody has one."""
    settings = OfficeSettings(second_factor=frozenset())
    store = SessionStore.beside(web_registry, settings)
    with web_registry.work(Attribution("管理员")) as work:
        add_user(work, User("wang", Role.CASEWORKER, GUIDING), PASSWORD)
        set_factor(work, "wang", new_secret())
    return Office(web_registry, web_rulebook, store, settings)


def user_of(office: Office, name: str) -> User:
    """Return a user as kept."""
    with office.registry.database.reading() as connection:
        found = find_user(connection, name)
    assert found
    return found


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", CASES)
def test_who_may_do_what(office: Office, name: str, role: Role) -> None:
    """Whoever may does it, everybody else is refused and nothing is written."""
    case, actor = CASES[name], signed_in(office, role.value)
    before = office.registry.history()
    if role in case.roles:
        case.do(actor)
        return
    with pytest.raises(NotPermittedError):
        case.do(actor)
    assert office.registry.history() == before


@pytest.mark.parametrize("name", CASES)
def test_what_a_machine_may(office: Office, name: str) -> None:
    """What its user may, but nothing that rests on the user being there in person: it makes no tokens of its own."""
    case = CASES[name]
    word = tokens.issue(office, "administrator", "另一个", str(clock.today()))
    user = user_of_token(office, Client(), word)
    assert user
    if case.machines:
        case.do(Actor(office, user))
        return
    with pytest.raises(NotPermittedError):
        case.do(Actor(office, user))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("owed", ["password", "factor"])
def test_who_is_not_ready(office: Office, name: str, owed: str) -> None:
    """With a first password, or without the factor that is needed, only what mends that, and signing out."""
    if owed == "password":
        with office.registry.work(Attribution("管理员")) as work:
            change_password(work, "administrator", PASSWORD, first=True)
    else:
        office = evolve(office, settings=OfficeSettings())
    actor, case = signed_in(office, "administrator"), CASES[name]
    if case.unready or (owed == "factor" and name in FACTOR_FIRST):
        case.do(actor)
        return
    with pytest.raises(NotReadyError) as refused:
        case.do(actor)
    assert refused.value.owed == owed


@pytest.mark.parametrize("name", CASES)
def test_who_is_disabled(office: Office, name: str) -> None:
    """Nothing at all."""
    actor = signed_in(office, "administrator")
    with pytest.raises(NotPermittedError):
        CASES[name].do(evolve(actor, user=evolve(actor.user, disabled=True)))


@pytest.mark.parametrize("name", TO_OTHERS)
@pytest.mark.parametrize("region", [LANZHOU[:6], GUIDING[:6]])
def test_users_of_other_regions_are_not_there(office: Office, name: str, region: str) -> None:
    """An administrator of another county cannot tell that there is one; one of the county can do it."""
    with office.registry.work(Attribution("管理员")) as work:
        add_user(work, User("county", Role.ADMINISTRATOR, region), PASSWORD)
    actor, before = signed_in(office, "county"), user_of(office, "wang")
    here = region == GUIDING[:6]
    assert [user.name for user in users.users_of(actor)] == (["county", "wang"] if here else ["county"])
    if here:
        CASES[name].do(actor)
        return
    with pytest.raises(FormError if name == "change a user" else NotThereError):
        CASES[name].do(actor)
    assert user_of(office, "wang") == before
    with pytest.raises(FormError) as refused:
        users.add(actor, users.Whom("韦助理"), RIGHTS)
    assert set(refused.value.fields) == {"region"}


@pytest.mark.parametrize("name", TO_OTHERS)
def test_nobody_administers_the_own_account(office: Office, name: str) -> None:
    """Whoever would, could lock everybody out."""
    actor = signed_in(office, "administrator")
    with pytest.raises(NotThereError):
        CASES[name].do(evolve(actor, user=evolve(actor.user, name="wang")))


@pytest.mark.parametrize("name", OF_OTHERS)
def test_an_operator_does_what_an_administrator_does(office: Office, name: str) -> None:
    """Everywhere, to any name, as also his own; who is not there is told by name."""
    operator = Actor.at_the_machine(office.registry, office.rulebook, "wang")
    CASES[name].do(operator)
    if name in TO_OTHERS:
        assert office.registry.history(newest=1)[0].who == "wang"
        with pytest.raises(FormError, match="没有名为 nobody 的用户"):
            users.disable(operator, users.Whom("nobody"))


def test_signing_in_step_by_step(office: Office) -> None:
    """With the password, and the code where there is a factor; signed out, the session is none."""
    browser = signing_in.sign_in(office, Client("10.0.0.1"), "auditor", PASSWORD)
    actor, _password, code = with_factor(actor_at(office, browser))
    signing_in.sign_out(actor)
    assert user_of_session(office, actor.client) == (None, None)
    assert signing_in.sign_in_with_code(office, Client(), code) is None, "nobody gave a password"
    half = signing_in.sign_in(office, evolve(actor.client, session=""), "auditor", PASSWORD)
    assert (half.session, signing_in.pending_user(office, half)) == ("", actor.user)
    with pytest.raises(FormError):
        signing_in.sign_in_with_code(office, half, "000000x")
    whole = signing_in.sign_in_with_code(office, half, code)
    assert whole
    assert (actor_at(office, whole).user, whole.pending) == (actor.user, "")
    with pytest.raises(FormError):
        signing_in.sign_in(office, Client(), "auditor", ANOTHER)
