"""Personal values at rest: sealed with the registry's keys, and still found by an index.

Without a key values stand as they are. With one, a value is encrypted (AES-128-CBC with HMAC, Fernet)
and an index of it is a keyed hash: equal values have equal indices, and nobody without the key can
try all ID numbers out. The same keys hash the journal's entries, so that nobody without them can rewrite it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from bangfu.messages import _
from bangfu_office.registry.errors import KeyChangedError, RegistryError
from bangfu_office.registry.keyring import Ring, fernet, is_locked, keys_of_before, locked, new_keys, unlocked

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY = "BANGFU_KEY"
"""The environment variable with the key: any text of at least 16 characters, kept apart from backups."""

SEALED, PLAIN = "sealed:", "plain:"
_SHORTEST = 16
_NO_KEY = _("姓名、证件号码已加密；请在环境变量 {key} 中给出密钥", key=KEY)
_OTHER_KEY = _("环境变量 {key} 中的密钥与登记库的不符", key=KEY)
_BEGUN_WITHOUT = _("登记库开始时没有密钥，姓名、证件号码未加密；请去掉环境变量 {key}，或另建登记库", key=KEY)


def usable(secret: str | None) -> str:
    """Return the key that was given, or "" for none.

    Raises:
        RegistryError: it is too short.
    """
    if secret and len(secret) < _SHORTEST:
        raise RegistryError(
            _("{key} 只有 {n} 个字符；应为至少 {shortest} 个字符的密钥", key=KEY, n=len(secret), shortest=_SHORTEST)
        )
    return secret or ""


def secret_in_environment() -> str:
    """Return the key in the environment, or "" for none.

    Raises:
        RegistryError: it is too short.
    """
    return usable(os.environ.get(KEY))


@frozen
class FieldEncryption:
    """Seals and opens personal values, and hashes the journal's entries.

    ``stored`` is what the registry keeps of its keys; None where it was begun without.
    """

    stored: str | None = field(default=None, repr=False)
    _ring: Ring = field(default=(), repr=False)
    _fernet: MultiFernet | None = field(default=None, repr=False)
    _secret: str = field(default="", repr=False)

    @classmethod
    def begun(cls, secret: str) -> FieldEncryption:
        """Return the encryption of a new registry: with new keys, locked with the secret; without one, plain."""
        return cls._with((new_keys(since=1),), secret) if secret else cls()

    @classmethod
    def of(cls, stored: str | None, secret: str) -> FieldEncryption:
        """Return the encryption of a registry that something was written into.

        Raises:
            RegistryError: it was begun with another key, with none, or with one where none is given.
        """
        if stored is None:
            if secret:
                raise RegistryError(_BEGUN_WITHOUT)
            return cls()
        if not secret:
            raise RegistryError(_NO_KEY)
        ring = unlocked(stored, secret) if is_locked(stored) else (keys_of_before(secret),)
        if ring is None:
            raise RegistryError(_OTHER_KEY)
        encryption = cls(stored, ring, _opener(ring), secret)
        if not is_locked(stored):
            encryption.open(stored)
        return encryption

    @classmethod
    def _with(cls, ring: Ring, secret: str) -> FieldEncryption:
        return cls(locked(ring, secret), ring, _opener(ring), secret)

    def with_the_keys(self, stored: str | None) -> FieldEncryption:
        """Return the encryption of another registry, which was begun with the same secret as this one.

        Raises:
            RegistryError: as ``of``.
        """
        return self.of(stored, self._secret)

    def renewed(self, secret: str, since: int) -> FieldEncryption:
        """Return the encryption with new keys from an entry on, and all keys locked with another secret."""
        return self._with((*self._ring, new_keys(since)), secret)

    @property
    def of_before(self) -> bool:
        """Whether this is a registry of an earlier version, where entries are hashed without a key."""
        return self.stored is not None and not is_locked(self.stored)

    @property
    def sealing(self) -> bool:
        """Whether values are encrypted."""
        return self._fernet is not None

    def is_that_of(self, stored: str | None) -> None:
        """Make sure that a registry's keys are still these.

        Raises:
            KeyChangedError: they were changed since it was opened.
        """
        if stored != self.stored:
            raise KeyChangedError

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
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - heavy, and most registries need none

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

    def index(self, value: str) -> str:
        """Return what a value is found by: itself without a key, else its keyed hash."""
        if not self._ring:
            return value[:64]
        return hmac.new(self._ring[-1].index, value.encode(), hashlib.sha256).hexdigest()

    def digest(self, seq: int, content: bytes) -> str:
        """Return the hash of an entry of the journal by its number: with the key that holds for it, if any does."""
        chain = next((keys.chain for keys in reversed(self._ring) if keys.since <= seq), None)
        if chain is None:
            return hashlib.sha256(content).hexdigest()
        return hmac.new(chain, content, hashlib.sha256).hexdigest()


def _opener(ring: Ring) -> MultiFernet:
    from cryptography.fernet import MultiFernet  # noqa: PLC0415 - as above

    return MultiFernet([fernet(keys.data) for keys in reversed(ring)])
