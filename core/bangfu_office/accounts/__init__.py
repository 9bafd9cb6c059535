"""Accounts (账号): signing in, one's own account, and other users as an administrator sees them."""

from bangfu_office.accounts.authentication import user_of_session, user_of_token
from bangfu_office.accounts.users import programmes

__all__ = [
    "programmes", "user_of_session", "user_of_token",
]  # fmt: skip
