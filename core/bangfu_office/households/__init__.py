"""Households (家庭) as an office works on them: registered, changed, seen in full; drafts of forms."""

from bangfu_office.households.drafts import NEW
from bangfu_office.households.form import drop_draft, household_form, keep_draft, save_household
from bangfu_office.households.operations import Asked, Done, DoneMember, DoneTwo
from bangfu_office.households.reading import (
    UnansweredError,
    answer_question,
    fact_history,
    household_history,
    household_plan,
    keep_assessment,
    show_household,
)
from bangfu_office.households.reveals import MINUTES, reveal
from bangfu_office.households.views import EntryView, RegisteredHousehold, entries_seen, find_households

__all__ = [
    "MINUTES", "NEW", "Asked", "Done", "DoneMember", "DoneTwo", "EntryView", "RegisteredHousehold",
    "UnansweredError", "answer_question", "drop_draft", "entries_seen", "fact_history", "find_households",
    "household_form", "household_history", "household_plan", "keep_assessment", "keep_draft", "reveal",
    "save_household", "show_household",
]  # fmt: skip
