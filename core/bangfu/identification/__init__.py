"""Identification (家庭认定): who belongs to the household, what income and property count."""

from bangfu.identification.income import income_columns
from bangfu.identification.members import MEMBER_COLUMNS, MEMBER_GROUNDS, Grounds
from bangfu.identification.property import property_columns, property_criteria

__all__ = [
    "MEMBER_COLUMNS",
    "MEMBER_GROUNDS",
    "Grounds",
    "income_columns",
    "property_columns",
    "property_criteria",
]
