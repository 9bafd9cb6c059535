"""Passwords: how long, which are refused as too easy, and how they are kept (argon2id).

No rule says which characters a password must have: length and not being guessed is what counts.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bangfu.registry.errors import RegistryError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

REFUSED = "BANGFU_REFUSED_PASSWORDS"
"""The environment variable with a text file of passwords that are refused, one on a line."""

_WORDS = (
    *("bangfu", "帮扶", "minzheng", "民政", "dibao", "低保", "jiuzhu", "救助", "zhongguo", "中国", "china"),
    *("assistant", "caseworker", "reviewer", "officer", "auditor", "administrator", "admin", "root", "guest", "test"),
    *("password", "passw0rd", "p@ssw0rd", "mima", "密码", "woaini", "iloveyou", "welcome", "letmein", "changeme"),
)
EASY_WORDS = _WORDS
"""What an attacker tries first; it counts for nothing in a password."""

_ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+"),
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"),
)
_RUNNING = {pair for row in _ROWS for line in (row, row[::-1]) for pair in pairwise(line)}
"""Characters that follow each other in the alphabet, in counting or on a keyboard."""

_FEWEST, _FEWEST_DIFFERENT = 7, 5
"""How many characters a password needs beside words and runs, and how many different ones among them."""

_TAKEN_OUT = "\0"
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str, name: str = "") -> str:
    """Return the argon2 hash of a password of the user with this name.

    Raises:
        RegistryError: it is too short, too long, too easy, or on the list of refused ones.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RegistryError(f"密码应为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个字符")
    if too_easy(password, name):
        raise RegistryError("密码太容易猜：多是重复、连续的字符，或是用户名、常见的词；请用几个不相干的词连起来")
    if password.casefold() in _refused(os.environ.get(REFUSED, "")):
        raise RegistryError("密码在常用或已泄露的密码之列；请换一个")
    return _hasher.hash(password)


def too_easy(password: str, name: str = "") -> bool:
    """Return whether little is left of a password without known words, the name, repetition and runs."""
    left = password.casefold()
    words = {*EASY_WORDS, *(word for word in (name.casefold(),) if len(word) > 1)}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, _TAKEN_OUT)
    own = [
        character
        for before, character in pairwise(_TAKEN_OUT + left)
        if character not in (_TAKEN_OUT, before) and (before, character) not in _RUNNING
    ]
    return len(own) < _FEWEST or len(set(own)) < _FEWEST_DIFFERENT


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
        raise RegistryError(f"读不了环境变量 {key} 所写的文件（{reason}）；请改正，或去掉它") from None
    return frozenset(line.casefold() for line in text.splitlines() if line)
