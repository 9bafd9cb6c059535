"""How properties are tried: the same examples in every run, or others each night."""

from __future__ import annotations

import os

from hypothesis import Phase, settings

PROFILE, DEFAULT = "HYPOTHESIS_PROFILE", "repeatable"
TIMES = int(os.environ.get("PROPERTY_TIMES", "1"))
"""How many times as many examples to try as in a usual run."""


def load() -> None:
    """Load the profile that the environment names.

    ``repeatable``: a run finds what the run before found; a failure is reported as it is found, for the next run finds
    it too, and making it small can take five minutes. ``random``: other examples each time, made small.
    """
    whole = tuple(phase for phase in Phase if phase is not Phase.shrink)
    settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, phases=whole)
    settings.register_profile("random", derandomize=False, deadline=None, print_blob=True)
    settings.load_profile(os.environ.get(PROFILE, DEFAULT))
