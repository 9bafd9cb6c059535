"""Policy as an office reads it: the handbook of a place and day as a page, on the desk, and compared with another."""

from bangfu_office.handbook.in_force import CHOICES, compare_policies, known_regions, policy_in_force
from bangfu_office.handbook.page import Citations, handbook_as_html

__all__ = ["CHOICES", "Citations", "compare_policies", "handbook_as_html", "known_regions", "policy_in_force"]
