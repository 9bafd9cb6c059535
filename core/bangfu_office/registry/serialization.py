"""What the registry keeps (存储格式): values of facts as a household file has them, as JSON; texts that a clerk writes.

JSON is short, letters as they are, byte for byte what was always written: the journal's hashes are made over these
bytes. msgspec writes them in a tenth of the time that Python's own encoder takes; what it does not know, such as half a
character, is left to that one.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.files import read_fact, read_id_number, unknown_key
from bangfu.messages import _, joined
from bangfu_office.masking import is_masked
from bangfu_office.registry.errors import RegistryError

_AS_IT_STANDS, _SORTED = msgspec.json.Encoder(), msgspec.json.Encoder(order="sorted")
_KNOWN_TO_PYTHON = (TypeError, ValueError, OverflowError, msgspec.MsgspecError)


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON, keys in the order they have."""
    try:
        return _AS_IT_STANDS.encode(value)
    except _KNOWN_TO_PYTHON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def text(value: Any) -> str:
    """Return a value as JSON with its keys in order: the same for the same value."""
    try:
        return _SORTED.encode(value).decode()
    except _KNOWN_TO_PYTHON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


AS_THEY_ARE = frozenset({str, bool, int, type(None)})
"""Types of values that JSON has as they are."""


def written(value: Any) -> Any:
    """Return a fact's value as JSON has it: amounts and days as text, lists as lists."""
    if type(value) in AS_THEY_ARE:  # most are
        return value
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [written(part) for part in value]
        case Mapping():
            return {name: written(part) for name, part in value.items()}
        case _:
            return value


def checked(catalog: Catalog, level: Level, name: str, raw: Any) -> Any:
    """Return a value, given as a household file writes it, as the registry keeps it.

    InputError where the fact is unknown or of the other level, or the value does not fit.
    """
    fact = catalog.by_name.get(name)
    if fact is None or fact.level is not level:
        known = [fact.name for fact in catalog.at(level)]
        raise InputError("registry", [unknown_key(name, name, known)])
    refuse_masked(catalog, {name: raw})
    problems: list[Problem] = []
    value = read_fact(fact, raw, problems.append)
    if problems:
        raise InputError("registry", problems)
    return written(value)


def refuse_masked(catalog: Catalog, facts: Mapping[str, Any], prefix: str = "") -> None:
    """Refuse names copied from where they stand masked, with InputError; ``prefix`` begins the path of each."""
    masked = [name for name in catalog.personal if name in facts and is_masked(facts[name])]
    if masked:
        told = _("遮盖过的内容"), _("完整的内容"), _("从登记表或证件上照写")
        raise InputError("registry", [Problem(f"{prefix}{name}", *told) for name in sorted(masked)])


def refuse_masked_people(catalog: Catalog, members: Iterable[Mapping[str, Any]]) -> None:
    """Refuse members with masked names, as ``refuse_masked``; names the first."""
    for place, facts in enumerate(members):
        refuse_masked(catalog, facts, f"members[{place}].")


def with_identity(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a member's facts with the birth date and sex of the ID number, where they are not stated."""
    if "id_number" not in facts or ("birth_date" in facts and "sex" in facts):
        return dict(facts)
    identity = read_id_number(facts["id_number"])
    return {"birth_date": identity.birth_date.isoformat(), "sex": identity.sex, **facts}


class UnfitTextError(RegistryError):
    """A text that cannot be kept: what was ``found`` of it, and what is expected."""

    def __init__(self, found: str, expected: str) -> None:
        self.found = found
        super().__init__(joined("；", (found, expected)))


def kept(text: str, what: str, longest: int) -> str:
    """Return a clerk's text that both databases can keep; UnfitTextError where it is longer, or of other characters."""
    if len(text) > longest:
        found = _("{what}有 {n} 个字符", what=what, n=len(text))
        raise UnfitTextError(found, _("应为至多 {longest} 个", longest=longest))
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise UnfitTextError(_("{what}含有换行、控制字符或残缺的字符", what=what), _("应为一行文字"))
    return text
