"""How the desk is run."""

from __future__ import annotations

from attrs import field, frozen

from bangfu_office.sessions import OfficeSettings


@frozen(kw_only=True)
class Settings(OfficeSettings):
    """Settings of one running desk.

    ``https`` says that browsers reach it by TLS (through a proxy, say): cookies are then sent by TLS alone.
    ``demo`` shows made-up logins on the login page; it is refused for any address but this machine's own.
    """

    https: bool = False
    logins: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)
    """Name, password and role of the demo's users."""

    def cookie(self, name: str) -> str:
        """Return a cookie's name as browsers see it; by TLS with the prefix that keeps other hosts from setting it."""
        return f"__Host-{name}" if self.https else name
