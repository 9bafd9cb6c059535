"""How an office's accounts are run."""

from __future__ import annotations

from attrs import frozen

from bangfu_office.registry.users import Role, User

NEED_A_FACTOR = {
    "nobody": frozenset[Role](),
    "reviewers": frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    "everybody": frozenset(Role),
}
"""Who can be made to have a second factor: by default those who decide, about a county's households and its users."""


@frozen
class OfficeSettings:
    """Settings of an office.

    ``pages_an_hour``, ``reveals_an_hour`` and ``exports_a_day`` are what one user may ask for (``rate_limits``).
    ``second_factor`` are the roles that cannot work without one; the made-up users of a ``demo`` can.
    """

    demo: bool = False
    idle_minutes: int = 30
    longest_hours: int = 10
    second_factor: frozenset[Role] = NEED_A_FACTOR["reviewers"]
    pages_an_hour: int = 5_000
    reveals_an_hour: int = 300
    exports_a_day: int = 20

    def needs_factor(self, user: User) -> bool:
        """Return whether a user may work only with a second factor."""
        return user.role in self.second_factor and not self.demo

    def owed(self, user: User) -> str:
        """Return what a user has to see to before any work: "password", "factor", or nothing."""
        if user.must_change:
            return "password"
        return "factor" if self.needs_factor(user) and not user.has_factor else ""
