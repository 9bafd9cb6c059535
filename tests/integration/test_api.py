"""The JSON API, route by route: what goes in, what comes out, what is then registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bangfu import Rulebook, clock, household_from, make_plan
from bangfu.show import plan_as_json
from bangfu_office.registry import Registry, Source
from bangfu_office.registry.users import Role
from machines import Machine, MachineAs
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, ON, OTHERS, SINGLE, person

pytest_plugins = ["web_desk", "machines"]

BABY = {"name": "石小芽", "birth_date": "2026-02-01", "sex": "female"}
WHY = {"source": "visited", "observed_on": "2026-03-02", "evidence": "入户表 7", "reason": "年度复核"}


@pytest.fixture
def caseworker(machine_as: MachineAs) -> Machine:
    """Return a machine of a caseworker of Guiding."""
    return machine_as(Role.CASEWORKER, GUIDING[:6])


def test_a_plan_comes_out_of_facts_without_storing_anything(
    caseworker: Machine, web_rulebook: Rulebook, web_registry: Registry
) -> None:
    """The same plan as the library makes, for the day in the query, else the one in the facts."""
    before = web_registry.verify()
    household = household_from(HOUSEHOLDS[FAMILY], on=ON, catalog=web_rulebook.catalog)
    answer = caseworker.post("/plan", HOUSEHOLDS[FAMILY], on=str(ON))
    assert answer.status_code == 200
    assert answer.json() == plan_as_json(make_plan(household, web_rulebook))
    assert caseworker.post("/plan", {**HOUSEHOLDS[FAMILY], "on": "2025-06-01"}).json()["on"] == "2025-06-01"
    assert web_registry.verify() == before


def test_amounts_are_read_to_the_fen(caseworker: Machine) -> None:
    """A number with a point is the decimal that was written, not the nearest binary fraction."""
    household = {**HOUSEHOLDS[SINGLE], "financial_assets": 0.1}
    assert caseworker.post("/check", household).json() == {"problems": []}
    found = caseworker.request(
        "POST",
        "/api/check",
        content=b'{"region":"522723102201","members":[{"relation":"head"}],"financial_assets":0.1000000000000000055}',
        headers={"content-type": "application/json"},
    ).json()
    assert [problem["path"] for problem in found["problems"]] == ["financial_assets"]


def test_a_check_names_every_problem(caseworker: Machine) -> None:
    """Each with its path, what was found, what is expected and a hint; a plan refuses the same."""
    wrong = {"region": "52", "members": [{"relation": "hed"}, {"relaton": "child"}]}
    problems = caseworker.post("/check", wrong).json()["problems"]
    assert [problem["path"] for problem in problems] == [
        "region",
        "members[0].relation",
        "members[1].relaton",
        "members[1].relation",
    ]
    assert problems[2]["hint"] == "最接近的是 relation"
    refused = caseworker.post("/plan", wrong)
    assert refused.status_code == 422
    assert refused.json()["problems"] == problems


def test_facts_programmes_and_parameters_are_listed(caseworker: Machine, web_rulebook: Rulebook) -> None:
    """The same lists as the commands print."""
    assert [fact["name"] for fact in caseworker.get("/facts").json()] == [f.name for f in web_rulebook.catalog.facts]
    assert {p["code"] for p in caseworker.get("/programmes", region=GUIDING).json()} >= {"education", "living"}
    policy = {row["parameter"]: row for row in caseworker.get("/policy", region=GUIDING, on="2026-01-01").json()}
    assert policy["dibao.standard.rural"]["value"] == "5400.00"


def test_households_are_listed_by_page_and_filter(machine_as: MachineAs) -> None:
    """Names are covered; paging leaves nothing out."""
    machine = machine_as(Role.CASEWORKER)
    everything = machine.get("/households").json()
    assert everything["total"] == 3
    assert {one["number"]: one["head"] for one in everything["households"]} == {
        FAMILY: "石**",
        SINGLE: "莫**",
        OTHERS: "马**",
    }
    pages = [machine.get("/households", page=n, limit=2).json()["households"] for n in (1, 2)]
    assert [one for page in pages for one in page] == everything["households"]
    assert machine.get("/households", region="6201").json()["total"] == 1
    assert machine.get("/households", attention="unassessed").json()["total"] == 3
    assert machine.get("/households", category="dibao", closed="0", programme="living").json()["total"] == 0


def test_a_person_is_found_by_name_or_id_number_in_the_body(caseworker: Machine) -> None:
    """And in the user's own region alone."""
    for text in ("韦春梅", HOUSEHOLDS[FAMILY]["members"][1]["id_number"]):
        found = caseworker.post("/households/search", {"text": text}).json()
        assert [one["number"] for one in found["households"]] == [FAMILY]
    assert caseworker.post("/households/search", {"text": "马建国"}).json()["total"] == 0


