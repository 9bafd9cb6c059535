"""The desk's pages about policy, users and one's account; who may see these, the journal and spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from litestar.testing import TestClient

from bangfu_office.registry import Registry
from bangfu_office.registry.users import Role, find_user
from web_desk import GUIDING, LANZHOU, PASSWORD, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
ANOTHER = "another made-up password"
COUNTY = GUIDING[:6]

EVERYBODY = set(Role)
OFFICE = {Role.CASEWORKER, Role.REVIEWER}
PAGES = {
    "/policy": EVERYBODY,
    "/policy/compare": EVERYBODY,
    "/account": EVERYBODY,
    "/users": {Role.ADMINISTRATOR},
    "/journal": {Role.AUDITOR},
    "/sheets": OFFICE,
    "/sheets/template.xlsx": OFFICE,
}
CHANGES = {
    "/users": {Role.ADMINISTRATOR},
    "/users/change": {Role.ADMINISTRATOR},
    "/users/password": {Role.ADMINISTRATOR},
    "/users/disable": {Role.ADMINISTRATOR},
    "/users/factor": {Role.ADMINISTRATOR},
    "/account/password": EVERYBODY,
    "/account/sessions/end": EVERYBODY,
    "/journal/find": {Role.AUDITOR},
    "/journal/verify": {Role.AUDITOR},
    "/sheets/import": OFFICE,
    "/sheets/export": OFFICE,
}


@pytest.mark.parametrize("role", Role)
def test_pages_are_for_the_roles_they_are_for(client_as: ClientAs, role: Role) -> None:
    """Whoever may not is told so, and sent nothing else."""
    visitor = client_as(role)
    for path, allowed in PAGES.items():
        assert visitor.get(path).status_code == (200 if role in allowed else 403), path
    for path, allowed in CHANGES.items():
        assert (visitor.send(path).status_code == 403) is (role not in allowed), path
        assert visitor.client.post(path).status_code == 403, f"{path} without a token of the session"


def test_nobody_who_is_not_signed_in_sees_anything(desk_app: Any) -> None:
    """All of it leads to the sign-in."""
    client = TestClient(desk_app)
    for path in [*PAGES, "/sheets/rejects/key"]:
        answer = client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (302, "/login"), path


# --- policy ---------------------------------------------------------------------------------------


def test_policy_of_a_region_and_day(client_as: ClientAs) -> None:
    """Benefits with conditions and clause, parameters with value and pack, short names explained."""
    text = client_as(Role.ASSISTANT, COUNTY).get("/policy?on=2026-03-01").text
    assert f'value="{COUNTY}"' in text, "the user's own region comes first"
    for said in (
        "高中、职业和高等教育阶段教育救助",
        "education.aid.later",
        "就读阶段：普通高中",
        "贵州省贵定县：各学段教育资助",
    ):
        assert said in text
    assert "5,400.00 元/人/年" in text
    assert "有未设定的标准" in text
    assert "未核对" in text


def test_policy_filtered(client_as: ClientAs) -> None:
    """What is not set, or set and not verified, by itself."""
    visitor = client_as(Role.AUDITOR)
    unset = visitor.get("/policy?region=340123&on=2009-03-31&only=unset").text
    unverified = visitor.get("/policy?region=340123&on=2009-03-31&only=unverified").text
    rural, floor = 'id="standard-dibao.standard.rural"', 'id="standard-minimum_wage"'
    assert (rural in unset, floor in unset) == (False, True)
    assert (rural in unverified, floor in unverified) == (True, False)


def test_policy_compared_between_two_days(client_as: ClientAs) -> None:
    """Feixi raised the rural standard from 900 to 1,000 yuan on 1 April 2009 (S10); nothing else changed."""
    asked = "region=340123&on=2009-03-31&other_region=340123&other_on=2009-04-01"
    text = client_as(Role.OFFICER).get(f"/policy/compare?{asked}").text
    parameters = text[text.index('id="parameters"') : text.index('id="benefits"')]
    assert re.findall(r"<b>(.*?)</b>", parameters) == ["900.00 元/人/年", "1,000.00 元/人/年"]
    assert re.findall(r"<code>(.*?)</code>", parameters) == ["dibao.standard.rural"]
    assert "农村低保一类（全额）" in text, "its amount rests on the standard"


def test_policy_compared_between_two_regions(client_as: ClientAs) -> None:
    """Benefits that only one of them has are named as such; the same twice differs in nothing."""
    visitor = client_as(Role.CASEWORKER)
    text = visitor.get(f"/policy/compare?region={COUNTY}&other_region={LANZHOU}").text
    assert "只有甲有" in text
    assert "贵定" in visitor.get("/policy").text
    assert "完全相同" in visitor.get(f"/policy/compare?region={COUNTY}&other_region={COUNTY}").text


@pytest.mark.parametrize("path", ["/policy", "/policy/compare"])
@pytest.mark.parametrize("asked", [("region", "52"), ("region", "贵定"), ("on", "2026-02-30"), ("on", "0001-01-01")])
def test_policy_of_nowhere_or_never(client_as: ClientAs, path: str, asked: tuple[str, str]) -> None:
    """The message stands at the field."""
    answer = client_as(Role.CASEWORKER).get(f"{path}?{asked[0]}={asked[1]}")
    assert answer.status_code == 422
    assert f'aria-describedby="{asked[0]}-error"' in answer.text
    assert f'id="{asked[0]}-error"' in answer.text


# --- users and accounts ---------------------------------------------------------------------------


def user_form(**values: str) -> dict[str, str]:
    """Return the form that adds a caseworker."""
    return {"name": "新来的", "role": "caseworker", "region": COUNTY, **values}


def shown_password(answer: Any) -> str:
    """Return the first password that a page shows, this once."""
    found = re.search(r'id="first" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def signs_in(app: Any, name: str, password: str = PASSWORD) -> bool:
    """Return whether somebody can sign in."""
    answer = TestClient(app).post("/login", data={"name": name, "password": password}, follow_redirects=False)
    return answer.status_code == 303


def test_a_user_is_added(client_as: ClientAs, desk_app: Any, web_registry: Registry) -> None:
    """With a first password that is shown once; the journal says who added whom, without the password."""
    administrator = client_as(Role.ADMINISTRATOR)
    answer = administrator.send("/users", user_form())
    assert answer.status_code == 201
    first = shown_password(answer)
    assert first not in administrator.get("/users").text
    assert signs_in(desk_app, "新来的", first)
    entry = web_registry.history(newest=1)[0]
    assert (entry.operation, entry.who) == ("user", "administrator")
    assert first not in str(entry.new)


@pytest.mark.parametrize(
    ("form", "at", "said"),
    [
        ({"role": "king"}, "role", "请选择角色"),
        ({"programme": "gold"}, "programme", "没有这个项目"),
        ({"region": "贵定"}, "", "地区应为行政区划代码"),
        ({"name": "caseworker"}, "", "已存在"),
        ({"name": "Caseworker"}, "", "难以分辨"),
        ({"role": "officer"}, "", "部门人员须写明"),
    ],
)
def test_a_user_is_not_added(client_as: ClientAs, form: dict[str, str], at: str, said: str) -> None:
    """It says why, and keeps what was typed."""
    answer = client_as(Role.ADMINISTRATOR).send("/users", user_form(**form))
    assert answer.status_code == 422
    assert said in answer.text
    assert not at or f'id="{at}-error"' in answer.text
    assert 'value="新来的"' in answer.text or "name" in form
    assert 'id="first"' not in answer.text


def test_an_administrator_of_a_county(client_as: ClientAs, desk_app: Any) -> None:
    """Sees and makes users of the county alone."""
    visitor = client_as(Role.ADMINISTRATOR, COUNTY)
    assert "caseworker" not in re.findall(r'<th scope="row">(.*?)</th>', visitor.get("/users").text)
    assert visitor.send("/users/disable", {"name": "caseworker", "disabled": "1"}).status_code == 404
    assert visitor.send("/users", user_form(region="62")).status_code == 422
    assert visitor.send("/users", user_form(region="")).status_code == 422
    assert visitor.send("/users", user_form()).status_code == 201
    assert not signs_in(desk_app, "新来的", ANOTHER)


def test_a_new_password_for_somebody(client_as: ClientAs, desk_app: Any) -> None:
    """Ends that user's sessions, and no others."""
    caseworker, administrator = client_as(Role.CASEWORKER), client_as(Role.ADMINISTRATOR)
    assert caseworker.get("/households").status_code == 200
    answer = administrator.send("/users/password", {"name": "caseworker", "password": ANOTHER, "again": ANOTHER})
    assert answer.status_code == 201
    assert caseworker.get("/households").status_code == 302
    assert administrator.get("/users").status_code == 200
    assert signs_in(desk_app, "caseworker", shown_password(answer))
    assert not signs_in(desk_app, "caseworker", ANOTHER), "an administrator chooses none"
    assert not signs_in(desk_app, "caseworker")


