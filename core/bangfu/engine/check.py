"""The check at load: every rule's expressions are looked up before it meets a household."""

from __future__ import annotations

from bangfu.engine.order import ordered
from bangfu.engine.ruleset import Ruleset


def check_ruleset(ruleset: Ruleset) -> None:
    """Look up every column, and put those that a plan shows in order.

    Raises:
        RuleError: an expression names what is unknown or joins what does not fit, or columns need each other in a
            circle; it names the programme, the benefit and the criterion.
    """
    ordered(ruleset.graph, tuple(ruleset.graph.nodes))
    _ = ruleset.explaining_one
