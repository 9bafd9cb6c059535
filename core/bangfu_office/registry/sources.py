"""Statements of one fact from several sources (来源), and the rule for which of them counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from attrs import frozen

from bangfu.messages import _


class Source(StrEnum):
    """Where a value comes from."""

    DECLARED = "declared"
    VISITED = "visited"
    MATCHED = "matched"
    IMPORTED = "imported"


SOURCE_LABELS = {
    Source.MATCHED: _("部门比对"),
    Source.VISITED: _("入户核查"),
    Source.DECLARED: _("本人申报"),
    Source.IMPORTED: _("表格导入"),
}
"""The sources, strongest first."""

FRESH = timedelta(days=365)
COUNTING_RULE = _("以部门比对为准，其次入户核查、本人申报、表格导入；比最新说法早一年以上的，不再优先。")
"""How a caseworker reads the rule of ``counting``."""

STRENGTH = {source: -place for place, source in enumerate(SOURCE_LABELS)}


@frozen
class Statement:
    """What one source says of a fact: a value as a household file writes it, seen on a day."""

    source: Source
    value: Any
    on: date


Statements = Mapping[Source, Statement]
Stated = Mapping[str, Sequence[Any]]
"""What the sources state of one fact, as JSON has it: ``{source: [value, day]}``."""

SOURCES = {source.value: source for source in Source}


def counting(statements: Statements) -> Statement | None:
    """Return the statement that counts: of those not a year older than the newest, the strongest source's."""
    if len(statements) < 2:  # noqa: PLR2004 - nearly always, and much faster
        return next(iter(statements.values()), None)
    newest = max(statement.on for statement in statements.values())
    fresh = [statement for statement in statements.values() if newest - statement.on <= FRESH]
    return max(fresh, key=lambda statement: (STRENGTH[statement.source], statement.on))


def read_stated(stated: Stated, read: Callable[[Any], Any]) -> dict[Source, Statement]:
    """Return statements from their JSON form; ``read`` returns a value from what is stored of it."""
    return {
        (known := SOURCES[source]): Statement(known, read(value), date.fromisoformat(day))
        for source, (value, day) in stated.items()
    }


def counting_value(stated: Stated) -> Any:
    """Return the value that counts, as it is stored; None where nothing is stated."""
    if len(stated) == 1:  # as above
        return next(iter(stated.values()))[0]
    counts = counting(read_stated(stated, lambda value: value))
    return None if counts is None else counts.value
