"""How a second factor is kept: sealed or hashed, vouched for by the journal, on either database, and in a backup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from litestar import Litestar
from sqlalchemy import text

from bangfu import Rulebook
from bangfu_office.registry import Attribution, JournalError, Registry
from bangfu_office.registry.backup import backup, restore
from bangfu_office.registry.users import Role, User, add_user
from bangfu_office.sessions import browsers
from bangfu_web import create_app
from devices import Person, Time, again, ready
from web_desk import PASSWORD

pytest_plugins = ["web_desk", "devices"]

KEY = "a key of sixteen and more"


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
            app.state["desk"].office.sessions.database.engine,
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
    value = {"factor": sealed.encryption.seal(pyotp.random_base32()), "recovery": "[]", "first_until": "2999"}[column]
    with sealed.database.engine.begin() as connection:
        connection.execute(text(f"UPDATE users SET {column} = :value"), {"value": value})  # noqa: S608 - as above
    with pytest.raises(JournalError, match="li"):
        sealed.verify()


def test_one_code_at_once(sealed: Registry, web_rulebook: Rulebook) -> None:
    """On either database, of two who come with the same code one is let in; old ones are forgotten."""
    store = create_app(sealed, web_rulebook).state["desk"].office.sessions.database
    assert [browsers.use_code(store, "li", step) for step in (100, 100, 101, 100)] == [True, False, True, False]
    assert browsers.use_code(store, "wang", 100)
    assert browsers.use_code(store, "li", 200)
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM web_used_codes")).scalar() == 1


def test_it_goes_with_a_backup(sealed: Registry, web_rulebook: Rulebook, time: Time, tmp_path: Path) -> None:
    """Whoever takes a registry in again has users who sign in as before."""
    person = ready(create_app(sealed, web_rulebook), time, "li")
    backup(sealed, tmp_path / "county.backup")
    with Registry.open(str(tmp_path / "again.db"), catalog=web_rulebook.catalog, key=KEY) as registry:
        restore(registry, tmp_path / "county.backup")
    with Registry.open(str(tmp_path / "again.db"), catalog=web_rulebook.catalog, key=KEY) as registry:
        registry.verify()
        person.app = create_app(registry, web_rulebook)
        other = again(person)
        assert other.send("/login/code", code=other.code).status_code == 303
        assert again(other).send("/login/code", code=person.codes[0]).status_code == 303
