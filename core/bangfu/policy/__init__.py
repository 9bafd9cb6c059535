"""Policy (政策): amounts and limits by region and day, read from packs, never written in code."""

from bangfu.policy.packs import Entry, Pack, Row, read_pack
from bangfu.policy.parameters import CORE_PARAMETERS, Choices, Parameter, Ratio
from bangfu.policy.policy import Policy, resolve

__all__ = [
    "CORE_PARAMETERS",
    "Choices",
    "Entry",
    "Pack",
    "Parameter",
    "Policy",
    "Ratio",
    "Row",
    "read_pack",
    "resolve",
]
