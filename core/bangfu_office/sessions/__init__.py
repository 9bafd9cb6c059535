"""Sessions (会话): who is signed in, and how guessing and asking for too much are slowed down."""

from bangfu_office.sessions.rate_limits import PAGES
from bangfu_office.sessions.refusals import INPUT, MINUTE, MISTAKES
from bangfu_office.sessions.security_log import note, start_log
from bangfu_office.sessions.settings import NEED_A_FACTOR, OfficeSettings
from bangfu_office.sessions.store import Session, SessionStore

__all__ = [
    "INPUT", "MINUTE", "MISTAKES", "NEED_A_FACTOR", "PAGES", "OfficeSettings", "Session", "SessionStore", "note",
    "start_log",
]  # fmt: skip
