"""Registered households: found, registered, read, revealed, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bangfu import clock, household_from
from bangfu.facts import Choice, Integer, Text, YesNo
from bangfu.facts.household import CATEGORY_LABELS
from bangfu.regions import lies_in
from bangfu_office.access.actor import Actor
from bangfu_office.access.permissions import Action
from bangfu_office.access.scope import own_programme
from bangfu_office.accounts.rate_limits import REVEALS
from bangfu_office.registry import ATTENTION_LABELS, Attention, Change, Query, Withdrawal, Work
from bangfu_office.registry.duplicates import must_be_new
from bangfu_web.api.changing import (
    BECAUSE,
    LARGEST_ID,
    NEVERTHELESS,
    NUMBER,
    Answer,
    changed,
    done,
    must_be_fit,
    must_lie_inside,
)
from bangfu_web.api.declare import Doc, get, patch, post
from bangfu_web.api.sent import Sent, asked
from bangfu_web.api.shapes import Anything, Key, Rows, Table
from bangfu_web.api.views import household_as_json, listed_as_json
from bangfu_web.desk import actor_of
from bangfu_web.request import Req

_MOST = 200
_LAST_PAGE = 100_000

_FILTERS = {
    "region": Key(Text(longest=12), "行政区划代码的前几位"),
    "category": Key(Choice({**CATEGORY_LABELS, "unknown": "未定"}), "上次评估的类别"),
    "programme": Key(Text(longest=50), "上次评估有其待遇的项目"),
    "attention": Key(Choice({sign.value: label for sign, label in ATTENTION_LABELS.items()}), "需要处理的原因"),
    "closed": Key(Choice({"0": "在册", "1": "已注销"}), "1：只列已注销的"),
    "page": Key(Integer(1, _LAST_PAGE), "第几页，从 1 开始"),
    "limit": Key(Integer(1, _MOST), "每页多少户，默认 50"),
}
_SEARCH = {
    **_FILTERS,
    "text": Key(Text(), "户编号、公民身份号码或姓名（可以是一部分）", required=True),
    "closed": Key(YesNo(), "true：只列已注销的"),
}
_REGISTER = {
    "data": Key(Table("Household"), "一户家庭，形状与家庭文件相同", required=True),
    "number": Key(NUMBER, "户编号，默认由登记库给出"),
    **NEVERTHELESS,
    **BECAUSE,
}
_CHANGES = {
    "version": Key(Integer(1, LARGEST_ID), "读到的版本；此后有人修改过就拒绝（409）", required=True),
    "changes": Key(
        Rows(
            {
                "fact": Key(Text(), "事实的名称", required=True),
                "value": Key(
                    Anything(),
                    "新的值，写法与家庭文件相同；null 表示不再知道：收回这一来源和较弱来源的说法；有更强的来源时拒绝",
                    required=True,
                ),
                "member": Key(Integer(1, LARGEST_ID), "成员编号；不写的是全户的事实"),
            }
        ),
        "改动",
        required=True,
    ),
    **BECAUSE,
}


@get("/households", may=Action.READ, doc=Doc("Page", query=_FILTERS))
def households(request: Req) -> dict[str, Any]:
    """List households of the user's region, those that need attention first."""
    given = asked(request, _FILTERS)
    return _found(actor_of(request), {**given, "closed": given.get("closed") == "1"})


@post("/households/search", may=Action.READ, doc=Doc("Page", takes=_SEARCH))
def search(request: Req, sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Find households by number, name or ID number, which stand in no address."""
    return _found(actor_of(request), sent.read(_SEARCH))


def _found(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    page, limit = given.get("page", 1), given.get("limit", 50)
    query = Query(
        region=_region(actor, given.get("region", "")),
        text=given.get("text", ""),
        category=given.get("category", ""),
        programme=own_programme(actor) or given.get("programme", ""),
        attention=Attention(given["attention"]) if "attention" in given else None,
        closed=given.get("closed", False),
        offset=(page - 1) * limit,
        limit=limit,
    )
    found = actor.office.registry.masked_page(actor.office.registry.find(query, clock.today()))
    shown = [listed_as_json(actor, listed) for listed in found.households]
    return {"total": found.total, "page": page, "limit": limit, "households": shown}


def _region(actor: Actor, region: str) -> str:
    """Return the region to look in: the asked one where it lies in the user's, the user's where it holds that.

    Raises:
        NotFoundException: it lies elsewhere.
    """
    if actor.user.covers(region):
        return region
    if lies_in(actor.user.region, region):
        return actor.user.region
    raise NotFoundException


@post("/households", may=Action.CHANGE, doc=Doc("Done", takes=_REGISTER, status=201))
def register(request: Req, sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Register a household."""
    actor, given = actor_of(request), sent.read(_REGISTER)
    must_be_fit(given.get("number"), "number")
    catalog = actor.office.rulebook.catalog
    household = household_from(given["data"], source="data", on=clock.today(), catalog=catalog)
    must_lie_inside(actor, household.region, "data.region")

    def write(work: Work) -> Answer:
        meant = given.get("nevertheless", False)
        must_be_new(work, household.members, allowed=actor.user.covers, nevertheless=meant)
        return done(work, work.add(household, given.get("number")))

    return changed(request, given, write)


@get("/households/{number:str}", may=Action.READ, doc=Doc("Registered"))
def show(request: Req, number: FromPath[str]) -> dict[str, Any]:
    """Read a household, names and ID numbers covered."""
    actor = actor_of(request)
    return household_as_json(actor, actor.record(number))


@post("/households/{number:str}/reveal", may=Action.REVEAL, doc=Doc("Registered"))
def reveal(request: Req, number: FromPath[str]) -> dict[str, Any]:
    """Read a household with names and ID numbers in full; who looked is written into the journal."""
    actor = actor_of(request)
    record = actor.record(number)
    actor.office.spend(actor.user, REVEALS)
    with actor.office.registry.work(actor.attribution(reason="接口查看")) as work:
        work.note("seen", number, new={"what": "identity"})
    return household_as_json(actor, record, revealed=True)


@patch("/households/{number:str}", may=Action.CHANGE, doc=Doc("Done", takes=_CHANGES))
def change(request: Req, number: FromPath[str], sent: NamedDependency[Sent]) -> dict[str, Any]:
    """Change facts of a household and its members, on the word of one source; all of them or none."""
    actor, given = actor_of(request), sent.read(_CHANGES)
    actor.record(number)
    changes = [_change_of(row) for row in given["changes"]]
    for i, one in enumerate(changes):
        if isinstance(one, Change) and one.fact == "region":
            must_lie_inside(actor, one.value, f"changes[{i}].value")

    def write(work: Work) -> Answer:
        work.change(number, changes, version=given["version"])
        return done(work, number)

    return changed(request, given, write)


def _change_of(row: Mapping[str, Any]) -> Change | Withdrawal:
    """Return what a row asks for; null says that it is not known any more."""
    if row["value"] is None:
        return Withdrawal(row["fact"], row.get("member"))
    return Change(row["fact"], row["value"], row.get("member"))


ROUTES = (households, search, register, show, reveal, change)
