"""Facts (事实): what is known of a household and its members, each declared once."""

from bangfu.facts.catalog import CORE_FACTS, Catalog, nearest
from bangfu.facts.declare import (
    LARGEST_AMOUNT,
    PER_LABELS,
    Choice,
    Day,
    Digits,
    Fact,
    FactType,
    Field,
    Integer,
    Items,
    Level,
    Money,
    Partly,
    Per,
    Presumption,
    Quantity,
    Text,
    YesNo,
)
from bangfu.facts.household import CATEGORY_LABELS, MEMBER_FACTS, RELATION_LABELS

__all__ = [
    "CATEGORY_LABELS", "CORE_FACTS", "LARGEST_AMOUNT", "MEMBER_FACTS", "PER_LABELS", "RELATION_LABELS",
    "Catalog", "Choice", "Day", "Digits", "Fact", "FactType", "Field", "Integer", "Items", "Level", "Money",
    "Partly", "Per", "Presumption", "Quantity", "Text", "YesNo", "nearest",
]  # fmt: skip