def test_a_household_is_registered_and_read(caseworker: Machine, web_registry: Registry) -> None:
    """Covered as anybody reads it, in full where it is revealed, which the journal notes."""
    data = {**HOUSEHOLDS[SINGLE], "members": [person("head", "罗自立", "1969-07-07", 5, insured=True)]}
    made = caseworker.post("/households", {"data": data, **WHY})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    number = made.json()["number"]
    shown = caseworker.get(f"/households/{number}").json()
    assert shown["data"]["members"][0]["name"] == "罗**"
    assert shown["data"]["members"][0]["id_number"].count("*") == 10
    assert shown["data"]["members"][0]["insured"] is True
    full = caseworker.post(f"/households/{number}/reveal").json()
    assert full["data"]["members"][0]["id_number"] == data["members"][0]["id_number"]
    entry = web_registry.history(number)[-1]
    assert (entry.operation, entry.who) == ("seen", f"machine-caseworker-{GUIDING[:6]}")
    opened = web_registry.history(number)[0]
    assert (opened.source, opened.observed_on, opened.evidence, opened.reason) == tuple(WHY.values())
    named = caseworker.post("/households", {"data": data | {"members": [{"relation": "head"}]}, "number": "GD-7"})
    assert named.json()["number"] == "GD-7"


def test_facts_are_changed_on_the_word_of_a_source(caseworker: Machine, web_registry: Registry) -> None:
    """Of the household and of members; null takes a statement back."""
    changes = [{"fact": "homes", "value": 1}, {"fact": "insured", "value": False, "member": 2}]
    answer = caseworker.patch(f"/households/{FAMILY}", {"version": 1, "changes": changes, **WHY})
    assert answer.json() == {"number": FAMILY, "version": 2}
    record = web_registry.household(FAMILY)
    assert record.facts["homes"] == 1
    assert record.members[1].statements["insured"][Source.VISITED].value is False
    shown = caseworker.get(f"/households/{FAMILY}").json()
    assert [(d["member"], d["fact"], d["counts"]["value"]) for d in shown["disagreements"]] == [(2, "insured", False)]
    taken_back = [{"fact": "homes", "value": None}]
    assert caseworker.patch(f"/households/{FAMILY}", {"version": 2, "changes": taken_back, **WHY}).status_code == 200
    assert "homes" not in web_registry.household(FAMILY).facts


def test_people_join_are_born_leave_and_die(caseworker: Machine, web_registry: Registry) -> None:
    """Each on its version; births and deaths make a recheck due."""
    grandmother = person("parent", "王桂花", "1950-01-01", 6)
    joined = caseworker.post(f"/households/{FAMILY}/members", {"facts": grandmother, "version": 1})
    assert joined.status_code == 201
    born = caseworker.post(f"/households/{FAMILY}/born", {"facts": BABY, "observed_on": "2026-02-01"})
    assert born.status_code == 201
    assert [p.facts["name"] for p in web_registry.household(FAMILY).members][3:] == ["王桂花", "石小芽"]
    assert caseworker.post(f"/households/{FAMILY}/leave", {"member": born.json()["member"]}).status_code == 200
    died = caseworker.post(f"/households/{FAMILY}/died", {"member": joined.json()["member"]})
    assert died.json() == {"number": FAMILY, "version": 5}
    shown = caseworker.get(f"/households/{FAMILY}").json()
    assert {former["status"] for former in shown["former"]} == {"left", "dead"}
    assert [due["reason"] for due in shown["rechecks"]] == ["家庭人口增加", "家庭人口减少"]


