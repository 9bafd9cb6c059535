"""The same thing asked for by eight at once, on both databases: it is done once, and everybody is told the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from bangfu import Rulebook, clock, household_from
from bangfu_office.access import FormError
from bangfu_office.accounts import tokens
from bangfu_office.registry import Attribution, Registry, RegistryError
from bangfu_office.registry.users import Role, User, add_user, all_users
from bangfu_office.sessions.own_tables import make_tables
from bangfu_web import Settings, create_app
from bangfu_web.desk import Desk

AT_ONCE = 8
USER = "李办事员"
PASSWORD = "a password made up for tests"  # noqa: S105 - as it says
BY = Attribution(USER)
HOUSEHOLD = {"region": "522723102201", "members": [{"relation": "head", "name": "覃春谷"}]}


@pytest.fixture
def registry(database_url: str, rulebook: Rulebook) -> Iterator[Registry]:
    """Yield an empty registry, whose journal must be sound in the end."""
    with Registry.open(database_url, catalog=rulebook.catalog, key="") as opened:
        yield opened
        opened.verify()


@pytest.fixture
def desk(registry: Registry, rulebook: Rulebook) -> Desk:
    """Return the desk over it, with a user."""
    with registry.work(BY) as work:
        add_user(work, User(USER, Role.CASEWORKER, ""), PASSWORD)
    made: Desk = create_app(registry, rulebook, Settings()).state["desk"]
    return made


def together(step: Callable[[int], Any]) -> list[Any]:
    """Return what each of eight threads was answered, or which of our errors it met, all having begun at once."""
    barrier = Barrier(AT_ONCE)

    def done(i: int) -> Any:
        barrier.wait()
        try:
            return step(i)
        except (FormError, RegistryError) as error:
            return type(error)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(done, range(AT_ONCE)))


def test_a_name_of_tokens_is_given_once(desk: Desk) -> None:
    """Seven are told that there is one of this name."""
    today = str(clock.today())
    for n in range(5):
        answers = together(lambda _, n=n: tokens.issue(desk.office, USER, f"统计 {n}", today))  # type: ignore[misc]
        assert Counter(map(type, answers)) == {str: 1, type: 7}, answers
        assert answers.count(FormError) == 7
    assert len(tokens.of_user(desk.office, USER)) == 5


def test_the_last_place_for_a_token_is_given_once(desk: Desk) -> None:
    """Each by another name; not one more than a user may have."""
    today = str(clock.today())
    for n in range(tokens.MOST - 1):
        tokens.issue(desk.office, USER, f"程序 {n}", today)
    answers = together(lambda i: tokens.issue(desk.office, USER, f"另一个 {i}", today))
    assert answers.count(FormError) == 7
    assert len(tokens.of_user(desk.office, USER)) == tokens.MOST


def test_older_tables_get_the_rule_too(desk: Desk) -> None:
    """Where two tokens of one name stand already, both go on working, and one gets another name."""
    store = desk.office.sessions.database
    with store.writing() as connection:
        connection.execute(text("DROP INDEX uq_web_tokens_user_name"))
        for key in ("a", "b", "c"):
            row = {"key": key, "hash": key * 64, "user": USER, "made": f"2026-01-0{ord(key) - 96}"}
            connection.execute(
                text(
                    'INSERT INTO web_tokens (id, hash, "user", name, made_at, ends_on, stamp) '
                    "VALUES (:key, :hash, :user, '统计', :made, '2190-01-01', '')"
                ),
                row,
            )
    make_tables(store)
    assert [token.name for token in tokens.of_user(desk.office, USER)] == ["统计 (c)", "统计 (b)", "统计"]
    with pytest.raises(FormError):
        tokens.issue(desk.office, USER, "统计", str(clock.today()))
    make_tables(store)
    assert len(tokens.of_user(desk.office, USER)) == 3


def test_a_user_is_added_once(registry: Registry) -> None:
    """Seven are told that there is one of this name."""

    def add(_: int) -> str:
        with registry.work(BY) as work:
            add_user(work, User("韦助理", Role.ASSISTANT, "522723"), PASSWORD)
        return "added"

    answers = together(add)
    assert (answers.count("added"), answers.count(RegistryError)) == (1, 7)
    with registry.database.reading() as connection:
        assert [user.name for user in all_users(connection)] == ["韦助理"]


def test_a_number_is_given_once(registry: Registry) -> None:
    """One household has the number that all wanted; those who wanted none get numbers of their own."""
    household = household_from(HOUSEHOLD, catalog=registry.catalog)

    def add(number: str | None) -> str:
        with registry.work(BY) as work:
            return work.add(household, number)

    answers = together(lambda _: add("新一"))
    assert answers.count("新一") == 1
    assert len(registry.numbers()) == 1
    assert len(set(together(lambda _: add(None)))) == AT_ONCE
