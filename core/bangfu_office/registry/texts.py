"""Texts that a clerk writes into the registry: how long, and of which characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from bangfu.messages import _
from bangfu_office.registry.errors import RegistryError

_NOT_KEPT = {"Cc", "Cs"}


def kept(text: str, what: str, longest: int) -> str:
    """Return a text that both databases can keep.

    Raises:
        RegistryError: it is longer, or holds control characters or half a character.
    """
    if len(text) > longest:
        raise RegistryError(_("{what}有 {n} 个字符；应为至多 {longest} 个", what=what, n=len(text), longest=longest))
    if any(unicodedata.category(character) in _NOT_KEPT for character in text):
        raise RegistryError(_("{what}含有换行、控制字符或残缺的字符；应为一行文字", what=what))
    return text


def kept_text(what: str, longest: int) -> Callable[[Any, Any, str], None]:
    """Return the attrs validator of such a text."""

    def check(_instance: Any, _attribute: Any, value: str) -> None:
        kept(value, what, longest)

    return check
