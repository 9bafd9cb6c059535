"""Who may do what: the roles of the registry and the actions of the desk, in one table."""

from __future__ import annotations

from enum import StrEnum

from bangfu_office.registry.users import Role, User


class Action(StrEnum):
    """What a route lets somebody do."""

    ANYBODY = "anybody"
    UNREADY = "unready"
    """Whoever is signed in, even with a first password or without the second factor that is needed."""
    SIGNED_IN = "signed_in"
    READ = "read"
    CHANGE = "change"
    REVEAL = "reveal"
    ASSESS = "assess"
    NOTICES = "notices"
    EXCHANGE = "exchange"
    JOURNAL = "journal"
    USERS = "users"


_READERS = {Action.READ}
_FIELD = {Action.READ, Action.CHANGE, Action.REVEAL}
_OFFICE = _FIELD | {Action.ASSESS, Action.NOTICES, Action.EXCHANGE}

MAY: dict[Role, frozenset[Action]] = {
    role: frozenset(actions | {Action.SIGNED_IN, Action.UNREADY})
    for role, actions in {
        Role.ASSISTANT: _FIELD,
        Role.CASEWORKER: _OFFICE,
        Role.REVIEWER: _OFFICE,
        Role.OFFICER: _READERS,
        Role.AUDITOR: _READERS | {Action.JOURNAL, Action.REVEAL, Action.NOTICES},
        Role.ADMINISTRATOR: {Action.USERS},
    }.items()
}
"""Actions by role. Whatever is not here is refused; the region of the user limits it further."""


def may(user: User | None, action: Action) -> bool:
    """Return whether a user (None: nobody signed in) may do something in his or her region."""
    if action is Action.ANYBODY:
        return True
    return user is not None and not user.disabled and action in MAY[user.role]
