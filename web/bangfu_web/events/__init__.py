"""What happens to households: each event one operation of the registry, out of one small form."""

from bangfu_web.events.happening import Happening
from bangfu_web.events.kinds import EVENTS, Event

__all__ = ["EVENTS", "Event", "Happening"]
