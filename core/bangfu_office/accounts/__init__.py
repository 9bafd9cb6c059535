"""Accounts (账号): signing in, one's own account, and other users as an administrator sees them."""

from bangfu_office.accounts.signing_in import user_of_session
from bangfu_office.accounts.tokens import user_of_token
from bangfu_office.accounts.users import programmes, regions_of_work

__all__ = ["programmes", "regions_of_work", "user_of_session", "user_of_token"]