def test_households_split_and_merge_and_people_move(caseworker: Machine, web_registry: Registry) -> None:
    """The answer names both households with their versions."""
    split = caseworker.post(f"/households/{FAMILY}/split", {"relations": [{"member": 3, "relation": "head"}]})
    assert split.status_code == 201
    new = split.json()["other"]["number"]
    moved = caseworker.post(f"/households/{FAMILY}/move", {"member": 2, "to": new, "relation": "parent"})
    assert moved.json()["other"] == {"number": new, "version": 2}
    head = {"member": 2, "relations": [{"member": 3, "relation": "child"}]}
    assert caseworker.post(f"/households/{new}/new-head", head).status_code == 200
    back = {"into": FAMILY, "relations": [{"member": 2, "relation": "spouse"}, {"member": 3, "relation": "child"}]}
    assert caseworker.post(f"/households/{new}/merge", back).status_code == 200
    assert {p.facts["relation"] for p in web_registry.household(FAMILY).members} == {"head", "spouse", "child"}
    assert web_registry.household(new).closed == f"并入 {FAMILY}"


def test_rechecks_are_asked_for_and_done_and_households_closed(caseworker: Machine) -> None:
    """A closed household stays readable and takes no more changes."""
    recheck = {"due": "2026-09-01", "reason": "临时救助后复核"}
    assert caseworker.post(f"/households/{SINGLE}/rechecks", recheck).status_code == 201
    assert caseworker.get(f"/households/{SINGLE}").json()["rechecks"] == [recheck]
    assert caseworker.post(f"/households/{SINGLE}/rechecks/done", recheck).status_code == 200
    assert caseworker.post(f"/households/{SINGLE}/rechecks/done", recheck).status_code == 409
    assert caseworker.post(f"/households/{SINGLE}/close", {"reason": "迁往外省"}).status_code == 200
    assert caseworker.get(f"/households/{SINGLE}").json()["closed"] == "迁往外省"
    assert caseworker.get("/households", closed="1").json()["total"] == 1
    again = caseworker.post(f"/households/{SINGLE}/close", {"reason": "迁往外省"})
    assert again.status_code == 409
    assert "已注销" in again.json()["error"]


def test_plans_are_made_kept_and_read_again(caseworker: Machine, web_registry: Registry) -> None:
    """An assessment holds what it rests on, without names; the history tells of it."""
    plan = caseworker.get(f"/households/{FAMILY}/plan", on=str(ON)).json()
    assert plan["household"]["members"][0]["name"] == "石**"
    made = caseworker.post(f"/households/{FAMILY}/assessments", {"on": str(ON), "version": 1, "reason": "新申请"})
    assert made.status_code == 201
    assert made.json()["plan"] == plan
    listed = caseworker.get(f"/households/{FAMILY}/assessments").json()["assessments"]
    assert [one["id"] for one in listed] == [made.json()["id"]]
    kept = caseworker.get(f"/households/{FAMILY}/assessments/{listed[0]['id']}").json()
    assert kept["plan"]["totals"] == plan["totals"]
    assert kept["members"] == [person.id for person in web_registry.household(FAMILY).members]
    assert not names_in(kept)
    entries = caseworker.get(f"/households/{FAMILY}/history").json()["entries"]
    assert [entry["operation"] for entry in entries] == ["opened", "joined", "joined", "joined", "assessed"]
    assert not names_in(entries)
    after = caseworker.get(f"/households/{FAMILY}/history", after=entries[3]["seq"]).json()["entries"]
    assert after == entries[4:]


def names_in(answer: Any) -> set[str]:
    """Return the names and ID numbers of the made-up people that stand in an answer."""
    people: list[Mapping[str, Any]] = [one for household in HOUSEHOLDS.values() for one in household["members"]]
    return {one[fact] for one in people for fact in ("name", "id_number") if str(one[fact]) in str(answer)}


def test_the_day_is_today_where_none_is_named(caseworker: Machine) -> None:
    """Of plans and assessments alike."""
    assert caseworker.get(f"/households/{FAMILY}/plan").json()["on"] == str(clock.today())
    assert caseworker.post(f"/households/{FAMILY}/assessments").json()["on"] == str(clock.today())
