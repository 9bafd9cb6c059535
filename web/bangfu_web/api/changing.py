"""What every change by the API has in common: on whose word, on which version, in the user's own region."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from litestar.exceptions import ClientException

from bangfu.errors import InputError, Problem
from bangfu.facts import Choice, Day, Integer, Text, YesNo
from bangfu.facts.member import MEMBER_FACTS
from bangfu_office.access.actor import Actor
from bangfu_office.access.once import once
from bangfu_office.households.saving import attributed
from bangfu_office.registry import SOURCE_LABELS, Record, Source, Work
from bangfu_web.api.shapes import Key, Rows
from bangfu_web.desk import actor_of
from bangfu_web.form_tokens import FIELD, HEADER
from bangfu_web.request import Req

LARGEST_ID = 2**31 - 1
LONGEST_NAME = 200
"""Characters by which a request may name itself."""
RELATION = next(fact.type for fact in MEMBER_FACTS if fact.name == "relation")
_LONGEST_WHY = 500
_SOURCES = (Source.DECLARED, Source.VISITED, Source.MATCHED)

MEMBER = Key(Integer(1, LARGEST_ID), "登记库中成员的编号", required=True)
NUMBER = Text(longest=64)
_FIT_FOR_A_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
BECAUSE = {
    "source": Key(
        Choice({source.value: SOURCE_LABELS[source] for source in _SOURCES}), "这些内容来自，默认本人申报（declared）"
    ),
    "observed_on": Key(Day(), "得知的日期，默认今天"),
    "evidence": Key(Text(longest=_LONGEST_WHY), "凭证"),
    "reason": Key(Text(longest=_LONGEST_WHY), "理由"),
}
VERSION = {"version": Key(Integer(1, LARGEST_ID), "读到的版本；此后有人修改过就拒绝（409）")}
NEVERTHELESS = {
    "nevertheless": Key(YesNo(), "true：其中有人已登记在您所管地区的另一户（409，households 写明哪一户），仍要另外登记")
}
RELATIONS = Key(
    Rows({"member": MEMBER, "relation": Key(RELATION, "与户主的关系", required=True)}),
    "各成员与户主的关系",
    required=True,
)


Answer: TypeAlias = dict[str, Any]
"""What a request is answered, as JSON holds it."""


def changed(
    request: Req, given: Mapping[str, Any], write: Callable[[Work], Answer], record: Record | None = None
) -> Answer:
    """Do a piece of work on a household, or (None) on a new one, as a request says on whose word; return its answer.

    A request that names itself (``Idempotency-Key``) and came before is answered as before, and nothing is done.

    Raises:
        ConflictError: somebody changed the household since the version that the request names.
        ClientException: the name of the request is none.
    """
    actor, name = actor_of(request), _name_of(request)
    why = {key: str(given[key]) for key in BECAUSE if key in given}

    def answer() -> Answer:
        if record is not None and "version" in given:
            work.must_be_at(record.number, given["version"])
        return write(work)

    with actor.office.registry.work(attributed(actor, why)) as work:
        if not name:
            return answer()
        sent = {**given, FIELD: name, "": f"{request.method} {request.url.path}"}
        stored = once(actor, work, sent, lambda: json.dumps(answer(), ensure_ascii=False, default=str))
        made: Answer = json.loads(stored)
        return made


def _name_of(request: Req) -> str:
    name = request.headers.get(HEADER, "").strip()
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise ClientException(
            "header", extra=[Problem(HEADER, "太长，或有看不见的字符", f"至多 {LONGEST_NAME} 个字符")]
        )
    return name


def done(work: Work, number: str, **more: Any) -> dict[str, Any]:
    """Return what a change answers: the household's number and its version from now on."""
    return {"number": number, "version": work.state(number).version, **more}


def relations_in(given: Mapping[str, Any]) -> dict[int, str]:
    """Return the relations of a request by member.

    Raises:
        InputError: a member stands there twice.
    """
    found: dict[int, str] = {}
    for i, row in enumerate(given.get("relations", ())):
        if row["member"] in found:
            raise InputError("request", [Problem(f"relations[{i}].member", "同一成员出现两次", "每名成员一次")])
        found[row["member"]] = row["relation"]
    return found


def must_lie_inside(actor: Actor, region: Any, path: str) -> None:
    """Refuse a region that is not the user's.

    Raises:
        InputError: it lies elsewhere.
    """
    if not (isinstance(region, str) and actor.user.covers(region)):
        raise InputError("request", [Problem(path, "不在您所管的地区", f"您所管地区（{actor.user.region}）内的代码")])


def must_be_fit(number: str | None, path: str) -> None:
    """Refuse a number that could not stand in an address.

    Raises:
        InputError: it could not.
    """
    if number is not None and not _FIT_FOR_A_NUMBER.fullmatch(number):
        raise InputError(
            "request", [Problem(path, "含有不能用于编号的字符", "数字、字母和 - _，如 522723102201-000001")]
        )
