"""Facts (事实): what is known of a household and its members, each declared once."""

from bangfu.facts.catalog import CORE_FACTS, Catalog
from bangfu.facts.declare import (
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
    Per,
    Presumption,
    Quantity,
    Text,
    YesNo,
)

__all__ = [
    "CORE_FACTS",
    "Catalog",
    "Choice",
    "Day",
    "Digits",
    "Fact",
    "FactType",
    "Field",
    "Integer",
    "Items",
    "Level",
    "Money",
    "Per",
    "Presumption",
    "Quantity",
    "Text",
    "YesNo",
]
