"""From bytes to plain data: TOML and JSON, with every way in which a file can be unreadable."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

from bangfu.errors import InputError, Problem

LARGEST = 1024 * 1024
"""Bytes; a household file has a few thousand."""

_SYNTAX_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|line (\d+) column (\d+)")
_BARE_DATE = re.compile(r"(?m)^([^#\n\"']*?[=\[,{][ \t]*)(\d{1,4}-\d{1,2}-\d{1,2})(?=[ \t]*(?:[,\]}#\r\n]|$))")


def load(content: bytes, source: str, *, json_format: bool | None = None) -> dict[str, Any]:
    """Return the table that a TOML or JSON file holds, numbers with a point as ``Decimal``.

    ``json_format`` says which of the two it is; None looks at the name and the first character.

    Raises:
        InputError: too large, empty, not UTF-8, not well-formed, or not a table.
    """
    if len(content) > LARGEST:
        _refuse(source, "文件", f"{len(content):,} 字节", f"不超过 {LARGEST:,} 字节的家庭文件")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        _refuse(
            source, f"第 {error.start + 1} 字节", "不是 UTF-8 编码", "UTF-8 编码的文本", "请用“另存为 UTF-8”保存后再试"
        )
    if not text.strip():
        _refuse(source, "文件", "空文件", "一户家庭的 TOML 或 JSON")
    if json_format is None:
        json_format = source.lower().endswith(".json") or text.lstrip().startswith("{")
    try:
        data = _load_json(text) if json_format else _load_toml(text)
    except RecursionError:
        _refuse(source, "文件", "嵌套太深", "至多三层的表和列表")
    except _DuplicateKey as error:
        _refuse(source, error.key, "同一个键出现两次", "每个键只写一次")
    except (ValueError, ArithmeticError) as error:
        kind = "JSON" if json_format else "TOML"
        _refuse(source, _place(str(error)), f"{kind} 语法错误（{_syntax(str(error))}）", f"合乎语法的 {kind}")
    if not isinstance(data, dict):
        _refuse(source, "文件", "最外层不是表", "最外层是一个表（JSON 的 {…}）")
    return data


def _refuse(source: str, path: str, found: str, expected: str, hint: str = "") -> NoReturn:
    raise InputError(source, [Problem(path, found, expected, hint)]) from None


class _DuplicateKey(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _load_json(text: str) -> Any:
    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(found)
        if len(table) < len(found):
            keys = [key for key, _ in found]
            raise _DuplicateKey(next(key for key in keys if keys.count(key) > 1))
        return table

    return json.loads(text, parse_float=Decimal, object_pairs_hook=pairs)


def _load_toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError:
        # An impossible day such as 1978-02-30 is a syntax error in TOML. Quoted, it reaches the
        # checker, which names its path and goes on to the file's other errors.
        quoted = _BARE_DATE.sub(lambda m: m[1] + (m[2] if _is_day(m[2]) else f'"{m[2]}"'), text)
        if quoted == text:
            raise
        return tomllib.loads(quoted, parse_float=Decimal)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _place(message: str) -> str:
    found = _SYNTAX_PLACE.search(message)
    if not found:
        return "文件"
    line, column = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"第 {line} 行第 {column} 列"


def _syntax(message: str) -> str:
    return _SYNTAX_PLACE.sub("", message).split("(char")[0].strip(" :;,")[:120]
