"""What stands in a PDF, for tests: its characters, of the fonts it brings along."""

from __future__ import annotations

import re
import zlib


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF with its packed streams unpacked behind it."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"\n".join(filter(None, map(_inflated, streams)))


def characters(pdf: bytes) -> str:
    """Return the characters that stand in a PDF, each once."""
    codes = re.findall(rb"<[0-9a-fA-F]{2,4}>\s*<([0-9a-fA-F]{4,})>", unpacked(pdf))
    return "".join(bytes.fromhex(code.decode()).decode("utf-16-be", "replace") for code in codes)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
