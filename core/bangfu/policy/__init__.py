"""Policy (政策): amounts and limits by region and day, read from packs, never written in code."""

from bangfu.policy.packs import USER, Pack, Policy, PolicyEntry, Row, resolve, turning_days
from bangfu.policy.parameters import CORE_PARAMETERS, Choices, Parameter, Ratio
from bangfu.policy.reading import PackFile
from bangfu.policy.sources import Clauses, Code, clause_pieces, source_titles

__all__ = [
    "CORE_PARAMETERS", "USER", "Choices", "Clauses", "Code", "Pack", "PackFile", "Parameter", "Policy", "PolicyEntry",
    "Ratio", "Row", "clause_pieces", "resolve", "source_titles", "turning_days",
]  # fmt: skip