def test_a_disabled_user_is_out_at_once(client_as: ClientAs, desk_app: Any) -> None:
    """Let in again, he or she has to sign in anew."""
    caseworker, administrator = client_as(Role.CASEWORKER), client_as(Role.ADMINISTRATOR)
    form = administrator.fields("/users", "/users/disable", name="caseworker", disabled="1")
    assert administrator.send("/users/disable", form).status_code == 303
    assert caseworker.get("/households").status_code == 302
    assert not signs_in(desk_app, "caseworker")
    assert "已停用" in administrator.get("/users?done=disabled").text
    form = administrator.fields("/users", "/users/disable", name="caseworker", disabled="0")
    assert administrator.send("/users/disable", form).status_code == 303
    assert caseworker.get("/households").status_code == 302
    assert signs_in(desk_app, "caseworker")


@pytest.mark.parametrize("path", ["/users/disable", "/users/password", "/users/change", "/users/factor"])
@pytest.mark.parametrize("name", ["administrator", "nobody"])
def test_not_the_administrator_and_not_nobody(
    client_as: ClientAs, web_registry: Registry, path: str, name: str
) -> None:
    """The own password is changed with the old one, and nobody locks him- or herself out."""
    visitor = client_as(Role.ADMINISTRATOR)
    form = {"name": name, "password": ANOTHER, "again": ANOTHER, "disabled": "1", "role": "auditor"}
    assert visitor.send(path, form).status_code == 404
    with web_registry.database.reading() as connection:
        known = find_user(connection, "administrator")
    assert known is not None
    assert (known.disabled, known.role) == (False, Role.ADMINISTRATOR)


