"""Assessments that were kept, told in words: what came out then, and what differs between two."""

from bangfu_office.kept_assessments.operations import Assessed, Kept, ListedAssessment
from bangfu_office.kept_assessments.reading import compare_assessments, list_assessments, show_assessment

__all__ = [
    "Assessed", "Kept", "ListedAssessment", "compare_assessments", "list_assessments", "show_assessment",
]  # fmt: skip
