"""Where the results of a rule are read (结果的读法): looked up once for a ruleset, not once for each plan."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from attrs import define, field, frozen

from bangfu.engine.bound import BoundCriterion
from bangfu.policy import Entry
from bangfu.rules.language.kinds import Kind, Sort
from bangfu.rules.language.known import Value

_OF_FEW_VALUES = (Sort.YES_NO, Sort.CHOICE)


@frozen
class Place:
    """Where a column stands: in the household's row or the member's, its name there, its kind, what nobody stated."""

    of_household: bool
    name: str
    kind: Kind
    unstated: Value


@frozen
class Set:
    """A value that is the same for every household, as results show it."""

    value: Any


@define(eq=False)
class Reading:
    """Where a criterion's outcome stands, and what it can rest on.

    ``presumable`` are the facts it may rest on that can be presumed, ``standards`` the policy values behind its limit
    where its clause is that of one of them. ``told`` keeps what was told of it before, where the values are so few that
    many households have the same.
    """

    criterion: BoundCriterion
    status: Place
    value: Place | Set | None
    limit: Place | Set
    presumable: Mapping[str, None]
    standards: frozenset[Entry]
    told: dict[Hashable, Any] | None = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        few = not isinstance(self.value, Place) or self.value.kind.sort in _OF_FEW_VALUES
        alone = isinstance(self.limit, Set) and not self.criterion.parts
        self.told = {} if few and alone else None
