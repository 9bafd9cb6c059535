"""Assessments that were kept, told in words: what came out then, and what differs between two."""

from bangfu_office.kept_assessments.changes import Changes, changes
from bangfu_office.kept_assessments.labels import Saying
from bangfu_office.kept_assessments.outcome import KeptReason, KeptSupport, Outcome, outcome

__all__ = ["Changes", "KeptReason", "KeptSupport", "Outcome", "Saying", "changes", "outcome"]
