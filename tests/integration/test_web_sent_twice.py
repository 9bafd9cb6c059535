"""What is sent twice, out of date or by no page of ours: forms and the API, alone and at the same time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from litestar import Litestar

from bangfu_office.registry import Attribution, FactChange, Registry
from bangfu_office.registry.duplicates import NEVERTHELESS
from bangfu_office.registry.users import Role, find_user
from bangfu_office.sheets import import_workbook
from machines import Machine, MachineAs
from posted_forms import Forms
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, ON, SINGLE, Visitor, person
from workbooks import Book

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
EDIT, EVENTS, PLAN = (f"/households/{FAMILY}/{page}" for page in ("edit", "events", "plan"))
ANSWERS, KEEP = (f"/households/{FAMILY}/{action}" for action in ("answers", "assess"))
NEW = "/households/new"
HEAD = HOUSEHOLDS[FAMILY]["members"][0]["id_number"]
BORN_NOW = person("child", "石小雨", "2026-02-03", 6)

TWICE_IS_AS_ONCE = """
/login /login/code /language /logout /account/sessions/end /households/find /households/{number}/reveal
/households/{number}/what-if /households/{number}/assessments/{key}/replay /drafts/{household} /drafts/{household}/drop
/sheets/export /journal/find /journal/verify /account/factor /account/factor/codes /account/factor/remove
"""
"""Where forms go that change nothing which would be there twice: they look, leave, or keep what stands there anyway."""


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return the browser of a caseworker of the family's county."""
    return client_as(Role.CASEWORKER, GUIDING[:6])


@pytest.fixture
def machine(machine_as: MachineAs) -> Machine:
    """Return a program of the family's county."""
    return machine_as(Role.CASEWORKER, GUIDING[:6])


def posted_to(app: Litestar) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the addresses forms are sent to, with what their routes declare."""
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if "POST" in handler.http_methods and not route.path.startswith("/api/"):
                path = "/".join(part.partition(":")[0] + "}" if ":" in part else part for part in route.path.split("/"))
                yield path, dict(handler.opt)


def household(*members: dict[str, Any], region: str = GUIDING) -> dict[str, Any]:
    """Return a household's data."""
    return {"region": region, "residence": "rural", "members": list(members)}


def new_form(visitor: Visitor, name: str, id_number: str, region: str = GUIDING) -> dict[str, str]:
    """Return the form of a household of one person, filled in."""
    values = {"h.region": region, "h.residence": "rural", "m0.relation": "head", "m0.name": name}
    return {**visitor.fields(NEW, NEW), **values, "m0.id_number": id_number}


def at_once(*steps: Callable[[], Any]) -> list[Any]:
    """Return what several are answered who begin at the same time."""
    barrier = Barrier(len(steps))

    def done(step: Callable[[], Any]) -> Any:
        barrier.wait()
        return step()

    with ThreadPoolExecutor(len(steps)) as threads:
        return list(threads.map(done, steps))


# --- the token of a form --------------------------------------------------------------------------


def test_every_form_that_changes_something_has_a_token(desk_app: Litestar) -> None:
    """All but those of which twice is as once; a new route has one unless it says otherwise, and is listed here."""
    found = dict(posted_to(desk_app))
    assert {path for path, opt in found.items() if not opt["once"]} == set(TWICE_IS_AS_ONCE.split())
    assert len(found) > 20


@pytest.mark.parametrize("role", list(Role))
def test_pages_draw_it_and_without_it_nothing_is_taken(role: Role, client_as: ClientAs, desk_app: Litestar) -> None:
    """Each form on each page that is sent to such a route; told 400 and to open the page again."""
    region = "" if role in {Role.OFFICER, Role.ADMINISTRATOR} else GUIDING[:6]
    visitor = client_as(role, region)
    wanted = {path: opt["once"] for path, opt in posted_to(desk_app)}
    wanted = {re.sub(r"\{\w+\}", "[^/]+", path): once for path, once in wanted.items()}
    pages = ["/account", "/account/tokens", "/households", NEW, f"/households/{FAMILY}", EDIT, EVENTS, PLAN,
             f"/households/{FAMILY}/what-if", "/sheets", "/journal", "/users"]  # fmt: skip
    for page in pages:
        for action, fields, _ in Forms(visitor.get(page).text).found:
            once = any(re.fullmatch(path, action or page) and needs for path, needs in wanted.items())
            assert ("_once" in fields) or not once, (page, action)
            if once:
                answer = visitor.send(action or page, {**fields, "_once": " "})
                assert (answer.status_code, "请重新打开这一页" in answer.text) == (400, True), (page, action)


