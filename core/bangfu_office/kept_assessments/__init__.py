"""Assessments (认定): plans of registered households made and kept, told in words as they were, two compared."""

from bangfu_office.kept_assessments.operations import (
    Assessed,
    Kept,
    ListedAssessment,
    compare_assessments,
    list_assessments,
    show_assessment,
)

__all__ = [
    "Assessed", "Kept", "ListedAssessment", "compare_assessments", "list_assessments", "show_assessment",
]  # fmt: skip
