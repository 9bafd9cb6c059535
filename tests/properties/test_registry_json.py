"""JSON as the registry keeps it is, byte for byte, what Python's own encoder writes: hashes were made over that."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bangfu_office.registry.serialization import json_bytes, text

TEXTS = st.text(st.characters(), max_size=20)  # half characters, which no UTF-8 has, among them
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_the_same_bytes_as_ever(value: object) -> None:
    """In the order that keys have, and in order."""
    as_it_stands = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert json_bytes(value) == as_it_stands.encode("utf-8", "surrogatepass")
    assert text(value) == json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
