"""Assessments that were kept, told in words: what came out then, and what differs between two."""

from bangfu_web.kept.changes import Changes, changes
from bangfu_web.kept.outcome import KeptReason, KeptSupport, Outcome, outcome
from bangfu_web.kept.saying import Saying

__all__ = ["Changes", "KeptReason", "KeptSupport", "Outcome", "Saying", "changes", "outcome"]
