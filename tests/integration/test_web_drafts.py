"""Drafts of forms: sealed, bounded in size and number, kept at the same moment, forgotten in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from litestar import Litestar
from sqlalchemy import text

from bangfu import Rulebook, clock, household_from
from bangfu_office.access import Office
from bangfu_office.households import drafts
from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role, User, add_user, disable_user
from bangfu_web import Settings, create_app
from bangfu_web.app import clean_up
from web_desk import FAMILY, HOUSEHOLDS, PASSWORD, Visitor, signed_in_at

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
BY = Attribution("管理员")
NAME = "石大山"


@pytest.fixture
def desk_at(database_url: str, web_rulebook: Rulebook) -> Iterator[Office]:
    """Yield a desk on a registry with the household FAMILY and the users 王 and 李, on either database."""
    with Registry.open(database_url, catalog=web_rulebook.catalog, key="a key made up for tests") as registry:
        with registry.work(BY) as work:
            work.add(household_from(HOUSEHOLDS[FAMILY], catalog=web_rulebook.catalog), FAMILY)
            for name in ("王", "李"):
                add_user(work, User(name, Role.CASEWORKER, ""), PASSWORD)
        yield create_app(registry, web_rulebook, Settings()).state["desk"].office


def later(monkeypatch: pytest.MonkeyPatch, **more: float) -> None:
    """Set the clock forward."""
    moment = clock.now() + timedelta(**more)
    monkeypatch.setattr("bangfu.clock.now", lambda: moment)


def stored(desk: Office) -> list[tuple[str, str]]:
    """Return whose drafts of what are in the database."""
    with desk.sessions.database.engine.connect() as connection:
        rows = connection.execute(text('select "user", household from web_drafts order by "user", household'))
        return [(row.user, row.household) for row in rows]


def value_of(desk: Office, user: str, household: str) -> str | None:
    """Return the name that somebody had filled in."""
    draft = drafts.find(desk, user, household)
    return None if draft is None else draft.values["m0.name"]


def test_the_last_one_counts_and_is_sealed(desk_at: Office) -> None:
    """One for each user and household; what is hidden in a form, and what is empty, is not kept."""
    drafts.keep(desk_at, "王", FAMILY, {"m0.name": "旧名"})
    drafts.keep(desk_at, "王", FAMILY, {"m0.name": NAME, "_once": "token", "h.homes": ""})
    drafts.keep(desk_at, "李", FAMILY, {"m0.name": "李的"})
    draft = drafts.find(desk_at, "王", FAMILY)
    assert draft is not None
    assert draft.values == {"m0.name": NAME}
    assert value_of(desk_at, "李", FAMILY) == "李的"
    with desk_at.sessions.database.engine.connect() as connection:
        contents = connection.execute(text("select content from web_drafts")).scalars().all()
    assert not any(NAME in content for content in contents)
    drafts.drop(desk_at, "王", FAMILY)
    assert stored(desk_at) == [("李", FAMILY)]


def test_kept_at_the_same_moment(desk_at: Office) -> None:
    """Of one form, and of many of one user: no error, and one of each is there."""
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def keep(number: int) -> None:
        try:
            start.wait()
            for turn in range(10):
                drafts.keep(desk_at, "王", FAMILY, {"m0.name": f"{number} {turn}"})
                drafts.keep(desk_at, "王", f"{turn}", {"m0.name": f"{number}"})
        except BaseException as error:  # noqa: BLE001 - told by the thread that asks
            errors.append(error)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {household for _, household in stored(desk_at)} == {FAMILY, *map(str, range(10))}
    assert str(value_of(desk_at, "王", FAMILY)).endswith(" 9")


def test_a_size_and_a_number(desk_at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large is not kept, and the earlier draft stays; of too many the oldest go."""
    drafts.keep(desk_at, "王", FAMILY, {"m0.name": NAME})
    with pytest.raises(drafts.DraftTooLargeError):
        drafts.keep(desk_at, "王", FAMILY, {"m0.name": "石" * (drafts.MOST_BYTES // 3)})
    assert value_of(desk_at, "王", FAMILY) == NAME
    drafts.keep(desk_at, "李", FAMILY, {"m0.name": NAME})
    monkeypatch.setattr(drafts, "MOST", 3)
    for number in range(4):
        drafts.keep(desk_at, "王", str(number), {"m0.name": NAME})
    assert stored(desk_at) == [("李", FAMILY), *(("王", str(number)) for number in (1, 2, 3))]


def test_forgotten_after_a_month(desk_at: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted from the day on which it was last kept."""
    drafts.keep(desk_at, "王", FAMILY, {"m0.name": "旧名"})
    drafts.keep(desk_at, "王", drafts.NEW, {"m0.name": NAME})
    later(monkeypatch, days=20)
    drafts.keep(desk_at, "王", FAMILY, {"m0.name": NAME})
    later(monkeypatch, days=10, seconds=1)
    assert (value_of(desk_at, "王", FAMILY), value_of(desk_at, "王", drafts.NEW)) == (NAME, None)
    clean_up(desk_at)
    assert stored(desk_at) == [("王", FAMILY)]
    later(monkeypatch, days=20)
    clean_up(desk_at)
    assert stored(desk_at) == []


def test_nobody_can_go_on_with(desk_at: Office) -> None:
    """Those of users who were disabled, of users who are not known, of households that were closed or never were."""
    for user in ("王", "李", "没有的人"):
        for household in (drafts.NEW, FAMILY, "没有的户"):
            drafts.keep(desk_at, user, household, {"m0.name": NAME})
    clean_up(desk_at)
    assert set(stored(desk_at)) == {(user, household) for user in ("王", "李") for household in (FAMILY, drafts.NEW)}
    with desk_at.registry.work(BY) as work:
        disable_user(work, "李")
    clean_up(desk_at)
    assert set(stored(desk_at)) == {("王", FAMILY), ("王", drafts.NEW)}
    with desk_at.registry.work(BY) as work:
        work.close(FAMILY, "试验")
    clean_up(desk_at)
    assert stored(desk_at) == [("王", drafts.NEW)]


def test_the_page_tells_until_when(desk_app: Litestar, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month, less what is begun of the last day; after it the form is as it is registered."""
    begun = clock.beginning(date(2026, 3, 1))
    monkeypatch.setattr("bangfu.clock.now", lambda: begun + timedelta(hours=9))
    visitor = signed_in_at(desk_app, "reviewer")
    assert visitor.send(f"/drafts/{FAMILY}", {"h.homes": "7", "m0.relation": "head"}).status_code == 204
    page = visitor.get(f"/households/{FAMILY}/edit").text
    assert "这是您 2026-03-01 09:00 未保存的草稿，保留到 2026-03-30。" in page
    assert 'value="7"' in page


def test_a_form_that_is_too_large_is_refused(client_as: ClientAs, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 413; nothing of it is kept."""
    visitor = client_as(Role.CASEWORKER)
    monkeypatch.setattr(drafts, "MOST_BYTES", 100)
    assert visitor.send(f"/drafts/{FAMILY}", {"h.homes": "7" * 100}).status_code == 413
    assert "未保存的草稿" not in visitor.get(f"/households/{FAMILY}/edit").text
