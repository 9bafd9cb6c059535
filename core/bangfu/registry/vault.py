"""Personal values at rest: sealed with a key from the environment, and still found by an index.

Without a key values stand as they are. With one, a value is encrypted (AES-128-CBC with HMAC, Fernet)
and an index of it is a keyed hash: equal values have equal indices, and nobody without the key can
try all ID numbers out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from bangfu.registry.errors import RegistryError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEY = "BANGFU_KEY"
"""The environment variable with the key: any text of at least 16 characters, kept apart from backups."""

SEALED, PLAIN = "sealed:", "plain:"
_SHORTEST = 16
_KNOWN = "bangfu"
_NO_KEY = f"姓名、证件号码已加密；请在环境变量 {KEY} 中给出密钥"
_OTHER_KEY = f"环境变量 {KEY} 中的密钥与登记库的不符"


@frozen
class Vault:
    """Seals and opens personal values."""

    _fernet: Fernet | None = field(default=None, repr=False)
    _index_key: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, key: str | None) -> Vault:
        """Return the vault of a key, or one that leaves values as they are (None).

        Raises:
            RegistryError: the key is too short.
        """
        if not key:
            return cls()
        if len(key) < _SHORTEST:
            raise RegistryError(f"{KEY} 只有 {len(key)} 个字符；应为至少 {_SHORTEST} 个字符的密钥")
        from cryptography.fernet import Fernet  # noqa: PLC0415 - heavy, and most registries need none

        derive = hashlib.pbkdf2_hmac("sha256", key.encode(), b"bangfu registry", 200_000, dklen=64)
        return cls(Fernet(base64.urlsafe_b64encode(derive[:32])), derive[32:])

    @classmethod
    def from_environment(cls) -> Vault:
        """Return the vault of the key in the environment."""
        return cls.of(os.environ.get(KEY))

    @property
    def sealing(self) -> bool:
        """Whether values are encrypted."""
        return self._fernet is not None

    def seal(self, value: str) -> str:
        """Return a personal value as it is stored."""
        if self._fernet is None:
            return self.plain(value)
        return SEALED + self._fernet.encrypt(value.encode()).decode()

    @staticmethod
    def plain(value: str) -> str:
        """Return any other text as it is stored: marked where it looks like a sealed or a marked one."""
        return PLAIN + value if value.startswith((SEALED, PLAIN)) else value

    def open(self, stored: str) -> str:
        """Return the value behind a stored one.

        Raises:
            RegistryError: it was sealed with another key, or no key is given.
        """
        if stored.startswith(PLAIN):
            return stored[len(PLAIN) :]
        if not stored.startswith(SEALED):
            return stored
        if self._fernet is None:
            raise RegistryError(_NO_KEY)
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

        try:
            return self._fernet.decrypt(stored[len(SEALED) :].encode()).decode()
        except InvalidToken:
            raise RegistryError(_OTHER_KEY) from None

    def opened(self, stored: Any) -> Any:
        """Return a fact's value behind a stored one, which need be no text.

        Raises:
            RegistryError: as ``open``.
        """
        return self.open(stored) if isinstance(stored, str) else stored

    def check(self) -> str | None:
        """Return what tells this key from another; None for no key."""
        return None if self._fernet is None else self.seal(_KNOWN)

    def compare(self, check: str | None) -> None:
        """Make sure that a registry was begun with this key.

        Raises:
            RegistryError: it was begun with another, with none, or with one where none is given.
        """
        if check is not None:
            self.open(check)
        elif self.sealing:
            raise RegistryError(f"登记库开始时没有密钥，姓名、证件号码未加密；请去掉环境变量 {KEY}，或另建登记库")

    def index(self, value: str) -> str:
        """Return what a value is found by: itself without a key, else its keyed hash."""
        if self._fernet is None:
            return value[:64]
        return hmac.new(self._index_key, value.encode(), hashlib.sha256).hexdigest()
