"""Births, deaths, moves, splits, mergers, new heads, closings and rechecks, by their forms; all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from bangfu import clock
from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.users import Role
from web_desk import FAMILY, GUIDING, LANZHOU, OTHERS, SINGLE, Visitor

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
HEAD, WIFE, DAUGHTER = "1", "2", "3"
YESTERDAY = clock.today() - timedelta(days=1)


def operations(registry: Registry, number: str) -> list[str]:
    """Return what the journal says happened to a household after it was filled in."""
    entries = registry.history(number)
    assert {entry.evidence for entry in entries if entry.who.startswith("caseworker")} <= {"户口簿"}
    return [entry.operation for entry in entries if entry.who.startswith("caseworker")]


def happen(visitor: Visitor, event: str, number: str = FAMILY, version: int = 1, **form: str) -> tuple[int, str, str]:
    """Send an event's form; return the status, where it leads, and what it says is wrong."""
    named = {f"{event}.{name.replace('__', '.')}": value for name, value in form.items()}
    common = {"event": event, "version": str(version), "observed_on": str(YESTERDAY), "evidence": "户口簿"}
    answer = visitor.send(f"/households/{number}/events", {**common, **named})
    wrong = re.search(r'<div class="error summary".*?</div>', answer.text, re.DOTALL)
    said = unescape(re.sub(r"<[^>]+>", " ", wrong[0])) if wrong else ""
    return answer.status_code, answer.headers.get("location", ""), re.sub(r"\s+", " ", said)


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return a caseworker of Guiding."""
    return client_as(Role.CASEWORKER, GUIDING[:6])


def names(registry: Registry, number: str) -> dict[str, str]:
    """Return who is in a household, with the relation."""
    return {str(p.facts.get("name")): str(p.facts["relation"]) for p in registry.household(number).members}


def test_a_birth(caseworker: Visitor, web_registry: Registry) -> None:
    """The child is in, a recheck is due within three months, and the journal says who, when, on what evidence."""
    form = {"name": "石小雨", "relation": "child", "sex": "female", "birth_date": str(YESTERDAY)}
    assert happen(caseworker, "born", **form)[:2] == (303, f"/households/{FAMILY}")
    assert names(web_registry, FAMILY)["石小雨"] == "child"
    assert operations(web_registry, FAMILY) == ["joined", "recheck"]
    entry = web_registry.history(FAMILY)[-1]
    assert (entry.who, entry.observed_on) == ("caseworker-522723", str(YESTERDAY))
    assert len(web_registry.household(FAMILY).rechecks) == 1


def test_a_death_and_its_recheck(caseworker: Visitor, web_registry: Registry) -> None:
    """Who died is among the former; the recheck stands on the page until it is done, once."""
    assert happen(caseworker, "died", person=WIFE)[0] == 303
    assert operations(web_registry, FAMILY) == ["left", "recheck"]
    assert [person.status for person in web_registry.household(FAMILY).former] == ["dead"]
    ((due, _),) = web_registry.household(FAMILY).rechecks
    assert f"{due} 前须复核" in caseworker.get(f"/households/{FAMILY}/events").text
    version = web_registry.household(FAMILY).version
    assert happen(caseworker, "rechecked", version=version, which="0")[0] == 303
    assert operations(web_registry, FAMILY)[-1] == "rechecked"
    assert "已办过" in happen(caseworker, "rechecked", version=version + 1, which="0")[2]


def test_a_move(caseworker: Visitor, web_registry: Registry) -> None:
    """Both households have it in their journal."""
    assert happen(caseworker, "move", person=WIFE, to=SINGLE, relation="spouse")[:2] == (303, f"/households/{FAMILY}")
    assert names(web_registry, SINGLE) == {"莫长林": "head", "韦春梅": "spouse"}
    assert operations(web_registry, FAMILY) == ["left"]
    assert operations(web_registry, SINGLE)[0] == "joined"


def test_a_split(caseworker: Visitor, web_registry: Registry) -> None:
    """The new household is shown; who was not chosen stays."""
    status, location, _ = happen(caseworker, "split", relation__2="head", relation__3="child")
    new = location.removeprefix("/households/")
    assert (status, names(web_registry, FAMILY)) == (303, {"石大山": "head"})
    assert names(web_registry, new) == {"韦春梅": "head", "石小岩": "child"}
    assert operations(web_registry, new)[0] == "opened"
    assert operations(web_registry, FAMILY) == ["left", "left"]


def test_a_merger(caseworker: Visitor, web_registry: Registry) -> None:
    """Not without saying yes; then the household is closed, and its page says so and offers nothing."""
    form = {"into": FAMILY, "relation__4": "sibling"}
    assert "不能撤回" in happen(caseworker, "merge", SINGLE, **form)[2]
    assert happen(caseworker, "merge", SINGLE, **form, sure="yes")[:2] == (303, f"/households/{FAMILY}")
    assert names(web_registry, FAMILY)["莫长林"] == "sibling"
    assert operations(web_registry, SINGLE) == ["left", "closed"]
    page = caseworker.get(f"/households/{SINGLE}/events").text
    assert "这一户已注销" in page
    assert f'action="/households/{SINGLE}/events"' not in page


def test_a_new_head(caseworker: Visitor, web_registry: Registry) -> None:
    """A household whose head left is asked for a new one first of all."""
    assert happen(caseworker, "died", person=HEAD)[:2] == (303, f"/households/{FAMILY}/events")
    assert "现在没有户主" in caseworker.get(f"/households/{FAMILY}/events").text
    version = web_registry.household(FAMILY).version
    assert happen(caseworker, "head", version=version, person=WIFE)[0] == 303
    assert names(web_registry, FAMILY) == {"韦春梅": "head", "石小岩": "child"}
    assert operations(web_registry, FAMILY)[-1] == "fact"


def test_the_end(caseworker: Visitor, web_registry: Registry) -> None:
    """A household is closed for a reason."""
    assert "注销的原因" in happen(caseworker, "close", sure="yes")[2]
    assert happen(caseworker, "close", sure="yes", why="全户迁往外地")[0] == 303
    assert web_registry.household(FAMILY).closed == "全户迁往外地"
    assert operations(web_registry, FAMILY) == ["closed"]
    assert "已注销" in happen(caseworker, "died", person=WIFE)[2]


@pytest.mark.parametrize(
    ("event", "form", "said"),
    [
        ("move", {"person": WIFE, "to": OTHERS, "relation": "other"}, "没有这一户，或不在您所管的地区"),
        ("move", {"person": WIFE, "to": "nowhere", "relation": "other"}, "没有这一户，或不在您所管的地区"),
        ("move", {"person": WIFE, "to": "x" * 99, "relation": "other"}, "没有这一户，或不在您所管的地区"),
        ("move", {"person": WIFE, "to": FAMILY, "relation": "other"}, "就是这一户"),
        ("move", {"person": WIFE, "to": "", "relation": "other"}, "没有填"),
        ("move", {"person": WIFE, "to": SINGLE, "relation": ""}, "没有选"),
        ("move", {"person": WIFE, "to": SINGLE, "relation": "head"}, "第二名户主"),
        ("move", {"person": WIFE, "to": SINGLE, "relation": "friend"}, "与户主关系：“friend”"),
        ("merge", {"into": OTHERS, "sure": "yes"}, "没有这一户，或不在您所管的地区"),
        ("merge", {"into": SINGLE, "sure": "yes", "relation__1": "sibling"}, "还缺 2 人"),
        ("died", {"person": "4"}, "不是这一户现在的成员"),
        ("died", {"person": "²"}, "没有选"),
        ("born", {"name": "石小雨", "relation": "child"}, "出生日期，或公民身份号码"),
        ("born", {"relation": "child", "birth_date": "2100-01-01"}, "不晚于评估日"),
        ("born", {"relation": "child", "id_number": "522723202601010000"}, "应为"),
        ("split", {}, "分户须分出至少一人"),
        ("split", {"relation__1": "head", "relation__2": "spouse", "relation__3": "child"}, "并至少留下一人"),
        ("head", {"person": WIFE}, "第二名户主"),
        ("rechecked", {"which": "2026-01-01 x"}, "一项到期的复核"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_done(
    caseworker: Visitor, web_registry: Registry, event: str, form: dict[str, str], said: str
) -> None:
    """The form comes again with the reason; no household has changed, and none was opened."""
    status, _, wrong = happen(caseworker, event, **form)
    assert (status, said in wrong) == (422, True), wrong
    assert [web_registry.household(number).version for number in (FAMILY, SINGLE, OTHERS)] == [1, 1, 1]
    assert len(web_registry.numbers()) == 3


def test_a_day_to_come_is_refused(caseworker: Visitor, web_registry: Registry) -> None:
    """Nothing can have been seen tomorrow."""
    form = {"event": "died", "died.person": WIFE, "observed_on": "2100-01-01"}
    answer = caseworker.send(f"/households/{FAMILY}/events", form)
    assert (answer.status_code, "不晚于今天的日期" in answer.text) == (422, True)
    assert web_registry.household(FAMILY).version == 1


def test_somebody_changed_the_household_meanwhile(caseworker: Visitor, web_registry: Registry) -> None:
    """The form comes again as it was filled in, says who changed what, and goes through the second time."""
    with web_registry.work(Attribution("李办事员")) as work:
        work.change(FAMILY, [FactChange("job_costs", "10", 1)])
    form = {"event": "move", "version": "1", "move.person": WIFE, "move.to": SINGLE, "move.relation": "spouse"}
    answer = caseworker.send(f"/households/{FAMILY}/events", form)
    assert answer.status_code == 409
    assert "李办事员" in answer.text
    assert f'name="move.to" value="{SINGLE}"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert list(names(web_registry, SINGLE)) == ["莫长林"]
    assert caseworker.send(f"/households/{FAMILY}/events", form | {"version": "2"}).status_code == 303


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        (Role.ASSISTANT, GUIDING[:9], 200),
        (Role.ASSISTANT, LANZHOU[:9], 404),
        (Role.REVIEWER, "", 200),
        (Role.OFFICER, "", 403),
        (Role.AUDITOR, "", 403),
        (Role.ADMINISTRATOR, "", 403),
    ],
)
def test_who_may_write_events(
    client_as: ClientAs, web_registry: Registry, role: Role, region: str, status: int
) -> None:
    """Those who may change the household; nobody else, by whatever way."""
    visitor = client_as(role, region)
    path = f"/households/{FAMILY}/events"
    assert visitor.get(path).status_code == status
    if status != 200:
        assert visitor.send(path, {"event": "died", "died.person": WIFE}).status_code == status
        assert web_registry.household(FAMILY).version == 1
    assert visitor.client.post(path, data={"event": "died", "died.person": WIFE}).status_code == 403


def test_an_event_nobody_knows(caseworker: Visitor) -> None:
    """It is not there."""
    assert caseworker.send(f"/households/{FAMILY}/events", {"event": "wedding"}).status_code == 404
