"""Coverage by criterion: how often scenarios saw each one true, false and unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from bangfu.engine import BoundBenefit, BoundCriterion
from bangfu.kit.plugin import own_criteria
from bangfu.plan import Plan, Reason

_Key = tuple[str, ...]
"""The benefit's code and the labels from the criterion down to its part."""


@frozen
class Seen:
    """A criterion of a benefit, or (``depth`` above 0) a part of one, and how often it came out how."""

    benefit: str
    label: str
    depth: int
    true: int
    false: int
    unknown: int

    @property
    def covered(self) -> bool:
        """Whether it was seen true and false."""
        return bool(self.true and self.false)


@define
class Coverage:
    """Counts the outcomes of the criteria of some benefits over plans."""

    _criteria: dict[_Key, None] = field(factory=dict)
    _counts: Counter[tuple[_Key, bool | None]] = field(factory=Counter)

    def declare(self, bound: BoundBenefit) -> None:
        """Note the criteria of a benefit as to be covered."""
        for key in _keys(bound.criteria[own_criteria(bound)], (bound.benefit.code,)):
            self._criteria[key] = None

    def count(self, plan: Plan, benefits: Iterable[BoundBenefit]) -> None:
        """Count how the criteria of these benefits came out in a plan."""
        own = {bound.benefit.code: own_criteria(bound) for bound in benefits}
        for support in plan.supports:
            code = support.benefit.code
            if code in own:
                self._counts.update(_outcomes(support.reasons[own[code]], (code,)))

    def seen(self) -> Iterator[Seen]:
        """Yield every criterion, each with its parts behind it, in the order of the benefits."""
        for key in self._criteria:
            true, false, unknown = (self._counts[key, status] for status in (True, False, None))
            yield Seen(key[0], key[-1], len(key) - 2, true, false, unknown)


def _keys(criteria: Iterable[BoundCriterion], above: _Key) -> Iterator[_Key]:
    for criterion in criteria:
        key = (*above, criterion.label)
        yield key
        yield from _keys(criterion.parts, key)


def _outcomes(reasons: Iterable[Reason], above: _Key) -> Iterator[tuple[_Key, bool | None]]:
    for reason in reasons:
        key = (*above, reason.criterion.label)
        yield key, reason.status
        yield from _outcomes(reason.parts, key)
