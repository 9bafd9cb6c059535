"""The rows a rule is asked of (所问的行): a household's, and one for each of its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, field

from bangfu.rules.language.known import Value


@define(eq=False)
class KnownRows:
    """What is known of a household and its members, by column; ``member`` is the one a member's rule is asked of.

    ``parameters`` are the values of parameters, by the names they have in rules.
    """

    household: Mapping[str, Value]
    members: Sequence[Mapping[str, Value]]
    member: Mapping[str, Value] = field(factory=dict)
    parameters: Mapping[str, Value] = field(factory=dict)
    _of_each: Sequence[KnownRows] | None = field(default=None, init=False, repr=False)

    @property
    def of_each(self) -> Sequence[KnownRows]:
        """The same with each member in turn to ask of."""
        if self._of_each is None:
            self._of_each = [
                KnownRows(self.household, self.members, member, self.parameters) for member in self.members
            ]
        return self._of_each
