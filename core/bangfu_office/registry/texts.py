"""Texts that a clerk writes into the registry: how long, and of which characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from bangfu.messages import _, joined
from bangfu_office.registry.errors import RegistryError

_NOT_KEPT = {"Cc", "Cs"}


class UnfitTextError(RegistryError):
    """A text that cannot be kept: what was ``found`` of it, and what is expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found = found
        super().__init__(joined("；", (found, expected)))


def kept(text: str, what: str, longest: int) -> str:
    """Return a text that both databases can keep.

    Raises:
        UnfitTextError: it is longer, or holds control characters or half a character.
    """
    if len(text) > longest:
        found = _("{what}有 {n} 个字符", what=what, n=len(text))
        raise UnfitTextError(found, _("应为至多 {longest} 个", longest=longest))
    if any(unicodedata.category(character) in _NOT_KEPT for character in text):
        raise UnfitTextError(_("{what}含有换行、控制字符或残缺的字符", what=what), _("应为一行文字"))
    return text


def kept_text(what: str, longest: int) -> Callable[[Any, Any, str], None]:
    """Return the attrs validator of such a text."""

    def check(_instance: Any, _attribute: Any, value: str) -> None:
        kept(value, what, longest)

    return check
