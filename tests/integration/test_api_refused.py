"""What the JSON API refuses, and how: roles, regions, an officer's part, conflicts, wrong bodies and addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from litestar import Litestar

from bangfu_office.access import MAY
from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.users import Role
from bangfu_web.api import operations
from machines import Machine, MachineAs
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, OTHERS, SINGLE, Visitor

pytest_plugins = ["web_desk", "machines"]

HOME = {"version": 1, "changes": [{"fact": "homes", "value": 1}]}
BODIES: Mapping[str, Any] = {
    "plan": HOUSEHOLDS[SINGLE],
    "check": HOUSEHOLDS[SINGLE],
    "search": {"text": "石"},
    "register": {"data": {**HOUSEHOLDS[SINGLE], "members": [{"relation": "head"}]}},
    "change": HOME,
    "join": {"facts": {"relation": "other"}},
    "born": {"facts": {"sex": "female"}},
    "leave": {"member": 3},
    "died": {"member": 3},
    "move": {"member": 3, "to": SINGLE, "relation": "other"},
    "split": {"relations": [{"member": 3, "relation": "head"}]},
    "merge": {"into": SINGLE, "relations": [{"member": n, "relation": "other"} for n in (1, 2, 3)]},
    "new_head": {"member": 2, "relations": [{"member": 1, "relation": "spouse"}]},
    "close": {"reason": "迁出"},
    "recheck": {"due": "2026-09-01", "reason": "复核"},
    "rechecked": {"due": "2026-09-01", "reason": "复核"},
    "assess": {},
}
HANDLERS = {handler.handler_name.rsplit(".", maxsplit=1)[-1]: handler for handler in operations()}
OF_HOUSEHOLDS = sorted(name for name, handler in HANDLERS.items() if "{number" in next(iter(handler.paths)))
NOT_FOR_OFFICERS = {"assessments", "assessment", "history"}
"""Operations that an officer may not use, though reading is for officers too: they show every programme."""


def asked(machine: Machine, name: str, number: str) -> httpx.Response:
    """Return the answer to an operation about a household, asked for as it should be."""
    handler = HANDLERS[name]
    path = next(iter(handler.paths)).replace("{number:str}", number).replace("{key:int}", "1")
    method = str(next(iter(handler.http_methods)))
    return machine.request(method, f"/api{path}", json=BODIES.get(name))


@pytest.mark.parametrize("role", list(Role))
def test_every_operation_is_for_the_roles_of_its_action(role: Role, machine_as: MachineAs) -> None:
    """The same actions as the pages'; whoever may not is told 403."""
    machine = machine_as(role)
    for name, handler in HANDLERS.items():
        allowed = handler.opt["may"] in MAY[role] and not (role is Role.OFFICER and name in NOT_FOR_OFFICERS)
        status = asked(machine, name, FAMILY).status_code
        assert (status == 403) is not allowed, (name, status)
        assert status < 500


def test_nobody_without_a_token_or_a_session_gets_in(desk_app: Litestar) -> None:
    """Told 401, in JSON, with the scheme to use."""
    for name in HANDLERS:
        answer = asked(Machine(desk_app), name, FAMILY)
        assert answer.status_code == 401, name
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["problems"] == []


def test_another_regions_household_is_not_there(machine_as: MachineAs) -> None:
    """Not found, with the same answer as one that does not exist."""
    machine = machine_as(Role.CASEWORKER, GUIDING[:6])
    for name in OF_HOUSEHOLDS:
        elsewhere, nowhere = asked(machine, name, OTHERS), asked(machine, name, "000000-000000")
        assert (name, elsewhere.status_code, nowhere.status_code) == (name, 404, 404)
        assert elsewhere.json() == nowhere.json()


def test_nothing_leads_out_of_the_region(machine_as: MachineAs, web_registry: Registry) -> None:
    """Neither filters nor moves nor a changed or new region."""
    machine = machine_as(Role.CASEWORKER, GUIDING[:6])
    assert machine.get("/households", region="62").status_code == 404
    assert machine.get("/households", region="52").json()["total"] == 2
    assert (
        machine.post(f"/households/{FAMILY}/move", {"member": 3, "to": OTHERS, "relation": "other"}).status_code == 404
    )
    everybody = [{"member": n, "relation": "other"} for n in (1, 2, 3)]
    assert machine.post(f"/households/{FAMILY}/merge", {"into": OTHERS, "relations": everybody}).status_code == 404
    away = [{"fact": "region", "value": "620102001001"}]
    assert problem_paths(machine.patch(f"/households/{FAMILY}", {"version": 1, "changes": away})) == [
        "changes[0].value"
    ]
    new = {"data": {"region": "620102001001", "members": [{"relation": "head"}]}}
    assert problem_paths(machine.post("/households", new)) == ["data.region"]
    assert [web_registry.household(number).version for number in (FAMILY, OTHERS)] == [1, 1]


