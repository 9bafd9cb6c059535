"""The policy handbook (政策手册) of a region and a day, made from the declarations alone."""

from bangfu.handbook.build import SIZES, handbook_of, type_text
from bangfu.handbook.comparison import HandbookChange, changes
from bangfu.handbook.model import Handbook, Offer, Standard
from bangfu.handbook.standards import day_text, value_text

__all__ = [
    "SIZES", "Handbook", "HandbookChange", "Offer", "Standard", "changes", "day_text", "handbook_of", "type_text",
    "value_text",
]  # fmt: skip
