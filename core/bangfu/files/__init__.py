"""Household files: from the bytes of a TOML or JSON file to a checked household."""

from bangfu.files.household_file import MOST_MEMBERS, household_from, household_schemas, read_household, shape_of
from bangfu.files.id_number import holds_id_number, id_numbers_in, read_id_number
from bangfu.files.tables import LARGEST, load
from bangfu.files.values import Wrong, describe, read_day, read_fact, read_scalar, shown, shown_key, unknown_key

__all__ = [
    "LARGEST", "MOST_MEMBERS", "Wrong", "describe", "holds_id_number", "household_from",
    "household_schemas", "id_numbers_in", "load", "read_day", "read_fact", "read_household", "read_id_number",
    "read_scalar", "shape_of", "shown", "shown_key", "unknown_key",
]  # fmt: skip
