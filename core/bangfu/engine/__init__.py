"""The engine: declared rules compiled into one schedule, run over frames of any number of households."""

from bangfu.engine.bound import BoundBenefit, BoundCriterion, BoundRule
from bangfu.engine.compile import compile_rules
from bangfu.engine.graph import Graph, Node
from bangfu.engine.ruleset import Ruleset
from bangfu.engine.schedule import Schedule

__all__ = [
    "BoundBenefit",
    "BoundCriterion",
    "BoundRule",
    "Graph",
    "Node",
    "Ruleset",
    "Schedule",
    "compile_rules",
]
