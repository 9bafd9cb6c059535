"""The bodies of requests, and what they have in common: on whose word something changes, and at which version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, TypeAlias

from litestar.params import PathParameter
from msgspec import Struct

from bangfu.facts import CATEGORY_LABELS, MEMBER_FACTS, Choice, Day, Digits, Integer, Text, YesNo
from bangfu_office.households import Asked
from bangfu_office.registry import ATTENTION_LABELS, SOURCE_LABELS, Attention, Source
from bangfu_web.api.reading import HouseholdBody, Member, key

LARGEST_ID = 2**31 - 1
_NEW_VALUE = "新的值，写法与家庭文件相同；null 表示不再知道：收回这一来源和较弱来源的说法；有更强的来源时拒绝"
_RELATION = next(fact.type for fact in MEMBER_FACTS if fact.name == "relation")
_SOURCES = {source.value: SOURCE_LABELS[source] for source in (Source.DECLARED, Source.VISITED, Source.MATCHED)}
_NUMBER, _WHY = Text(longest=64), Text(longest=500)

InPath: TypeAlias = Annotated[str, PathParameter(schema_extra={"pattern": "^[0-9A-Za-z_-]{1,64}$"})]
"""A household's number: no empty part of a path, nor one that a client would take for the folder above."""
AssessmentId: TypeAlias = Annotated[int, PathParameter(schema_extra={"minimum": 1})]
Id: TypeAlias = Annotated[int, key(Integer(1, LARGEST_ID), "登记库中成员的编号")]
Version: TypeAlias = Annotated[int, key(Integer(1, LARGEST_ID), "读到的版本；此后有人修改过就拒绝（409）")]
On: TypeAlias = Annotated[date, key(Day(), "评估日，默认取内容中的 on，再默认今天")]
Nevertheless: TypeAlias = Annotated[
    bool, key(YesNo(), "true：其中有人已登记在您所管地区的另一户（409，households 写明哪一户），仍要另外登记")
]
InRegion: TypeAlias = Annotated[str, key(Text(longest=12), "行政区划代码的前几位")]
InCategory: TypeAlias = Annotated[str, key(Choice({**CATEGORY_LABELS, "unknown": "未定"}), "上次评估的类别")]
InProgramme: TypeAlias = Annotated[str, key(Text(longest=50), "上次评估有其待遇的项目")]
WithAttention: TypeAlias = Annotated[
    Attention, key(Choice({sign.value: label for sign, label in ATTENTION_LABELS.items()}), "需要处理的原因")
]
PageNumber: TypeAlias = Annotated[int, key(Integer(1, 100_000), "第几页，从 1 开始")]
Limit: TypeAlias = Annotated[int, key(Integer(1, 200), "每页多少户，默认 50")]
Closed: TypeAlias = Annotated[str, key(Choice({"0": "在册", "1": "已注销"}), "1：只列已注销的")]
Place: TypeAlias = Annotated[str, key(Digits((6, 9, 12)), "行政区划代码，默认全国（000000）")]
PlaceDay: TypeAlias = Annotated[date, key(Day(), "哪一天，默认今天")]
After: TypeAlias = Annotated[int, key(Integer(0, LARGEST_ID), "只列序号大于此数的")]


class Body(Struct, kw_only=True, forbid_unknown_fields=True):
    """A body that holds its keys and no others; what is optional may be left out or null."""


class ChangeBody(Body, kw_only=True):
    """A body that changes a household: on whose word, at which version."""

    source: Annotated[str, key(Choice(_SOURCES), "这些内容来自，默认本人申报（declared）")] | None = None
    observed_on: Annotated[date, key(Day(), "得知的日期，默认今天")] | None = None
    evidence: Annotated[str, key(_WHY, "凭证")] | None = None
    reason: Annotated[str, key(_WHY, "理由")] | None = None
    version: Version | None = None

    def asked(self, once: Mapping[str, str]) -> Asked:
        """Return how the change is asked for; ``once`` names a request that may come again."""
        said = {name: getattr(self, name) for name in ("source", "observed_on", "evidence", "reason")}
        why = {name: str(value) for name, value in said.items() if value is not None}
        meant: bool = getattr(self, "nevertheless", False)
        return Asked(why, self.version, meant, {**once, "data": self} if once else {})


class Registration(ChangeBody, kw_only=True):
    """A household to be registered."""

    data: Annotated[HouseholdBody, key(None, "一户家庭，形状与家庭文件相同")]
    number: Annotated[str, key(_NUMBER, "户编号，默认由登记库给出")] | None = None
    nevertheless: Nevertheless = False


class FactChangeBody(Body, kw_only=True):
    """A new value of a fact."""

    fact: Annotated[str, key(Text(), "事实的名称")]
    value: Annotated[Any, key(None, _NEW_VALUE)]
    member: Annotated[int, key(Integer(1, LARGEST_ID), "成员编号；不写的是全户的事实")] | None = None


class FactChanges(ChangeBody, kw_only=True):
    """New values of facts of a household and its members."""

    version: Version
    changes: Annotated[list[FactChangeBody], key(None, "改动", minItems=1, maxItems=500)]


class Joining(ChangeBody, kw_only=True):
    """Somebody who comes to a household."""

    facts: Annotated[Member, key(None, "这名成员的事实，写法与家庭文件相同")]
    nevertheless: Nevertheless = False


class One(ChangeBody, kw_only=True):
    """A member."""

    member: Id


class Move(One, kw_only=True):
    """A member who moves to another household."""

    to: Annotated[str, key(_NUMBER, "迁入那一户的编号")]
    relation: Annotated[str, key(_RELATION, "与那一户户主的关系")]


class RelationBody(Body, kw_only=True):
    """A member's relation to the head."""

    member: Id
    relation: Annotated[str, key(_RELATION, "与户主的关系")]


def pairs(relations: Iterable[RelationBody]) -> list[tuple[int, str]]:
    """Return members with their relations."""
    return [(row.member, row.relation) for row in relations]


Relations: TypeAlias = Annotated[list[RelationBody], key(None, "各成员与户主的关系", minItems=1, maxItems=500)]


class Split(ChangeBody, kw_only=True):
    """Members who become a household of their own."""

    relations: Relations
    new_number: Annotated[str, key(_NUMBER, "新户的编号，默认由登记库给出")] | None = None


class Merge(ChangeBody, kw_only=True):
    """Everybody of a household, who go to another one."""

    into: Annotated[str, key(_NUMBER, "并入那一户的编号")]
    relations: Relations


class NewHead(One, kw_only=True):
    """A member who becomes the head, and how the others are related to him or her."""

    relations: Relations = []


class Closing(ChangeBody, kw_only=True):
    """Why a household is closed."""

    reason: Annotated[str, key(Text(longest=200), "原因")]


class Rechecking(Closing, kw_only=True):
    """When a household has to be looked at again, and why."""

    due: Annotated[date, key(Day(), "到期日")]


class Assessing(ChangeBody, kw_only=True):
    """For which day a household is assessed."""

    on: On | None = None


class Search(Body, kw_only=True):
    """What to look for."""

    text: Annotated[str, key(Text(), "户编号、公民身份号码或姓名（可以是一部分）")]
    region: InRegion = ""
    category: InCategory = ""
    programme: InProgramme = ""
    attention: WithAttention | None = None
    closed: Annotated[bool, key(YesNo(), "true：只列已注销的")] = False
    page: PageNumber = 1
    limit: Limit = 50
