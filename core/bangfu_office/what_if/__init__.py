"""What if: the plan of a household as it would be with some facts changed, beside the plan as it is."""

from bangfu_office.what_if.difference import WhatIfDifference, difference
from bangfu_office.what_if.inputs import Asked, Changed, FactRow, asked, offered
from bangfu_office.what_if.people import Known, known
from bangfu_office.what_if.presets import PRESETS, Preset

__all__ = [
    "PRESETS",
    "Asked",
    "Changed",
    "FactRow",
    "Known",
    "Preset",
    "WhatIfDifference",
    "asked",
    "difference",
    "known",
    "offered",
]