def problem_paths(answer: httpx.Response) -> list[str]:
    """Return where the problems of a refused body are."""
    assert answer.status_code == 422, answer.text
    return [problem["path"] for problem in answer.json()["problems"]]


def test_an_officer_sees_the_programmes_part_alone(machine_as: MachineAs) -> None:
    """Of facts what its rules read, of the plan its supports and the category, of lists its households."""
    officer, caseworker = machine_as(Role.OFFICER, programme="education"), machine_as(Role.CASEWORKER)
    caseworker.post(f"/households/{FAMILY}/assessments")
    whole, part = (one.get(f"/households/{FAMILY}").json() for one in (caseworker, officer))
    assert "school_stage" in part["data"]["members"][2]
    assert not {"incomes", "id_number"} & part["data"]["members"][2].keys()
    assert "dwelling_only" in whole["data"]
    assert "dwelling_only" not in part["data"]
    assert part["assessed"].keys() == {"id", "on", "category", "candidates"}
    plan, full = (one.get(f"/households/{FAMILY}/plan").json() for one in (officer, caseworker))
    assert {support["programme"] for support in plan["supports"]} == {"education"}
    assert plan["household"]["category"] == full["household"]["category"]
    assert plan["household"]["income_year"] is None
    assert not plan["household"]["reasons"]
    assert set(plan["totals"]["by_programme"]) <= {"education"}
    codes = {support["benefit"] for support in plan["supports"]}
    assert {code for missing in plan["missing"] for code in missing["decides"]} <= codes
    listed = officer.get("/households", programme="living").json()["households"]
    assert {one["number"] for one in listed} <= {FAMILY}
    assert all("year" not in one["assessed"] for one in listed)


def test_a_conflict_says_who_changed_what(machine_as: MachineAs, web_registry: Registry) -> None:
    """And changes nothing; with the version it names, the change can be made."""
    machine = machine_as(Role.CASEWORKER)
    with web_registry.work(Attribution("李主任")) as work:
        work.change(FAMILY, [FactChange("homes", 2), FactChange("name", "石大川", 1)])
    refused = machine.patch(f"/households/{FAMILY}", HOME)
    assert refused.status_code == 409
    told = refused.json()
    assert told["version"] == 2
    assert [(entry["who"], entry["fact"], entry["new"]) for entry in told["theirs"]] == [
        ("李主任", "homes", 2),
        ("李主任", "name", None),
    ]
    for name in set(BODIES) & set(OF_HOUSEHOLDS) - {"change"}:
        path = next(iter(HANDLERS[name].paths)).replace("{number:str}", FAMILY)
        assert machine.post(path, {**BODIES[name], "version": 1}).status_code == 409, name
    assert web_registry.household(FAMILY).version == 2
    assert machine.patch(f"/households/{FAMILY}", {**HOME, "version": 2}).json()["version"] == 3


