"""Plans for readers: as JSON for programs, as text for people."""

from bangfu.show.as_json import KeptSupportJson, PlanJson, Totals, plan_as_json
from bangfu.show.as_text import plan_as_text
from bangfu.show.lists import FactJson, ParameterRow, ProgrammeRow, fact_rows, policy_rows, programme_rows, shown_value
from bangfu.show.words import (
    COUNTED_LABELS,
    RULE_LABELS,
    TOLD_WHERE_MET,
    ProgrammeSupports,
    Words,
    amount_said,
    category_said,
    member_named,
    sums_said,
)

__all__ = [
    "COUNTED_LABELS", "RULE_LABELS", "TOLD_WHERE_MET", "FactJson", "KeptSupportJson", "ParameterRow", "PlanJson",
    "ProgrammeRow", "ProgrammeSupports", "Totals", "Words", "amount_said", "category_said", "fact_rows",
    "member_named", "plan_as_json", "plan_as_text", "policy_rows", "programme_rows", "shown_value", "sums_said",
]  # fmt: skip
