"""The keys of a registry, made at random, and how they are kept: in the registry, locked with ``BANGFU_KEY``.

What seals values is not ``BANGFU_KEY`` itself, so that it can be changed in place: a change locks the old keys anew and
adds new ones, which seal and hash everything from there on.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from argon2.low_level import Type, hash_secret_raw
from attrs import field, frozen

from bangfu.messages import _
from bangfu_office.registry.errors import RegistryError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

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


def fernet(key: bytes) -> Fernet:
    """Return what seals with a key of 32 bytes."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 - heavy, and many registries need none

    return Fernet(base64.urlsafe_b64encode(key))


def is_locked(stored: str) -> bool:
    """Return whether what a registry keeps are locked keys, not the check of an earlier version."""
    return stored.startswith(_LOCKED)


def locked(ring: Ring, secret: str) -> str:
    """Return keys as they are kept: readable with the secret alone."""
    salt = secrets.token_bytes(16)
    content = fernet(_derived(secret, salt, _COST)).encrypt(json.dumps([_written(keys) for keys in ring]).encode())
    return _LOCKED + json.dumps({"salt": _text(salt), "cost": _COST, "keys": content.decode()})


def unlocked(stored: str, secret: str) -> Ring | None:
    """Return locked keys; None where they were locked with another secret.

    Raises:
        RegistryError: what is stored is damaged.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as above

    try:
        kept = json.loads(stored.removeprefix(_LOCKED))
        lock = fernet(_derived(secret, _bytes(kept["salt"]), kept["cost"]))
        token = kept["keys"].encode()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RegistryError(_("登记库中锁着的密钥已损坏；请从备份恢复")) from None
    try:
        return tuple(_read(keys) for keys in json.loads(lock.decrypt(token)))
    except InvalidToken:
        return None


def _derived(secret: str, salt: bytes, cost: dict[str, int]) -> bytes:
    return hash_secret_raw(secret.encode(), salt, hash_len=_LENGTH, type=Type.ID, **cost)


def _written(keys: Keys) -> list[object]:
    return [keys.since, _text(keys.data), _text(keys.index), None if keys.chain is None else _text(keys.chain)]


def _read(kept: Sequence[object]) -> Keys:
    since, data, index, chain = kept
    return Keys(int(str(since)), _bytes(data), _bytes(index), None if chain is None else _bytes(chain))


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: object) -> bytes:
    return base64.b64decode(str(value), validate=True)
