"""Screening (筛查): whole populations under the very rules that explain one household.

``screen_partition`` does it for some households in memory, wherever they come from; ``screen`` for a whole
population on disk, in parts, on as many processes or machines as there are.
"""

from bangfu.screen.part import CHUNK, Options, ScreenError, rulebook_here
from bangfu.screen.partition import Screened, screen_partition
from bangfu.screen.population import PopulationFiles, as_entries
from bangfu.screen.run import screen
from bangfu.screen.sources import File
from bangfu.screen.summary import Summary

__all__ = [
    "CHUNK", "File", "Options", "PopulationFiles", "ScreenError", "Screened", "Summary", "as_entries",
    "rulebook_here", "screen", "screen_partition",
]  # fmt: skip
