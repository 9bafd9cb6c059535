"""Criteria as conditions in words, with the standards that draw their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bangfu.engine import BoundCriterion
from bangfu.handbook.model import Condition
from bangfu.handbook.standards import Chosen, Standards
from bangfu.rules import Criterion
from bangfu.rules.criterion import Comparison


def conditions_of(
    standards: Standards, declared: Sequence[Criterion], bound: Sequence[BoundCriterion]
) -> tuple[Condition, ...]:
    """Return criteria as conditions: ``declared`` as the rule has them, ``bound`` with their labels."""
    chosen = chosen_by(bound)
    return tuple(_condition(standards, d, b, chosen) for d, b in zip(declared, bound, strict=True))


def chosen_by(criteria: Iterable[BoundCriterion]) -> Chosen:
    """Return which values criteria admit, by column."""
    return {c.value: c.limit for c in criteria if c.value and c.comparison is Comparison.IS_IN}


def _condition(standards: Standards, declared: Criterion, bound: BoundCriterion, chosen: Chosen) -> Condition:
    if not bound.parts:
        return Condition(bound.label, bound.source, standards.behind(bound.level, [bound.status], chosen))
    parts = tuple(_condition(standards, d, b, chosen) for d, b in zip(declared.parts, bound.parts, strict=True))
    # The label that is made of the parts' labels would say everything twice.
    return Condition(declared.label, bound.source, parts=parts, together=declared.together)
