"""Sessions (会话): who is signed in, and how guessing and asking for too much are slowed down."""

from bangfu_office.sessions.browsers import CODE_WITHIN, KNOWN_FOR
from bangfu_office.sessions.rate_limits import PAGES
from bangfu_office.sessions.security_log import INPUT, MINUTE, MISTAKES, note, start_log
from bangfu_office.sessions.settings import NEED_A_FACTOR, OfficeSettings
from bangfu_office.sessions.store import Session, SessionStore

__all__ = [
    "CODE_WITHIN", "INPUT", "KNOWN_FOR", "MINUTE", "MISTAKES", "NEED_A_FACTOR", "PAGES", "OfficeSettings", "Session",
    "SessionStore", "note", "start_log",
]  # fmt: skip
