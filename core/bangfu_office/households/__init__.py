"""Households (家庭) as an office works on them: registered, changed, seen in full; drafts of forms."""

from bangfu_office.households.drafts import NEW
from bangfu_office.households.finding import find_households
from bangfu_office.households.form_view import drop_draft, household_form, keep_draft
from bangfu_office.households.history import fact_history, household_history, show_household
from bangfu_office.households.operations import Asked, Done, DoneMember, DoneTwo
from bangfu_office.households.planning import UnansweredError, answer_question, household_plan, keep_assessment
from bangfu_office.households.reveals import MINUTES, reveal
from bangfu_office.households.saving import save_household
from bangfu_office.households.views import EntryView, RegisteredHousehold, entries_seen

__all__ = [
    "MINUTES", "NEW", "Asked", "Done", "DoneMember", "DoneTwo", "EntryView", "RegisteredHousehold",
    "UnansweredError", "answer_question", "drop_draft", "entries_seen", "fact_history", "find_households",
    "household_form", "household_history", "household_plan", "keep_assessment", "keep_draft", "reveal",
    "save_household", "show_household",
]  # fmt: skip
