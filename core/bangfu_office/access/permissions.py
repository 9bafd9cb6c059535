"""Who may do what: the roles of the registry and the actions of the desk in one table, and how others are refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bangfu.errors import BangfuError
from bangfu.messages import _, joined
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
    return action is Action.ANYBODY or (user is not None and not user.disabled and action in MAY[user.role])


class NotPermittedError(BangfuError):
    """The actor's role may not do this."""

    def __init__(self) -> None:
        super().__init__(_("您的角色不能办理这一项"))


class NotReadyError(NotPermittedError):
    """The actor has to do something of the own account first; ``owed`` says what (``OfficeSettings.owed``)."""

    def __init__(self, owed: str) -> None:
        self.owed = owed
        super().__init__()


class NotThereError(BangfuError):
    """There is no such thing in the actor's region; whether there is one elsewhere is not said."""

    def __init__(self, text: str = _("没有这一户，或不在您所管的地区")) -> None:
        super().__init__(text)


class FormError(BangfuError):
    """What somebody filled in cannot be taken; ``fields`` says why, by the field's name, "" for the whole.

    ``wait`` is for how many seconds no further try is looked at.
    """

    def __init__(self, fields: Mapping[str, str], wait: int = 0) -> None:
        self.fields, self.wait = dict(fields), wait
        super().__init__(joined("；", self.fields.values()))
