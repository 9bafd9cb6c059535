"""Rules bound to the columns that will hold their results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import frozen

from bangfu.engine.node import Key
from bangfu.facts import Level
from bangfu.rules import Benefit
from bangfu.rules.criterion import Comparison
from bangfu.rules.language.known import Value


@frozen
class BoundCriterion:
    """A criterion and where its result stands.

    ``status`` is a boolean column, ``value`` the column tested, ``limit`` a constant or (as
    ``limit_column``) a column.
    """

    level: Level
    label: str
    source: str
    status: str
    value: str | None
    limit: Any
    limit_column: str | None
    comparison: Comparison | None
    parts: tuple[BoundCriterion, ...]

    def columns(self) -> Iterator[Key]:
        """Yield the columns that show it, and those of its parts."""
        for column in (self.status, self.value, self.limit_column):
            if column:
                yield self.level, column
        for part in self.parts:
            yield from part.columns()


@frozen
class BoundRule:
    """A category's (or ground's) criteria with the column that says whether they all hold."""

    code: str
    level: Level
    column: str
    criteria: tuple[BoundCriterion, ...]


@frozen
class BoundBenefit:
    """A benefit with the columns of its results.

    ``status`` may be shared by benefits with the same criteria (``status:CODE`` is each one's own).
    ``replaced_by`` is the column with the code of the benefit it gave way to, ``allowed`` the one with
    the amount that a cap leaves; both None where nothing can touch the benefit. ``limit`` is the column of that cap.
    """

    benefit: Benefit
    programme: str
    status: str
    amount: str | None
    criteria: tuple[BoundCriterion, ...]
    replaced_by: str | None = None
    allowed: str | None = None
    limit: str | None = None


@frozen
class Presumable:
    """A fact that can be presumed, with a column of it, the one that says whether it was stated, and what says no."""

    level: Level
    fact: str
    column: str
    stated: str
    unstated: Value = None


@frozen
class BoundGrounds:
    """Why a member counts or not, each ground with its column."""

    excluding: tuple[BoundCriterion, ...]
    including: tuple[BoundCriterion, ...]
