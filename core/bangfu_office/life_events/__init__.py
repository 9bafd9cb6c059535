"""What happens to households: each event one operation of the registry, out of one small form."""

from bangfu_office.life_events.kinds import EVENTS, Event
from bangfu_office.life_events.life_event import Happening

__all__ = ["EVENTS", "Event", "Happening"]
