"""The kinds of events there are, and what each writes; each returns the household that shows what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from attrs import frozen

from bangfu import Level
from bangfu.messages import _
from bangfu_office.forms.read import fact_value, whole_number
from bangfu_office.life_events.life_event import LifeEvent

BORN = ("name", "relation", "sex", "birth_date", "id_number")
"""What is asked of a child; the rest is asked by the plan where it decides something."""


@frozen
class LifeEventKind:
    """A kind of event: its code in the form, its title, what it writes, and what to know before."""

    code: str
    title: str
    write: Callable[[LifeEvent], str]
    hint: str = ""
    final: bool = False


def _born(event: LifeEvent) -> str:
    catalog = event.work.catalog
    facts = {
        fact.name: value
        for fact in catalog.at(Level.MEMBER)
        if fact.name in BORN and (value := fact_value(fact, f"born.{fact.name}", event.values)) is not None
    }
    if not {"birth_date", "id_number"}.intersection(facts):
        event.wrong("birth_date", _("没有填"), _("出生日期，或公民身份号码"))
    event.must_be_newcomer(facts)
    event.work.born(event.number, facts)
    return event.number


def _died(event: LifeEvent) -> str:
    event.work.died(event.number, event.person("person"))
    return event.number


def _moved(event: LifeEvent) -> str:
    person, relation = event.person("person"), event.relation("relation")
    event.work.move(event.number, person, event.other("to"), relation)
    return event.number


def _split(event: LifeEvent) -> str:
    return event.work.split(event.number, event.relations())


def _merged(event: LifeEvent) -> str:
    event.confirmed()
    into = event.other("into")
    event.work.merge(event.number, into, event.relations())
    return into


def _new_head(event: LifeEvent) -> str:
    person = event.person("person")
    others = {other: relation for other, relation in event.relations().items() if other != person}
    event.work.new_head(event.number, person, others)
    return event.number


def _closed(event: LifeEvent) -> str:
    event.confirmed()
    reason = event.text("why") or event.wrong("why", _("没有填"), _("注销的原因"))
    event.work.close(event.number, reason[:200])
    return event.number


def _rechecked(event: LifeEvent) -> str:
    place = whole_number(event.text("which"))
    if place is None or place >= len(event.record.rechecks):
        event.wrong("which", _("没有选，或已办过"), _("一项到期的复核"))
    due, why = event.record.rechecks[place]
    event.work.rechecked(event.number, date.fromisoformat(due), why)
    return event.number


EVENTS = {
    event.code: event
    for event in (
        LifeEventKind("born", _("出生"), _born, _("三个月内须复核，会自动记下")),
        LifeEventKind("died", _("去世"), _died, _("三个月内须复核，会自动记下；去世的是户主的，另办“变更户主”")),
        LifeEventKind("move", _("迁到另一户"), _moved, _("连同登记的全部事实一起转过去；最后一人请用“并户”或“注销”")),
        LifeEventKind("split", _("分户"), _split, _("给分出去的人选他在新户里的关系，其中一人是户主；留下的不选")),
        LifeEventKind(
            "merge",
            _("并户"),
            _merged,
            _("这一户的人全部并入另一户，这一户随即注销；给每个人选他与那一户户主的关系"),
            final=True,
        ),
        LifeEventKind("head", _("变更户主"), _new_head, _("原户主和其他人与新户主的关系，有变的在下面选")),
        LifeEventKind("close", _("注销"), _closed, _("注销后仍可查看，不能再修改"), final=True),
        LifeEventKind("rechecked", _("复核已办"), _rechecked),
    )
}