def test_a_form_without_its_token_registers_nobody(caseworker: Visitor, web_registry: Registry) -> None:
    """Neither left out nor empty."""
    before = web_registry.numbers()
    form = new_form(caseworker, "覃春谷", person("head", "", "1990-05-06", 2)["id_number"])
    bare = {name: value for name, value in form.items() if name != "_once"}
    for sent in (bare, {**form, "_once": ""}):
        answer = caseworker.client.post(NEW, data={**sent, "_csrf": caseworker.csrf}, follow_redirects=False)
        assert answer.status_code == 400
    assert web_registry.numbers() == before


# --- people who are registered already ------------------------------------------------------------


def test_two_forms_side_by_side_register_one_household(caseworker: Visitor, web_registry: Registry) -> None:
    """The second is told where he is registered; what was typed stays, and with the box it is taken all the same."""
    number = person("head", "", "1990-05-06", 2)["id_number"]
    first, second = (new_form(caseworker, "覃春谷", number) for _ in range(2))
    made = caseworker.send(NEW, first).headers["location"].split("/")[2]
    refused = caseworker.send(NEW, second)
    assert refused.status_code == 409
    assert f'<a href="/households/{made}">{made}</a>' in refused.text
    again = next(fields for action, fields, _ in Forms(refused.text).found if action == NEW)
    assert (again["m0.name"], again["m0.id_number"]) == ("覃春谷", number)
    assert "_nevertheless" in again
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 1
    assert caseworker.send(NEW, {**again, "_nevertheless": "yes", "reason": "户籍分开"}).status_code == 303
    assert web_registry.history()[-1].reason == f"{NEVERTHELESS}；户籍分开"
    assert made not in str(web_registry.history()[-1].reason)
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 2


def test_at_the_same_time_too(caseworker: Visitor, machine: Machine, web_registry: Registry) -> None:
    """Two forms and two programs at once: one household, three are told of it."""
    number = person("head", "", "1990-05-06", 2)["id_number"]
    forms = [new_form(caseworker, "覃春谷", number) for _ in range(2)]
    data = {"data": household(person("head", "覃春谷", "1990-05-06", 2))}
    # A client of its own for each thread: one is not made for several.
    cookies = dict(caseworker.client.cookies)
    browsers = [Visitor(type(caseworker.client)(caseworker.client.app, cookies=cookies), caseworker.csrf) for _ in "12"]
    answers = at_once(
        lambda: browsers[0].send(NEW, forms[0]),
        lambda: browsers[1].send(NEW, forms[1]),
        lambda: machine.post("/households", data),
        lambda: machine.post("/households", data),
    )
    assert Counter(answer.status_code in {201, 303} for answer in answers) == {True: 1, False: 3}
    assert {answer.status_code for answer in answers} - {201, 303} == {409}
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 1


def test_the_api_says_where_and_takes_it_nevertheless(machine: Machine, web_registry: Registry) -> None:
    """A head who is registered; a couple of whom both are; not a wife alone, who may be wrongly in the other."""
    man, wife = person("head", "石大山", "1980-03-15", 1), person("spouse", "韦春梅", "1982-02-28", 2)
    stranger = person("head", "罗小田", "1979-01-01", 5)
    assert machine.post("/households", {"data": household(stranger, wife)}).status_code == 201
    for members in ((man,), ({**wife, "relation": "head"},), (man, wife)):
        answer = machine.post("/households", {"data": household(*members)})
        assert answer.status_code == 409
        assert FAMILY in answer.json()["households"]
        assert FAMILY in answer.json()["error"]
    body = {"data": household(man, wife), "nevertheless": True, "reason": "两地都在册"}
    assert machine.post("/households", body).status_code == 201
    assert web_registry.history()[-1].reason == f"{NEVERTHELESS}；两地都在册"


