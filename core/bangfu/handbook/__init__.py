"""The policy handbook (政策手册) of a region and a day, made from the declarations alone."""

from bangfu.handbook.build import handbook_of
<<<<<<< HEAD
from bangfu.handbook.comparison import HandbookChange, changed_offers, changed_standards
from bangfu.handbook.lines import SIZES
from bangfu.handbook.model import Handbook, Offer, Standard
from bangfu.handbook.standards import day_text

__all__ = [
    "SIZES",
    "Handbook",
    "HandbookChange",
    "Offer",
    "Standard",
    "changed_offers",
    "changed_standards",
    "day_text",
    "handbook_of",
=======
from bangfu.handbook.comparison import changed_offers, changed_standards
from bangfu.handbook.model import Condition, Handbook, Offer, Standard
from bangfu.handbook.page import handbook_as_html
from bangfu.handbook.standards import value_text

__all__ = [
    "Condition", "Handbook", "Offer", "Standard", "changed_offers", "changed_standards", "handbook_as_html",
    "handbook_of", "value_text",
>>>>>>> compare
]  # fmt: skip
