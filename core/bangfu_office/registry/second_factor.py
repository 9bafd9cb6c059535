"""The second factor (动态口令): codes of six digits from a user's own device, and recovery codes for when it is lost.

Codes are those of RFC 6238: of a secret, by the half minute. The secret is sealed like names and ID numbers are. Of
recovery codes hashes are kept: each has 118 random bits, so that nobody can try them out.
"""

from __future__ import annotations

import hashlib
import hmac
import json

import pyotp
from sqlalchemy import Connection, select

from bangfu import clock
from bangfu.messages import _
from bangfu_office.registry.errors import RegistryError
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Operation
from bangfu_office.registry.passwords import random_word
from bangfu_office.registry.schema import users
from bangfu_office.registry.users import known_user, write_user
from bangfu_office.registry.work import Work

SECONDS, DIGITS = 30, 6
"""How long a code lasts, and how long it is."""
RECOVERY_CODES = 10
_ISSUER = "bangfu"
OPERATIONS = (Operation("factor", _("动态口令")),)


def new_secret() -> str:
    """Return a random secret of 160 bits, in base32 as devices take it."""
    return pyotp.random_base32()


def address_of(name: str, secret: str) -> str:
    """Return the ``otpauth:`` address that a device reads from a picture."""
    return _totp(secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def step_of(secret: str, code: str) -> int | None:
    """Return the half minute a code belongs to, which is this one; None: it is no code of the secret now."""
    given, now = code.strip().replace(" ", ""), int(clock.now().timestamp()) // SECONDS
    right = hmac.compare_digest(_totp(secret).generate_otp(now).encode(), given.encode("utf-8", "replace"))
    return now if right else None


def secret_of(connection: Connection, encryption: FieldEncryption, name: str) -> str | None:
    """Return a user's secret, or None: there is no such user, or no factor."""
    sealed = connection.execute(select(users.c.factor).where(users.c.name == name)).scalar()
    return None if sealed is None else encryption.open(sealed)


def set_factor(work: Work, name: str, secret: str) -> tuple[str, ...]:
    """Give a user a second factor, for an earlier one, and return the recovery codes, never seen again."""
    codes, kept = _fresh_codes()
    row = {"factor": work.encryption.seal(secret), "recovery": json.dumps(kept)}
    write_user(work, "factor", name, row, factor=factor_digest(secret), recovery=kept)
    return codes


def new_codes(work: Work, name: str) -> tuple[str, ...]:
    """Give a user new recovery codes for the others, and return them; RegistryError where there is no second factor."""
    _must_have_factor(work, name)
    codes, kept = _fresh_codes()
    write_user(work, "factor", name, {"recovery": json.dumps(kept)}, recovery=kept)
    return codes


def use_code(work: Work, name: str, code: str) -> bool:
    """Return whether this is a recovery code of a user; it is none from now on."""
    known, used = _codes(work.connection, name), _hash(code)
    if used not in known:
        return False
    kept = [one for one in known if one != used]
    write_user(work, "factor", name, {"recovery": json.dumps(kept)}, recovery=kept)
    return True


def codes_left(connection: Connection, name: str) -> int:
    """Return how many recovery codes a user has."""
    return len(_codes(connection, name))


def reset_factor(work: Work, name: str) -> None:
    """Take a user's second factor away, as when the device is lost; RegistryError where there is none."""
    _must_have_factor(work, name)
    write_user(work, "factor", name, {"factor": None, "recovery": None})


def factor_digest(secret: str) -> str:
    """Return what the journal has of a secret: its hash, the same however it is sealed."""
    return hashlib.sha256(b"factor:" + secret.encode()).hexdigest()


def is_recovery_code(code: str) -> bool:
    """Return whether something typed is meant as a recovery code: it is longer than the digits of a device."""
    return len(_typed(code)) > DIGITS


def _totp(secret: str) -> pyotp.TOTP:
    return pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)


def _must_have_factor(work: Work, name: str) -> None:
    if not known_user(work, name).has_factor:
        raise RegistryError(_("用户 {name} 没有设置动态口令", name=name))


def _fresh_codes() -> tuple[tuple[str, ...], list[str]]:
    """Return new recovery codes, and what is kept of them."""
    codes = tuple(random_word(6) for _ in range(RECOVERY_CODES))
    return codes, sorted(_hash(code) for code in codes)


def _codes(connection: Connection, name: str) -> list[str]:
    """Return what is kept of a user's recovery codes."""
    kept = connection.execute(select(users.c.recovery).where(users.c.name == name)).scalar()
    return [*json.loads(kept or "[]")]


def _typed(code: str) -> str:
    return "".join(c for c in code.casefold() if c.isalnum())


def _hash(code: str) -> str:
    return hashlib.sha256(_typed(code).encode("utf-8", "replace")).hexdigest()