def test_whoever_joins_moves(caseworker: Visitor, machine: Machine, web_registry: Registry) -> None:
    """A newcomer who is registered elsewhere in the county: by form, as a birth, by the API."""
    taken = HOUSEHOLDS[SINGLE]["members"][0]
    form = {**caseworker.fields(EDIT, EDIT), "m3.person": "", "m3.relation": "other", "m3.name": "莫长林"}
    answer = caseworker.send(EDIT, {**form, "m3.id_number": taken["id_number"]})
    assert (answer.status_code, f'href="/households/{SINGLE}"' in answer.text) == (409, True)
    born = {"event": "born", "born.relation": "child", "born.id_number": taken["id_number"]}
    answer = caseworker.send(EVENTS, {**caseworker.fields(EVENTS, EVENTS, event="born"), **born})
    assert (answer.status_code, f'href="/households/{SINGLE}"' in answer.text) == (409, True)
    for path in ("members", "born"):
        facts = {"relation": "other", "id_number": taken["id_number"]}
        answer = machine.post(f"/households/{FAMILY}/{path}", {"facts": facts})
        assert (answer.status_code, answer.json()["households"]) == (409, [SINGLE])
    assert len(web_registry.household(FAMILY).members) == 3
    form |= {"m3.id_number": taken["id_number"], "_nevertheless": "yes"}
    assert caseworker.send(EDIT, form).status_code == 303
    assert len(web_registry.household(FAMILY).members) == 4
    assert web_registry.history(FAMILY)[-1].reason == NEVERTHELESS


def test_equal_workbooks_at_once(web_registry: Registry, tmp_path: Path) -> None:
    """Each household is there once, whoever came first; none is refused."""
    people = [["户编号", "成员序号", "relation", "id_number"]]
    people += [[f"表{n}", 1, "户主", person("head", "", "1990-05-06", n)["id_number"]] for n in range(2, 30)]
    rows = [["户编号", "region"], *([f"表{n}", GUIDING] for n in range(2, 30))]
    path = Book({"家庭": rows, "成员": people}).save(tmp_path / "households.xlsx")
    by = Attribution("王办事员", on=ON)
    reports = at_once(*[lambda: import_workbook(web_registry, path, by)] * 3)
    assert sum(report.added for report in reports) == 28
    assert sum(report.unchanged for report in reports) == 56
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 28


# --- forms that are out of date, or none of ours --------------------------------------------------

BAD = ["", "0", "-1", "一", "1.0", "99999999999999999999", None]


@pytest.mark.parametrize("version", BAD)
def test_no_form_is_taken_without_the_version_it_was_drawn_at(
    version: str | None, caseworker: Visitor, web_registry: Registry
) -> None:
    """The form, an answer, an event, an assessment: what was typed stays, nothing is written, and so it stays."""
    before = web_registry.history()
    for page, action, typed in (
        (EDIT, EDIT, {"h.homes": "7", "reason": "来电"}),
        (EVENTS, EVENTS, {"event": "born", "born.birth_date": "2026-02-03", "reason": "来电"}),
        (PLAN, ANSWERS, {"fact": "homes", "value": "7", "person": ""}),
        (PLAN, KEEP, {}),
    ):
        form = {**caseworker.fields(page, action), **typed, "version": version}
        form = {name: value for name, value in form.items() if value is not None}
        answer = caseworker.send(action, form)
        assert answer.status_code == 400, (action, answer.status_code)
        assert "表单里没有打开时的版本" in answer.text
        if action == page:
            assert 'value="来电"' in answer.text
            again = [fields for sent_to, fields, _ in Forms(answer.text).found if sent_to == action]
            assert caseworker.send(action, next(f for f in again if f.get("reason"))).status_code == 400
    assert web_registry.history() == before


def test_an_assessment_is_of_what_was_looked_at(caseworker: Visitor, web_registry: Registry) -> None:
    """Somebody changed the household since the plan was shown: no other plan is kept instead."""
    form = caseworker.fields(PLAN, KEEP)
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange("homes", 2)])
    answer = caseworker.send(KEEP, form)
    assert (answer.status_code, "李办事员" in answer.text) == (409, True)
    assert web_registry.assessments(FAMILY) == []
    assert caseworker.send(KEEP, caseworker.fields(PLAN, KEEP)).status_code == 303


@pytest.mark.parametrize(
    "people", [{"m1.person": "一"}, {"m1.person": "99"}, {"m1.person": "1"}, {"m1.person": None}, {"m1.person": "-2"}]
)
def test_nobody_is_registered_again_by_a_form_that_lost_a_member(
    people: dict[str, str | None], caseworker: Visitor, web_registry: Registry
) -> None:
    """Garbled, another household's, twice, left out: once it made a second person of a member."""
    before = web_registry.history()
    form = {**caseworker.fields(EDIT, EDIT), **people, "h.homes": "7", "m1.id_number": ""}
    answer = caseworker.send(EDIT, {name: value for name, value in form.items() if value is not None})
    assert (answer.status_code, "与这一户现在的成员对不上" in answer.text) == (400, True)
    assert 'value="7"' in answer.text
    assert web_registry.history() == before


