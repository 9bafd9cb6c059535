"""Policy (政策): amounts and limits by region and day, read from packs, never written in code."""

from bangfu.policy.packs import USER, Entry, Pack, Row, turning_days
from bangfu.policy.parameters import CORE_PARAMETERS, Choices, Parameter, Ratio
from bangfu.policy.policy import Policy, resolve
from bangfu.policy.reading import PackFile, read_pack
from bangfu.policy.sources import Clauses, Code, clause_pieces

__all__ = [
    "CORE_PARAMETERS", "USER", "Choices", "Clauses", "Code", "Entry", "Pack", "PackFile", "Parameter", "Policy",
    "Ratio", "Row", "clause_pieces", "read_pack", "resolve", "turning_days",
]  # fmt: skip
