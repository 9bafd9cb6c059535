"""What is another under the same key of two mappings: the one place that lays two sides beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from attrs import field, frozen

K = TypeVar("K")
V = TypeVar("V")


@frozen
class ValueChange(Generic[K, V]):
    """One key with its value on both sides; None: that side has none."""

    key: K
    before: V | None = field(repr=False)
    after: V | None = field(repr=False)

    @property
    def either(self) -> V:
        """The value of the second side, or where it has none that of the first."""
        found = self.before if self.after is None else self.after
        if found is None:
            raise AssertionError
        return found


def changed_values(
    before: Mapping[K, V], after: Mapping[K, V], *, by: Callable[[V], object] = lambda value: value
) -> Iterator[ValueChange[K, V]]:
    """Yield the keys whose values differ, those of the first side first; ``by`` says what of a value is compared."""
    for key in dict.fromkeys([*before, *after]):
        was, now = before.get(key), after.get(key)
        if (None if was is None else by(was)) != (None if now is None else by(now)):
            yield ValueChange(key, was, now)
