"""Forms: made from the declared facts, read back into a household as a file would hold it."""

from bangfu_web.forms.fields import Entry, FieldView, Section, sections
from bangfu_web.forms.read import Posted, filled_in, posted, values_of

__all__ = ["Entry", "FieldView", "Posted", "Section", "filled_in", "posted", "sections", "values_of"]
