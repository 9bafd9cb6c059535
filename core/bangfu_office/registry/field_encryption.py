"""Personal values at rest: sealed with the registry's keys, and still found by an index.

Without a key values stand as they are. With one, a value is encrypted (AES-128-CBC with HMAC, Fernet)
and an index of it is a keyed hash: equal values have equal indices, and nobody without the key can
try all ID numbers out. The same keys hash the journal's entries, so that nobody without them can rewrite it.

The keys are random and kept in the registry, locked with ``BANGFU_KEY``: so that can be changed in place. A change
locks the old keys anew and adds new ones, which seal and hash everything from there on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from attrs import field, frozen
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bangfu.messages import _
from bangfu_office.registry.errors import KeyChangedError, RegistryError

KEY = "BANGFU_KEY"
"""The environment variable with the key: any text of at least 16 characters, kept apart from backups."""

SEALED, PLAIN = "sealed:", "plain:"
_SHORTEST = 16
_NO_KEY = _("姓名、证件号码已加密；请在环境变量 {key} 中给出密钥", key=KEY)
_OTHER_KEY = _("环境变量 {key} 中的密钥与登记库的不符", key=KEY)
_BEGUN_WITHOUT = _("登记库开始时没有密钥，姓名、证件号码未加密；请去掉环境变量 {key}，或另建登记库", key=KEY)
_LOCKED = "locked:"
_COST = {"time_cost": 3, "memory_cost": 64 * 1024, "parallelism": 4}
"""Argon2id as RFC 9106 recommends it where memory is short; the memory in KiB."""
_LENGTH = 32


@frozen
class Keys:
    """Keys that hold from an entry of the journal on (``since``, its number).

    ``data`` seals values, ``index`` hashes what people are found by, ``chain`` the entries themselves; None where
    entries are hashed without a key.
    """

    since: int
    data: bytes = field(repr=False)
    index: bytes = field(repr=False)
    chain: bytes | None = field(repr=False)


Ring = tuple[Keys, ...]
"""All keys of a registry, the oldest first."""


def new_keys(since: int) -> Keys:
    """Return random keys that hold from an entry on."""
    return Keys(since, *(secrets.token_bytes(_LENGTH) for _ in range(3)))


def keys_of_before(secret: str) -> Keys:
    """Return the keys of a registry of earlier versions, where ``BANGFU_KEY`` itself sealed values."""
    derived = hashlib.pbkdf2_hmac("sha256", secret.encode(), b"bangfu registry", 200_000, dklen=2 * _LENGTH)
    return Keys(1, derived[:_LENGTH], derived[_LENGTH:], None)


def locked(ring: Ring, secret: str) -> str:
    """Return keys as they are kept: readable with the secret alone."""
    salt = secrets.token_bytes(16)
    content = _lock(secret, salt, _COST).encrypt(json.dumps([_written(keys) for keys in ring]).encode())
    return _LOCKED + json.dumps({"salt": _text(salt), "cost": _COST, "keys": content.decode()})


def unlocked(stored: str, secret: str) -> Ring:
    """Return locked keys; RegistryError where they were locked with another secret, or are damaged."""
    try:
        kept = json.loads(stored.removeprefix(_LOCKED))
        lock = _lock(secret, _bytes(kept["salt"]), kept["cost"])
        token = kept["keys"].encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RegistryError(_("登记库中锁着的密钥已损坏；请从备份恢复")) from None
    try:
        return tuple(_read(keys) for keys in json.loads(lock.decrypt(token)))
    except InvalidToken:
        raise RegistryError(_OTHER_KEY) from None


def _lock(secret: str, salt: bytes, cost: dict[str, int]) -> Fernet:
    return _sealer(hash_secret_raw(secret.encode(), salt, hash_len=_LENGTH, type=Type.ID, **cost))


def _sealer(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


def _written(keys: Keys) -> list[object]:
    return [keys.since, *(key and _text(key) for key in (keys.data, keys.index, keys.chain))]


def _read(kept: Sequence[object]) -> Keys:
    since, data, index, chain = kept
    return Keys(int(str(since)), _bytes(data), _bytes(index), None if chain is None else _bytes(chain))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)


def usable(secret: str | None) -> str:
    """Return a key that was given, or "" for none; RegistryError where it is too short."""
    if secret and len(secret) < _SHORTEST:
        raise RegistryError(
            _("{key} 只有 {n} 个字符；应为至少 {shortest} 个字符的密钥", key=KEY, n=len(secret), shortest=_SHORTEST)
        )
    return secret or ""


@frozen
class FieldEncryption:
    """Seals and opens personal values, and hashes the journal's entries.

    ``stored`` is what the registry keeps of its keys; None where it was begun without.
    """

    stored: str | None = field(default=None, repr=False)
    _ring: Ring = field(default=(), repr=False)
    _secret: str = field(default="", repr=False)
    _fernet: MultiFernet | None = field(init=False, repr=False)

    @_fernet.default
    def _opener(self) -> MultiFernet | None:
        return MultiFernet([_sealer(keys.data) for keys in reversed(self._ring)]) if self._ring else None

    @classmethod
    def begun(cls, secret: str) -> FieldEncryption:
        """Return the encryption of a new registry: with new keys, locked with the secret."""
        return cls._with((new_keys(since=1),), secret)

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
        if stored.startswith(_LOCKED):
            return cls(stored, unlocked(stored, secret), secret)
        encryption = cls(stored, (keys_of_before(secret),), secret)
        encryption.open(stored)
        return encryption

    @classmethod
    def _with(cls, ring: Ring, secret: str) -> FieldEncryption:
        return cls(locked(ring, secret), ring, secret)

    def with_the_keys(self, stored: str | None) -> FieldEncryption:
        """Return the encryption of another registry, which was begun with the same secret; as ``of``."""
        return self.of(stored, self._secret)

    def renewed(self, secret: str, since: int) -> FieldEncryption:
        """Return the encryption with new keys from an entry on, and all keys locked with another secret."""
        return self._with((*self._ring, new_keys(since)), secret)

    @property
    def of_before(self) -> bool:
        """Whether this is a registry of an earlier version, where entries are hashed without a key."""
        return self.stored is not None and not self.stored.startswith(_LOCKED)

    @property
    def sealing(self) -> bool:
        """Whether values are encrypted."""
        return self._fernet is not None

    def is_that_of(self, stored: str | None) -> None:
        """Raise KeyChangedError where a registry's keys are not these any more."""
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
        try:
            return self._fernet.decrypt(stored[len(SEALED) :].encode()).decode()
        except InvalidToken:
            raise RegistryError(_OTHER_KEY) from None

    def opened(self, stored: Any) -> Any:
        """Return a fact's value behind a stored one, which need be no text; as ``open``."""
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
