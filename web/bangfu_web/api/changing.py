"""What every change by the API has in common: on whose word, on which version, in the user's own region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from bangfu.errors import InputError, Problem
from bangfu.facts import Choice, Day, Integer, Text
from bangfu.facts.member import MEMBER_FACTS
from bangfu.registry import SOURCE_LABELS, Record, Source, Work
from bangfu_web.api.shapes import Key, Rows
from bangfu_web.desk import Visit
from bangfu_web.pages.saving import attributed

LARGEST_ID = 2**31 - 1
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
VERSION = {"version": Key(Integer(0, LARGEST_ID), "读到的版本；此后有人修改过就拒绝（409）")}
RELATIONS = Key(
    Rows({"member": MEMBER, "relation": Key(RELATION, "与户主的关系", required=True)}),
    "各成员与户主的关系",
    required=True,
)


@contextmanager
def working(visit: Visit, given: Mapping[str, Any], record: Record | None = None) -> Iterator[Work]:
    """Open a piece of work on a household, or (None) on a new one, as a request says on whose word.

    Raises:
        ConflictError: somebody changed the household since the version that the request names.
    """
    why = {name: str(given[name]) for name in BECAUSE if name in given}
    with visit.desk.registry.work(attributed(visit, why)) as work:
        if record is not None and "version" in given:
            work.change(record.number, (), version=given["version"])
        yield work


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


def must_lie_inside(visit: Visit, region: Any, path: str) -> None:
    """Refuse a region that is not the user's.

    Raises:
        InputError: it lies elsewhere.
    """
    if not (isinstance(region, str) and visit.user.covers(region)):
        raise InputError("request", [Problem(path, "不在您所管的地区", f"您所管地区（{visit.user.region}）内的代码")])


def must_be_fit(number: str | None, path: str) -> None:
    """Refuse a number that could not stand in an address.

    Raises:
        InputError: it could not.
    """
    if number is not None and not _FIT_FOR_A_NUMBER.fullmatch(number):
        raise InputError(
            "request", [Problem(path, "含有不能用于编号的字符", "数字、字母和 - _，如 522723102201-000001")]
        )
