"""Scenario files (情景): a household and what is expected of its plan, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from attrs import field, frozen

from bangfu.errors import BangfuError, Problem
from bangfu.households import Household

SUFFIX = ".scenario.toml"
UNKNOWN = "unknown"
"""How a file writes a category that is not decided (null)."""

ABSENT = "none"
"""How a file writes an amount, a day or a replacing benefit that is not there (null)."""


class ScenarioError(BangfuError):
    """A scenario file that cannot be taken as it is; ``problems`` lists every reason."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = [f"{source}: {len(self.problems)} error(s)"]
        for problem in self.problems:
            hint = f" ({problem.hint})" if problem.hint else ""
            lines.append(f"  {problem.path}: {problem.found}; expected: {problem.expected}{hint}")
        super().__init__("\n".join(lines))


@frozen
class ExpectedSupport:
    """One ``[[expect.supports]]`` row; only the keys in ``values`` are compared.

    ``recipient`` is a member's index, ``"household"``, or None for the only recipient there is.
    """

    path: str
    benefit: str
    recipient: int | str | None
    values: Mapping[str, Any]


@frozen
class ExpectedValue:
    """What a fact, a column or a parameter is to come to, for a member (by place) or ``"household"``."""

    path: str
    column: str
    recipient: int | str
    value: Any


@frozen
class Expectation:
    """What a plan is held against; None, or a key that is not there, is not compared.

    ``missing`` are the facts that the plan has to ask for: ``boarding of member 2``.
    """

    category: str | None = None
    members: tuple[str, ...] | None = None
    totals: Mapping[str, Decimal] = field(factory=dict)
    by_programme: Mapping[str, Decimal] = field(factory=dict)
    once_by_programme: Mapping[str, Decimal] = field(factory=dict)
    supports: tuple[ExpectedSupport, ...] = ()
    values: tuple[ExpectedValue, ...] = ()
    missing: tuple[str, ...] | None = None
    not_configured: tuple[str, ...] | None = None


@frozen
class Scenario:
    """One scenario file, read: the household, the packs added to the installed ones, the expectation."""

    file: Path
    title: str
    policy: tuple[Path, ...]
    household: Household
    expect: Expectation
