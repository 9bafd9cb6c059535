"""What if: the plan of a household as it would be with some facts changed, beside the plan as it is."""

from bangfu_office.what_if.trying import what_if, what_if_form

__all__ = ["what_if", "what_if_form"]
