"""How the desk is run."""

from __future__ import annotations

from attrs import field, frozen

from bangfu.registry.users import Role, User

NEED_A_FACTOR = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
"""Who decides about a county's households, and who decides about users."""


@frozen
class Settings:
    """Settings of one running desk.

    ``https`` says that browsers reach it by TLS (through a proxy, say): cookies are then sent by TLS alone.
    ``demo`` shows made-up logins on the login page; it is refused for any address but this machine's own.
    ``second_factor`` says that reviewers and administrators need one; not for made-up users.
    """

    https: bool = False
    demo: bool = False
    idle_minutes: int = 30
    longest_hours: int = 10
    second_factor: bool = True
    logins: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    """Name, password and role of the demo's users."""

    def needs_factor(self, user: User) -> bool:
        """Return whether a user may work only with a second factor."""
        return self.second_factor and not self.demo and user.role in NEED_A_FACTOR

    def cookie(self, name: str) -> str:
        """Return a cookie's name as browsers see it; by TLS with the prefix that keeps other hosts from setting it."""
        return f"__Host-{name}" if self.https else name
