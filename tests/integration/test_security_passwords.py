"""Passwords: long rather than motley, none that is guessed first, taken exactly as typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bangfu_office.registry import Attribution, Registry, RegistryError
from bangfu_office.registry.passwords import (
    LONGEST_PASSWORD,
    LOOKED_AT,
    OWN_WORDS,
    REFUSED,
    SHORTEST_PASSWORD,
    hash_password,
    hashed,
    is_password,
    too_easy,
)
from bangfu_office.registry.schema import users
from bangfu_office.registry.users import Role, User, add_user, change_password, first_password, signed_in

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security.md"
GOOD = "a made-up password"


@pytest.fixture
def registry(sqlite_url: str) -> Iterator[Registry]:
    """Yield a registry with one user."""
    with Registry.open(sqlite_url, key="") as opened:
        with opened.work(Attribution("test")) as work:
            add_user(work, User("zhangsan", Role.CASEWORKER, ""), GOOD)
        yield opened


@pytest.mark.parametrize(
    "password",
    ["123456789012", "qwertyuiop12", "aaaaaaaaaaaa", "abcabcabcabc", "1qaz2wsx3edc", "Password2026", "bangfu202611",
     "Bangfu@123456", "zhangsan1990", "woaini520520", "mima12345678", "帮扶帮扶帮扶帮扶帮扶帮扶", "199003151234",
     "caseworker01", "admin!@#$%^&*", "P@ssw0rdP@ssw0rd", "Letmein123456", "qwerty654321!", "dibao20261127",
     "zhangsanzhangsan"],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str, registry: Registry) -> None:
    """Words everybody tries, the user's name, rows of keys, repetition, runs, days; the message does not repeat it."""
    assert len(password) >= SHORTEST_PASSWORD
    with pytest.raises(RegistryError, match="太容易猜") as caught, registry.work(Attribution("test")) as work:
        change_password(work, "zhangsan", password)
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "石头剪子布不如下雨天好好", "94715063829471", "läuft im Wald"]
)
def test_any_characters_will_do(password: str, registry: Registry) -> None:
    """No rule says which a password must have."""
    with registry.work(Attribution("test")) as work:
        change_password(work, "zhangsan", password)
    with registry.database.reading() as connection:
        assert signed_in(connection, "zhangsan", password)


def test_length(registry: Registry) -> None:
    """Twelve characters at least, two hundred at most; nothing is cut off, no case is changed, no space dropped."""
    assert (SHORTEST_PASSWORD, LONGEST_PASSWORD) == (12, 200)
    longest = ("a long password with many words in it, " * 9)[:LONGEST_PASSWORD]
    for wrong in ("x7 k!pq", longest + "x"):
        with pytest.raises(RegistryError, match="12 至 200"):
            hash_password(wrong)
    with registry.work(Attribution("test")) as work:
        change_password(work, "zhangsan", longest)
    with registry.database.reading() as connection:
        assert signed_in(connection, "zhangsan", longest)
        for other in (longest + "x", longest[:-1], longest.upper(), f" {longest}", longest.replace(" ", "", 1)):
            assert signed_in(connection, "zhangsan", other) is None


@pytest.mark.usefixtures("real_costs")
def test_how_passwords_are_kept() -> None:
    """Argon2id with at least 19 MiB, two rounds and a salt; the same password twice is two hashes."""
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first != second
    kind, costs = first.split("$")[1], dict(part.split("=") for part in first.split("$")[3].split(","))
    assert kind == "argon2id"
    assert int(costs["m"]) >= 19 * 1024
    assert int(costs["t"]) >= 2
    assert is_password(first, GOOD)
    assert not is_password(None, GOOD)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("iloveyousunshine"[:13], "常见的词"),
        ("fghjkl;'", "键盘上相邻的键"),
        ("zqzqzqzqzqzqzq", "重复"),
        ("abcdefghijklmn", "连续"),
        ("19900315", "日期"),
    ],
)
def test_it_is_said_why_a_password_is_easy(password: str, said: str) -> None:
    """In our words, by what most of it is."""
    assert said in too_easy(password)


def test_others_do_not_wait_while_a_password_is_hashed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked at and hashed before is written as it is, in the turn of whoever writes."""
    kept = hashed(GOOD, "zhangsan")
    assert GOOD not in repr(kept)
    assert kept.text not in repr(kept)
    with Registry.open(str(tmp_path / "registry.db"), key="") as registry:
        monkeypatch.setattr("bangfu_office.registry.passwords.hash_password", None)
        with registry.work(Attribution("test")) as work:
            add_user(work, User("zhangsan", Role.AUDITOR, ""), kept)
            change_password(work, "zhangsan", kept)
        with registry.database.reading() as connection:
            assert signed_in(connection, "zhangsan", GOOD)


def test_common_passwords_are_refused() -> None:
    """All of the thirty thousand that are long enough, as they are and with what people put behind them."""
    common = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD - 1]
    assert len(common) > 100
    assert [word for word in common if not too_easy(word) or not too_easy(f"{word}1")] == []


def test_of_a_long_password_the_beginning_is_looked_at() -> None:
    """Enough to tell, and no long one keeps the others in the line waiting."""
    assert LOOKED_AT == 40
    assert too_easy("a" * LOOKED_AT + "石头剪子布不如下雨天好好")
    assert not too_easy(GOOD + "a" * (LONGEST_PASSWORD - len(GOOD)))


def test_passwords_do_not_expire() -> None:
    """Nothing is kept of when one was set; what a user got from somebody else alone can be used until a day."""
    own = {"name", "password", "role", "region", "programme", "disabled", "factor", "recovery"}
    assert set(users.columns.keys()) == own | {"first_until"}


def test_a_list_of_the_operators_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses what is on it in any case; a list that cannot be read lets none pass."""
    file = tmp_path / "common.txt"
    file.write_text("trustno1trustno1\nMonkey Dragon 77\n", encoding="utf-8")
    monkeypatch.setenv(REFUSED, str(file))
    with pytest.raises(RegistryError, match="常用或已泄露"):
        hash_password("monkey dragon 77")
    assert hash_password(GOOD)
    monkeypatch.setenv(REFUSED, str(tmp_path / "nowhere.txt"))
    with pytest.raises(RegistryError, match=REFUSED):
        hash_password(GOOD)


def test_the_words_are_documented() -> None:
    """All of them, on the page about security."""
    text = PAGE.read_text(encoding="utf-8")
    assert [word for word in OWN_WORDS if f"`{word}`" not in text] == []
    assert f"`{REFUSED}`" in text


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_password_makes_it_fail(password: str, name: str) -> None:
    """Whatever is typed is easy, and it is said why, or it is not."""
    assert isinstance(too_easy(password, name), str)


def test_a_first_password_is_never_easy() -> None:
    """It is random: nobody has to try twice."""
    for _ in range(50):
        assert hash_password(first_password(), "zhangsan")
