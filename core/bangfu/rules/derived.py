"""Derived columns (推算量): what is worked out from facts, each with a name of its own."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from bangfu.declaring import checked
from bangfu.facts import Level
from bangfu.rules.language import Expression, given
from bangfu.rules.language.kinds import YES_NO
from bangfu.rules.language.words import as_level
from bangfu.rules.origin import declared_at


def _value(value: Expression | bool) -> Expression:  # noqa: FBT001 - a truth, no switch
    return given(value, YES_NO)


@frozen(eq=False, field_transformer=checked)
class Derived:
    """A named column worked out from other columns.

    ``value`` speaks of columns of its own level, a member's of the household's as well, and a household's of its
    members through ``some``, ``every``, ``count``, ``total``, ``largest``, ``smallest``.

    ``figure`` marks what a caseworker reads as one number: sums show it as such; other columns are opened up in sums,
    until there is nothing left to add or multiply.

    ``determination`` marks what an office determines (认定): a category, who counts, a benefit's status. Whoever is
    shown it, such as another department's officer, is not therefore shown what it was worked out from.
    """

    name: str
    level: Level = field(converter=as_level)
    value: Expression = field(converter=_value, repr=False)
    label: str = ""
    source: str = ""
    labels: Mapping[str, str] = field(factory=dict, repr=False)
    determination: bool = False
    figure: bool = False
    at: str = field(factory=declared_at, repr=False)
