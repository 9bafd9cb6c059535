"""Assessments that were kept, told in words: what came out then, and what differs between two."""

from bangfu_office.kept_assessments.changes import Changes
from bangfu_office.kept_assessments.outcome import Outcome
from bangfu_office.kept_assessments.reading import (
    AssessmentList,
    AssessmentsCompared,
    AssessmentView,
    compare_assessments,
    list_assessments,
    show_assessment,
)

__all__ = [
    "AssessmentList",
    "AssessmentView",
    "AssessmentsCompared",
    "Changes",
    "Outcome",
    "compare_assessments",
    "list_assessments",
    "show_assessment",
]
