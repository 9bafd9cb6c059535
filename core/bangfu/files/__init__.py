"""Household files: from the bytes of a TOML or JSON file to a checked household."""

from bangfu.files.household_file import household_from, read_household

__all__ = ["household_from", "read_household"]
