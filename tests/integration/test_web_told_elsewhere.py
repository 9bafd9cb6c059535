"""An ID number that another county has registered: that it is, and nothing else, whatever is typed wherever."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bangfu_office.registry import Attribution, Registry
from bangfu_office.registry.users import Role
from machines import MachineAs
from web_desk import FAMILY, GUIDING, HOUSEHOLDS, LANZHOU, ON, OTHERS, SINGLE, Visitor
from workbooks import Book

pytest_plugins = ["web_desk", "machines"]

ClientAs = Callable[..., Visitor]
NEW = "/households/new"
OTHER_HEAD = HOUSEHOLDS[OTHERS]["members"][0]["id_number"]
ELSEWHERE = (OTHERS, LANZHOU, "马建国", "杨秀兰")


def household(*members: dict[str, Any], region: str = GUIDING) -> dict[str, Any]:
    """Return a household's data."""
    return {"region": region, "residence": "rural", "members": list(members)}


def new_form(visitor: Visitor, name: str, id_number: str, region: str = GUIDING) -> dict[str, str]:
    """Return the form of a household of one person, filled in."""
    values = {"h.region": region, "h.residence": "rural", "m0.relation": "head", "m0.name": name}
    return {**visitor.fields(NEW, NEW), **values, "m0.id_number": id_number}


@pytest.mark.parametrize(("role", "region"), [(Role.ASSISTANT, GUIDING), (Role.CASEWORKER, GUIDING[:6])])
def test_nothing_tells_where_somebody_is_registered_elsewhere(
    role: Role, region: str, client_as: ClientAs, machine_as: MachineAs, web_registry: Registry, tmp_path: Path
) -> None:
    """Neither number nor region, name or date, wherever the ID number is typed; that there is one, at most."""
    visitor, machine = client_as(role, region), machine_as(role, region)
    told: list[str] = []
    form = new_form(visitor, "某人", OTHER_HEAD)
    made = visitor.send(NEW, form)
    assert made.status_code == 303  # not refused: nobody finds out who is registered by trying numbers
    number = made.headers["location"].split("/")[2]
    pages = ("", "/plan", "/edit", "/events", "/history", "/assessments", "/what-if", "/print/plan")
    told += [visitor.get(f"/households/{number}{page}").text for page in pages]
    told += [visitor.send(f"/households/{number}/reveal").text]
    again = new_form(visitor, "某人", OTHER_HEAD)
    refused = visitor.send(NEW, again)
    assert refused.status_code == 409
    told.append(refused.text)
    for text in (OTHER_HEAD, OTHERS, "马建国", "马"):
        told.append(visitor.send("/households/find", {"text": text, "region": LANZHOU}).text)
        told.append(machine.post("/households/search", {"text": text}).text)
    data = household({"relation": "head", "id_number": OTHER_HEAD}, {"relation": "child", "birth_date": "2011-01-01"})
    for body in ({"data": data}, {"data": data, "nevertheless": True}, {"data": data, "number": OTHERS}):
        told.append(machine.post("/households", body).text)
    facts = {"relation": "other", "id_number": OTHER_HEAD}
    for path in (f"/households/{FAMILY}/members", f"/households/{FAMILY}/born"):
        told.append(machine.post(path, {"facts": facts}).text)
    told.append(machine.get(f"/households/{FAMILY}").text)
    told.append(
        machine.post(
            f"/households/{FAMILY}/split", {"new_number": OTHERS, "relations": [{"member": 2, "relation": "head"}]}
        ).text
    )
    for path in (f"/households/{OTHERS}", f"/households/{OTHERS}/history", f"/households/{OTHERS}/plan"):
        told += [visitor.get(path).text, machine.get(path).text]
    told += imported(visitor, web_registry, region, tmp_path) if role is Role.CASEWORKER else []
    own = [text.replace(OTHER_HEAD, "").replace('value="某人"', "") for text in told]
    for text in own:
        # The birth date within an ID number is the asker's own knowledge; so is a number that was typed.
        plain = re.sub(r'(?:value|search)="[^"]*"', "", text)
        plain = plain.replace(f"编号 {OTHERS} 不能用", "")
        found = [word for word in ELSEWHERE if word in plain]
        assert found == [], plain[:2000]


def test_whoever_moved_elsewhere_is_not_told_where(
    client_as: ClientAs, machine_as: MachineAs, web_registry: Registry
) -> None:
    """By somebody who works everywhere: those of the old place see that he moved, and that the household was merged."""
    one, other = (web_registry.household(number).members[0].id for number in (FAMILY, SINGLE))
    with web_registry.work(Attribution("赵审核", on=ON)) as work:
        work.new_head(FAMILY, 2, {one: "spouse"})
        work.move(FAMILY, one, OTHERS, "other")
        work.merge(SINGLE, OTHERS, {other: "other"})
    near = machine_as(Role.ASSISTANT, GUIDING)
    for number in (FAMILY, SINGLE):
        told = [near.get(f"/households/{number}{page}").text for page in ("", "/history")]
        told += [
            client_as(Role.ASSISTANT, GUIDING).get(f"/households/{number}{page}").text for page in ("", "/history")
        ]
        told += [near.post(f"/households/{number}/close", {"reason": "迁走", "version": 1}).text]
        assert [text for text in told if OTHERS in text or LANZHOU in text] == []
    assert OTHERS in machine_as(Role.REVIEWER).get(f"/households/{FAMILY}/history").text


def imported(visitor: Visitor, registry: Registry, region: str, folder: Path) -> Iterator[str]:
    """Yield what is told of workbooks with the ID number and with the number of the other household."""
    for name, number in (("表一", OTHER_HEAD), (OTHERS, "")):
        people = [["户编号", "成员序号", "relation", "id_number"], [name, 1, "户主", number]]
        book = Book({"家庭": [["户编号", "region"], [name, GUIDING]], "成员": people})
        path = book.save(folder / f"{len(name)}.xlsx")
        files = {"file": ("三月.xlsx", path.read_bytes())}
        form = {"_csrf": visitor.csrf, "_once": name, "partial": "1"}
        text = visitor.client.post("/sheets/import", data=form, files=files).text
        yield text
        for key in re.findall(r"/sheets/rejects/[^\"]+", text):
            yield visitor.get(key).text
    assert registry.numbers(region)
