"""Access (权限): who acts, what that role may, in which region, and what of a household it sees."""

from bangfu_office.access.actor import Actor, Client, Office, duplicates_of, visible_facts
from bangfu_office.access.permissions import Action, FormError, NotPermittedError, NotReadyError, NotThereError, may
from bangfu_office.sessions.rate_limits import TooManyRequestsError

__all__ = [
    "Action", "Actor", "Client", "FormError", "NotPermittedError", "NotReadyError", "NotThereError", "Office",
    "TooManyRequestsError", "duplicates_of", "may", "visible_facts",
]  # fmt: skip
