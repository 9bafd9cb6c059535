"""Life events (人口变动) of households: each one operation of the registry, out of one small form."""

from bangfu_office.life_events.recording import life_event_forms, needs_head, record_life_event

__all__ = [
    "life_event_forms", "needs_head", "record_life_event",
]  # fmt: skip
