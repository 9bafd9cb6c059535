"""The journal as auditors read it: who did what when, without anything personal; and whether it is sound."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from attrs import field, frozen

from bangfu import clock
from bangfu.facts import Fact
from bangfu.files import Wrong, read_day
from bangfu.messages import _
from bangfu.show import shown_value
from bangfu_office.access import Action, Actor
from bangfu_office.accounts import tokens
from bangfu_office.forms.read import whole_number
from bangfu_office.registry import Entry, Head, Operation, assessing, chain, disclosure, journal, second_factor, users
from bangfu_office.registry.journal import Wanted

PAGE: Final = 50
_AREAS = (journal, assessing, disclosure, users, second_factor, tokens, chain)
OPERATIONS: Mapping[str, Operation] = {operation.code: operation for area in _AREAS for operation in area.OPERATIONS}
"""What entries are about, by the code that the journal has."""


@frozen
class JournalPage:
    """The entries that were asked for, masked; ``newer`` and ``older`` say where other pages begin, None: nowhere.

    ``errors`` says by field what was wrong with what was asked; nothing is looked up then.
    """

    entries: list[Entry] = field(factory=list)
    newer: int | None = None
    older: int | None = None
    errors: Mapping[str, str] = field(factory=dict)


def read_journal(actor: Actor, asked: Mapping[str, str]) -> JournalPage:
    """Return a page of the entries about households of the actor's region; in the whole country, of all.

    ``asked`` may name a household, who, an operation and days (since, until), and an entry's number which all are to
    come ``before`` or ``after``.

    Raises:
        NotPermittedError: the role may not.
    """
    actor.must(Action.JOURNAL)
    wanted, errors = _wanted(actor, asked)
    if errors:
        return JournalPage(errors=errors)
    page = _page(actor, wanted, whole_number(asked.get("before", "")), whole_number(asked.get("after", "")))
    newer = page and _page(actor, wanted, None, page[0].seq, limit=1)
    older = page and _page(actor, wanted, page[-1].seq, None, limit=1)
    return JournalPage(page, page[0].seq if newer else None, page[-1].seq if older else None)


def verify_journal(actor: Actor) -> Head:
    """Return the journal's head: every entry follows from the one before, and the households are what they add up to.

    Raises:
        NotPermittedError: the role may not.
        JournalError: something was edited, removed or added; names the first such entry.
    """
    actor.must(Action.JOURNAL)
    return actor.office.registry.verify()


def label_of(operation: str) -> str:
    """Return what an operation is called."""
    return OPERATIONS[operation].label if operation in OPERATIONS else operation


def shown_parts(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what an entry that is about no fact says, label and value, where declared to hold nothing personal."""
    said = json.loads(entry.new or entry.old or "null")
    for part in OPERATIONS[entry.operation].parts if entry.operation in OPERATIONS else ():
        if isinstance(said, dict) and said.get(part.name) not in (None, ""):
            yield part.label, part.say(str(said[part.name]))


def said_value(fact: Fact | None, written: str | None) -> str:
    """Return a value of an entry in words; of a personal fact, that there is one."""
    if written is None:
        return _("未知")
    return "***" if fact is None or fact.personal else shown_value(fact, json.loads(written))


def _page(actor: Actor, wanted: Wanted, before: int | None, after: int | None, limit: int = PAGE) -> list[Entry]:
    registry = actor.office.registry
    return registry.masked(registry.browse(wanted, before=before, after=after, limit=limit))


def _wanted(actor: Actor, asked: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    errors: dict[str, str] = {}
    since, until = (_day(asked.get(name, ""), name, errors) for name in ("since", "until"))
    if since and until and since > until:
        errors["until"] = _("不早于开始的日期")
    operation = asked.get("operation", "")
    wanted = Wanted(
        household=asked.get("household", ""),
        who=asked.get("who", ""),
        operation=operation if operation in OPERATIONS else "",
        since=clock.beginning(since) if since else None,
        until=clock.beginning(until + timedelta(days=1)) if until else None,
        region=actor.user.region,
    )
    return wanted, errors


def _day(text: str, name: str, errors: dict[str, str]) -> date | None:
    try:
        return read_day(text) if text else None
    except Wrong as wrong:
        errors[name] = wrong.said
        return None