def test_of_two_administrators_the_second_sees_what_the_first_did(client_as: ClientAs, web_registry: Registry) -> None:
    """At the same user: told, shown the user as he is now, and asked again; a form without what was seen is refused."""
    client_as(Role.CASEWORKER)
    first = client_as(Role.ADMINISTRATOR)
    change, disable = "/users/change", "/users/disable"
    forms = [first.fields("/users", change, name="caseworker") for _ in range(2)]
    stop = first.fields("/users", disable, name="caseworker")
    assert first.send(change, {**forms[0], "role": "auditor"}).status_code == 303
    for path, form in ((change, {**forms[1], "region": "5227"}), (disable, stop), (change, {**forms[1], "seen": ""})):
        answer = first.send(path, form)
        assert (answer.status_code, "另一位管理员刚改过这个用户" in answer.text) == (422, True), path
    with web_registry.database.reading() as connection:
        known = find_user(connection, "caseworker")
    assert known
    assert (known.role, known.region, known.disabled) == (Role.AUDITOR, "", False)
    now = first.fields("/users", change, name="caseworker")
    assert first.send(change, {**now, "region": "5227"}).status_code == 303


def test_two_clicks_add_one_user(client_as: ClientAs) -> None:
    """The second is told that it is done, not that there is one of this name, and shown no other first password."""
    administrator = client_as(Role.ADMINISTRATOR)
    form = {**administrator.fields("/users", "/users"), "name": "韦助理", "role": "assistant", "region": "522723"}
    first, second = (administrator.send("/users", form) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 303)
    assert "已经办好" in administrator.get(second.headers["location"]).text


# --- programs -------------------------------------------------------------------------------------


def sent(machine: Machine, path: str, body: Any, name: str) -> tuple[int, Any]:
    """Return what a named request is answered."""
    answer = machine.request("POST", f"/api{path}", json=body, headers={"idempotency-key": name})
    return answer.status_code, answer.json()


def test_a_named_request_is_carried_out_once(machine: Machine, web_registry: Registry) -> None:
    """The same answer again, also of an assessment; another body, address or name is another request."""
    body = {"data": household({"relation": "head", "name": "覃春谷"})}
    first = sent(machine, "/households", body, "first")
    assert first[0] == 201
    assert sent(machine, "/households", body, "first") == first
    other = {"data": household({"relation": "head", "name": "覃春禾"})}
    assert sent(machine, "/households", other, "first")[1]["number"] != first[1]["number"]
    assert sent(machine, "/households", body, "second")[1]["number"] != first[1]["number"]
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 3
    path = f"/households/{FAMILY}/assessments"
    made = sent(machine, path, {"on": str(ON), "version": 1}, "third")
    assert made[0] == 201
    assert sent(machine, path, {"on": str(ON), "version": 1}, "third") == made
    assert len(web_registry.assessments(FAMILY)) == 1
    joined = {"facts": BORN_NOW, "version": 1}
    assert sent(machine, f"/households/{FAMILY}/born", joined, "fourth")[0] == 201
    assert sent(machine, f"/households/{FAMILY}/born", joined, "fourth")[0] == 201
    assert sent(machine, f"/households/{FAMILY}/born", joined, "fifth")[0] == 409
    assert len(web_registry.household(FAMILY).members) == 4


def test_at_once_and_with_no_name_for_itself(machine: Machine, web_registry: Registry) -> None:
    """Four at once: all have the one answer. A name that is none is refused."""
    body = {"data": household({"relation": "head", "name": "覃春谷"})}
    answers = at_once(*[lambda: sent(machine, "/households", body, "first")] * 4)
    assert len({str(answer) for answer in answers}) == 1
    assert len(web_registry.numbers()) == len(HOUSEHOLDS) + 1
    assert sent(machine, "/households", body, "x" * 201)[0] == 400


@pytest.mark.parametrize("version", [0, -1, "1", 1.5])
def test_the_api_wants_a_version_that_is_one(version: Any, machine: Machine, web_registry: Registry) -> None:
    """Where one is given; 0 was never read anywhere."""
    before = web_registry.history()
    for path, body in (
        ("assessments", {}),
        ("close", {"reason": "迁走"}),
        ("rechecks", {"due": "2026-09-01", "reason": "每年"}),
        ("members", {"facts": BORN_NOW}),
        ("leave", {"member": 1}),
    ):
        answer = machine.post(f"/households/{FAMILY}/{path}", {**body, "version": version})
        assert (answer.status_code, answer.json()["problems"][0]["path"]) == (422, "version"), path
    changes = {"changes": [{"fact": "homes", "value": 1}], "version": version}
    assert machine.patch(f"/households/{FAMILY}", changes).status_code == 422
    assert web_registry.history() == before
