"""How the desk is run."""

from __future__ import annotations

from attrs import field, frozen

from bangfu_office.registry.users import Role, User

NEED_A_FACTOR = {
    "nobody": frozenset[Role](),
    "reviewers": frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    "everybody": frozenset(Role),
}
"""Who can be made to have a second factor: by default those who decide, about a county's households and its users."""


@frozen
class Settings:
    """Settings of one running desk.

    ``https`` says that browsers reach it by TLS (through a proxy, say): cookies are then sent by TLS alone.
    ``pages_an_hour``, ``reveals_an_hour`` and ``exports_a_day`` are what one user may ask for (``brake``).
    ``demo`` shows made-up logins on the login page; it is refused for any address but this machine's own.
    ``second_factor`` are the roles that cannot work without one; made-up users can.
    """

    https: bool = False
    demo: bool = False
    idle_minutes: int = 30
    longest_hours: int = 10
    second_factor: frozenset[Role] = NEED_A_FACTOR["reviewers"]
    pages_an_hour: int = 5_000
    reveals_an_hour: int = 300
    exports_a_day: int = 20
    logins: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    """Name, password and role of the demo's users."""

    def needs_factor(self, user: User) -> bool:
        """Return whether a user may work only with a second factor."""
        return user.role in self.second_factor and not self.demo

    def cookie(self, name: str) -> str:
        """Return a cookie's name as browsers see it; by TLS with the prefix that keeps other hosts from setting it."""
        return f"__Host-{name}" if self.https else name
