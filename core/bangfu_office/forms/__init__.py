"""Forms: made from the declared facts, read back into a household as a file would hold it."""

from bangfu_office.forms.fields import Entry, FieldView, Section, sections
from bangfu_office.forms.read import Posted, filled_in, posted

__all__ = ["Entry", "FieldView", "Posted", "Section", "filled_in", "posted", "sections"]
