"""Passwords: how long, which are refused as too easy, and how they are kept (argon2id).

No rule says which characters a password must have: length and not being guessed is what counts. How soon one is
guessed is worked out by zxcvbn, from what people choose: common passwords, words and names, rows of keys, repetition,
runs, days.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from attrs import field, frozen

from bangfu.messages import _
from bangfu_office.registry.errors import RegistryError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

REFUSED = "BANGFU_REFUSED_PASSWORDS"
"""The environment variable with a text file of passwords that are refused, one on a line."""

OWN_WORDS = (
    *("bangfu", "帮扶", "minzheng", "民政", "dibao", "低保", "jiuzhu", "救助", "xiangzhen", "乡镇", "zhongguo", "中国"),
    *("assistant", "caseworker", "reviewer", "officer", "auditor", "administrator", "admin", "mima", "密码", "woaini"),
)
"""What somebody tries first who knows where the password is used; zxcvbn's own lists know English."""

SAFE_SCORE = 3
"""Of zxcvbn's five, 0 to 4: it takes 10**8 tries or more."""
LOOKED_AT = 40
"""Characters of a password that are looked at: enough to tell. Of 72, chosen for it, it takes two seconds."""

_WHY = {
    "dictionary": _("密码太容易猜：多是常见的词、用户名或常用的密码；请用几个不相干的词连起来"),
    "spatial": _("密码太容易猜：多是键盘上相邻的键；请用几个不相干的词连起来"),
    "repeat": _("密码太容易猜：多是重复的字符或词；请用几个不相干的词连起来"),
    "sequence": _("密码太容易猜：多是连续的字母或数字；请用几个不相干的词连起来"),
    "date": _("密码太容易猜：多是日期或年份；请用几个不相干的词连起来"),
    "regex": _("密码太容易猜：多是日期或年份；请用几个不相干的词连起来"),
}
_TOO_SIMPLE = _("密码太容易猜；请用几个不相干的词连起来")
"""What is said of what a password mostly consists of, by the name that zxcvbn has for it."""

_PLAIN_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another when they are read out or copied from a sheet."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


@frozen
class Hashed:
    """A password that was looked at and hashed, before anybody waits for a turn to write."""

    text: str = field(repr=False)


def hashed(password: str | Hashed, name: str) -> Hashed:
    """Return a password of the user with this name as it is kept; as ``hash_password``."""
    return password if isinstance(password, Hashed) else Hashed(hash_password(password, name))


def hash_password(password: str, name: str = "") -> str:
    """Return the argon2 hash of a password of the user with this name.

    Raises:
        RegistryError: it is too short, too long, too easy, or on the list of refused ones.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RegistryError(
            _(
                "密码应为 {shortest_password} 至 {longest_password} 个字符",
                shortest_password=SHORTEST_PASSWORD,
                longest_password=LONGEST_PASSWORD,
            )
        )
    if easy := too_easy(password, name):
        raise RegistryError(easy)
    if password.casefold() in _refused(os.environ.get(REFUSED, "")):
        raise RegistryError(_("密码在常用或已泄露的密码之列；请换一个"))
    return _hasher.hash(password)


def too_easy(password: str, name: str = "") -> str:
    """Return why a password of the user with this name is guessed too soon; nothing where it is not."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - heavy, and needed only where a password is chosen

    if not password:
        return _TOO_SIMPLE
    known = [word for word in (name, *OWN_WORDS) if word]
    found = zxcvbn(password[:LOOKED_AT], user_inputs=known, max_length=LOOKED_AT)
    if found["score"] >= SAFE_SCORE:
        return ""
    most = max(found["sequence"], key=lambda part: len(part["token"]), default={"pattern": ""})
    return _WHY.get(most["pattern"], _TOO_SIMPLE)


def random_word(groups: int, of: int = 4) -> str:
    """Return some groups of random letters and digits, nearly five bits each, that can be read out and typed."""
    return "-".join("".join(secrets.choice(_PLAIN_CHARACTERS) for _ in range(of)) for _ in range(groups))


def is_password(hashed: str | None, password: str) -> bool:
    """Return whether a password is the one of a hash; without a hash (no such user) it takes the same time."""
    # A longer one is nobody's; it is not cut to one that could be somebody's.
    known = hashed if hashed is not None and len(password) <= LONGEST_PASSWORD else None
    try:
        _hasher.verify(known or _NOBODY, password[:LONGEST_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return known is not None


def password_digest(hashed: str) -> str:
    """Return what the journal has of a stored password: a hash of its hash."""
    return hashlib.sha256(hashed.encode()).hexdigest()


@lru_cache(maxsize=1)
def _refused(path: str) -> frozenset[str]:
    """Return the passwords of a file, read once; a list that was promised and cannot be read lets none pass."""
    if not path:
        return frozenset()
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        key, reason = REFUSED, error.strerror
        raise RegistryError(
            _("读不了环境变量 {key} 所写的文件（{reason}）；请改正，或去掉它", key=key, reason=reason)
        ) from None
    return frozenset(line.casefold() for line in text.splitlines() if line)
