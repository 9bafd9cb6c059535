"""JSON as the registry keeps it (存储格式): short, letters as they are, byte for byte what was always written.

The journal's hashes are made over these bytes. msgspec writes them in a tenth of the time that Python's own encoder
takes; what it does not know, such as half a character, is left to that one.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_AS_IT_STANDS, _SORTED = msgspec.json.Encoder(), msgspec.json.Encoder(order="sorted")
_KNOWN_TO_PYTHON = (TypeError, ValueError, OverflowError, msgspec.MsgspecError)


def json_bytes(value: Any) -> bytes:
    """Return a value as JSON, keys in the order they have."""
    try:
        return _AS_IT_STANDS.encode(value)
    except _KNOWN_TO_PYTHON:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return written.encode("utf-8", "surrogatepass")


def text(value: Any) -> str:
    """Return a value as JSON with its keys in order: the same for the same value."""
    try:
        return _SORTED.encode(value).decode()
    except _KNOWN_TO_PYTHON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