def test_a_change_of_password_ends_other_sessions(client_as: ClientAs, desk_app: Any, web_registry: Registry) -> None:
    """Not the one in which it is changed."""
    here, elsewhere, another = client_as(Role.CASEWORKER), client_as(Role.CASEWORKER), client_as(Role.REVIEWER)
    form = {"old": PASSWORD, "password": ANOTHER, "again": ANOTHER}
    assert here.send("/account/password", form).status_code == 303
    assert here.get("/account?done=password").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert another.get("/account").status_code == 200
    assert signs_in(desk_app, "caseworker", ANOTHER)
    assert web_registry.history(newest=1)[0].operation == "password"


@pytest.mark.parametrize(
    ("form", "at"),
    [
        ({"old": "wrong"}, "old"),
        ({"password": "short", "again": "short"}, "password"),
        ({"again": PASSWORD}, "again"),
        ({"password": PASSWORD, "again": PASSWORD}, "password"),
    ],
)
def test_a_password_that_is_not_changed(client_as: ClientAs, desk_app: Any, form: dict[str, str], at: str) -> None:
    """The message stands at the field, the old password still holds."""
    whole = {"old": PASSWORD, "password": ANOTHER, "again": ANOTHER, **form}
    answer = client_as(Role.CASEWORKER).send("/account/password", whole)
    assert answer.status_code == 422
    assert f'id="own-{at}-error"' in answer.text
    assert signs_in(desk_app, "caseworker")


def test_the_old_password_cannot_be_guessed(client_as: ClientAs) -> None:
    """Whoever sits down at somebody's desk has to wait, as at the sign-in."""
    visitor = client_as(Role.CASEWORKER)
    form = {"old": "wrong", "password": ANOTHER, "again": ANOTHER}
    for _ in range(5):
        assert visitor.send("/account/password", form).status_code == 422
    answer = visitor.send("/account/password", {**form, "old": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_other_sessions_ended_by_hand(client_as: ClientAs) -> None:
    """With the password, all at once; with the rules of sessions beside it."""
    here, elsewhere = client_as(Role.ASSISTANT), client_as(Role.ASSISTANT)
    assert "30 分钟不操作" in here.get("/account").text
    answer = here.send("/account/sessions/end", {"which": "others", "old": "wrong"})
    assert answer.status_code == 422
    assert 'id="ending-old-error"' in answer.text
    assert elsewhere.get("/account").status_code == 200
    assert here.send("/account/sessions/end", {"which": "others", "old": PASSWORD}).status_code == 303
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 302)


def test_sessions_are_ended_one_by_one(client_as: ClientAs) -> None:
    """One's own, with the password; this one is ended by signing out, and nobody else's at all."""
    here, there, other = client_as(Role.ASSISTANT), client_as(Role.ASSISTANT), client_as(Role.AUDITOR)
    ids = {name: re.findall(r'name="which" value="(\w{64})"', one.get("/account").text)
           for name, one in (("here", here), ("there", there), ("other", other))}  # fmt: skip
    assert [len(found) for found in ids.values()] == [1, 1, 0], "each sees the other one, and a mark at its own"
    form = {"which": ids["here"][0]}
    assert here.send("/account/sessions/end", form).status_code == 422
    assert other.send("/account/sessions/end", {**form, "old": PASSWORD}).status_code == 303
    assert there.get("/account").status_code == 200, "another user's session is none of mine"
    assert here.send("/account/sessions/end", {**form, "old": PASSWORD}).status_code == 303
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 302)
    for _ in range(5):
        here.send("/account/sessions/end", {"which": "others", "old": "wrong"})
    assert here.send("/account/sessions/end", {"which": "others", "old": PASSWORD}).status_code == 429
