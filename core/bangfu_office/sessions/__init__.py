"""Sessions (会话): who is signed in, and how guessing and asking for too much are slowed down."""

from bangfu_office.sessions.browsers import CODE_WITHIN, KNOWN_FOR
from bangfu_office.sessions.rate_limits import PAGES, TooManyRequestsError
from bangfu_office.sessions.security_log import INPUT, MINUTE, MISTAKES, note, start_log
from bangfu_office.sessions.store import NEED_A_FACTOR, OfficeSettings, Session, SessionStore

__all__ = [
    "CODE_WITHIN", "INPUT", "KNOWN_FOR", "MINUTE", "MISTAKES", "NEED_A_FACTOR", "PAGES", "OfficeSettings", "Session",
    "SessionStore", "TooManyRequestsError", "note", "start_log",
]  # fmt: skip
