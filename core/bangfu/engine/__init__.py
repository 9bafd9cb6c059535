"""The engine: declared rules compiled into columns, worked out for one household or for frames of any number."""

from bangfu.engine.bound import BoundBenefit, BoundCriterion, BoundRule, Node
from bangfu.engine.compile import compile_rules
from bangfu.engine.graph import Graph
from bangfu.engine.labels import compared
from bangfu.engine.ruleset import Ruleset, facts_read

__all__ = [
    "BoundBenefit", "BoundCriterion", "BoundRule", "Graph", "Node", "Ruleset", "compared", "compile_rules",
    "facts_read",
]  # fmt: skip