WRONG_BODIES: list[tuple[str, Any, list[str]]] = [
    (f"/households/{FAMILY}/leave", {"membr": 1}, ["membr", "member"]),
    (f"/households/{FAMILY}/leave", {"member": "1"}, ["member"]),
    (f"/households/{FAMILY}/leave", {"member": 10**30, "reason": "\ud800"}, ["member", "reason"]),
    (f"/households/{FAMILY}/close", {"reason": "一\n二"}, ["reason"]),
    (f"/households/{FAMILY}/close", {"reason": "迁出", "source": "imported"}, ["source"]),
    (f"/households/{FAMILY}/close", {"reason": "迁出", "observed_on": "2999-01-01"}, ["observed_on"]),
    (f"/households/{FAMILY}/split", {"relations": []}, ["relations"]),
    (f"/households/{FAMILY}/split", {"relations": [1, {"member": 1}]}, ["relations[0]", "relations[1].relation"]),
    (
        f"/households/{FAMILY}/split",
        {"relations": [{"member": 3, "relation": "head"}] * 2},
        ["relations[1].member"],
    ),
    (f"/households/{FAMILY}/members", {"facts": []}, ["facts"]),
    (f"/households/{FAMILY}/members", {"facts": {"relation": "head"}}, ["members[3].relation"]),
    ("/households", {"data": {}, "number": "a/b"}, ["number"]),
    ("/households/search", {"text": "a", "page": 0, "limit": 1000}, ["page", "limit"]),
]
WRONG_ADDRESSES = [
    ("GET", "/api", 404),
    ("GET", "/api/nothing", 404),
    ("GET", "/api/households/a%00b", 404),
    ("GET", f"/api/households/{FAMILY}/assessments/x", 404),
    ("GET", f"/api/households/{FAMILY}/assessments/{10**40}", 404),
    ("DELETE", "/api/plan", 405),
    ("GET", "/api/households?text=a", 400),
    ("GET", "/api/households?page=1&page=2", 400),
    ("GET", "/api/households?attention=none", 400),
    ("GET", f"/api/households/{FAMILY}/plan?on=2026-02-30", 400),
    ("GET", f"/api/households/{FAMILY}/plan?on=1950-01-01", 422),
    ("GET", "/api/policy?region=52%00", 400),
    ("POST", "/api/plan", 415),
    ("OPTIONS", "/api/plan", 204),
    ("OPTIONS", "/households", 204),
]


def test_a_wrong_body_is_refused_with_every_place(machine_as: MachineAs, web_registry: Registry) -> None:
    """Named as JSON writes it, and nothing is done."""
    machine = machine_as(Role.CASEWORKER)
    before = web_registry.verify()
    for path, body, where in WRONG_BODIES:
        assert problem_paths(machine.post(path, body)) == where
    assert web_registry.verify() == before


def test_a_wrong_address_is_refused_in_json(machine_as: MachineAs) -> None:
    """Unknown, of another method, with a query nobody reads."""
    machine = machine_as(Role.CASEWORKER)
    for method, path, status in WRONG_ADDRESSES:
        answer = machine.request(method, path)
        assert (path, answer.status_code) == (path, status)
        assert status == 204 or answer.json()["error"]


def test_a_body_is_small_json(machine_as: MachineAs) -> None:
    """At most a megabyte, not too deep, no word that JSON does not have."""
    machine = machine_as(Role.CASEWORKER)

    def sent(content: bytes) -> int:
        headers = {"content-type": "application/json"}
        return machine.request("POST", "/api/plan", content=content, headers=headers).status_code

    assert sent(b" " * 1_100_000) == 413
    assert sent(b'{"a":' * 13 + b"1" + b"}" * 13) == 400
    assert sent(b'{"a":' * 100_000) == 400
    assert sent(b'{"region":NaN}') == 422
    assert sent(b"[]") == 400
    assert sent(b'{"a":1,"a":2}') == 400


def test_a_browsers_session_needs_its_own_page(client_as: Callable[..., Visitor]) -> None:
    """It reads without; a change carries the session's token, and comes from this site."""
    visitor = client_as(Role.CASEWORKER)
    client, path = visitor.client, f"/api/households/{FAMILY}"
    assert client.get(path).status_code == 200
    for headers in ({}, {"x-csrf-token": "wrong"}, {"x-csrf-token": visitor.csrf, "origin": "https://elsewhere"}):
        refused = client.patch(path, json=HOME, headers=headers)
        assert refused.status_code == 403
        assert refused.json()["error"]
    assert client.post(path + "/leave", data={"_csrf": "x"}).status_code == 403
    assert client.patch(path, json=HOME, headers={"x-csrf-token": visitor.csrf}).json()["version"] == 2


def test_a_closed_household_is_read_and_not_changed(machine_as: MachineAs) -> None:
    """Every change is told that it is closed; why stands in the household, masked."""
    machine = machine_as(Role.CASEWORKER)
    assert machine.post(f"/households/{FAMILY}/close", {"reason": "迁往外省"}).status_code == 200
    for name in set(BODIES) & set(OF_HOUSEHOLDS):
        refused = asked(machine, name, FAMILY)
        assert (refused.status_code, "已注销" in refused.json()["error"]) == (409, True), name
    assert machine.get(f"/households/{FAMILY}/plan").status_code == 200
