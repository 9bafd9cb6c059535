"""Life events (人口变动) of households: each one operation of the registry, out of one small form."""

from bangfu_office.life_events.kinds import EVENTS, LifeEventKind
from bangfu_office.life_events.life_event import LifeEvent
from bangfu_office.life_events.recording import LifeEventForms, life_event_forms, needs_head, record_life_event

__all__ = [
    "EVENTS",
    "LifeEvent",
    "LifeEventForms",
    "LifeEventKind",
    "life_event_forms",
    "needs_head",
    "record_life_event",
]
