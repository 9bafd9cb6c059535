"""Forms: made from the declared facts, read back into a household as a file would hold it."""

from bangfu_office.forms.fields import FieldView, Section, one_field, sections
from bangfu_office.forms.read import Posted, StaleFormError, day_in, filled_in, posted

__all__ = [
    "FieldView", "Posted", "Section", "StaleFormError", "day_in", "filled_in", "one_field", "posted", "sections",
]  # fmt: skip
