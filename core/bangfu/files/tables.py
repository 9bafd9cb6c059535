"""Files read (文件的读取): from bytes to plain data, TOML or JSON, and its tables against what is expected."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NoReturn, TypeVar

from attrs import define, field

from bangfu.errors import InputError, Problem
from bangfu.facts import Choice, FactType
from bangfu.facts.catalog import most_like
from bangfu.files.values import Wrong, describe, read_day, read_scalar, shown_key
from bangfu.messages import _

_Read = TypeVar("_Read")
LARGEST = 1024 * 1024
"""Bytes; a household file has a few thousand."""

_SYNTAX_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)|line (\d+) column (\d+)")
_AT_END = "(at end of document)"
_LONGEST_INTEGER = 40
_TOML_QUOTED = (
    r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)|'
    r"'''.*?(?:'{3,5}|\Z)|"
    r'"(?:\\.|[^"\\\n])*"?|'
    r"'[^'\n]*'?|#[^\n]*"
)
_TOML_TOKEN = re.compile(
    rf"(?s){_TOML_QUOTED}|"
    r"(?<![\w.+-])([0-9]{1,4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ][0-9]{2}:[0-9:.]+(?:[Zz]|[+-][0-9:]+)?)?"
    rf"|[+-]?[0-9][0-9_]{{{_LONGEST_INTEGER},}})(?![\w.:+-])"
)
DEEP_KEY = re.compile(r"(?<![\w-])(?:[\w-]+[ \t]*\.[ \t]*){16}")


def load(content: bytes, source: str, *, json_format: bool | None = None) -> dict[str, Any]:
    """Return the table that a TOML or JSON file holds, numbers with a point as ``Decimal``.

    ``json_format`` says which of the two it is; None looks at the name and the first character.

    Raises:
        InputError: too large, empty, not UTF-8, not well-formed, or not a table.
    """
    if len(content) > LARGEST:
        expected = _("不超过 {largest:,} 字节的家庭文件", largest=LARGEST)
        _refuse(source, _("文件"), _("{n:,} 字节", n=len(content)), expected)
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        place, hint = _("第 {start} 字节", start=error.start + 1), _("请用“另存为 UTF-8”保存后再试")
        _refuse(source, place, _("不是 UTF-8 编码"), _("UTF-8 编码的文本"), hint)
    if not text.strip():
        _refuse(source, _("文件"), _("空文件"), _("一户家庭的 TOML 或 JSON"))
    if json_format is None:
        json_format = source.lower().endswith(".json") or text.lstrip().startswith("{")
    try:
        data = _load_json(text) if json_format else _load_toml(text)
    except RecursionError:
        _refuse(source, _("文件"), _("嵌套太深"), _("至多三层的表和列表"))
    except _RepeatedKeysError as error:
        problems = [Problem(path, _("同一个键出现两次"), _("每个键只写一次")) for path in error.paths]
        raise InputError(source, problems) from None
    except (ValueError, ArithmeticError) as error:
        kind = "JSON" if json_format else "TOML"
        found = _("{kind} 语法错误（{syntax}）", kind=kind, syntax=_syntax(str(error)))
        _refuse(source, _place(str(error)), found, _("合乎语法的 {kind}", kind=kind))
    if not isinstance(data, dict):
        _refuse(source, _("文件"), _("最外层不是表"), _("最外层是一个表（JSON 的 {…}）"))
    return data


def _refuse(source: str, path: str, found: str, expected: str, hint: str = "") -> NoReturn:
    raise InputError(source, [Problem(path, found, expected, hint)]) from None


class _RepeatedKeysError(ValueError):
    def __init__(self, paths: list[str]) -> None:
        self.paths = paths
        super().__init__(", ".join(paths))


def _load_json(text: str) -> Any:
    repeated: list[tuple[dict[str, Any], list[str]]] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(found)
        if len(table) < len(found):
            counts = Counter(key for key, _ in found)
            repeated.append((table, [key for key, count in counts.items() if count > 1]))
        return table

    data = json.loads(text, parse_float=_decimal, parse_int=_integer, parse_constant=Decimal, object_pairs_hook=pairs)
    if repeated:
        keys = {id(table): twice for table, twice in repeated}
        raise _RepeatedKeysError(
            [_below(path, key) for path, table in _tables(data) for key in keys.get(id(table), ())]
        )
    return data


def _tables(data: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table in the data with its path, in the order of the file."""
    waiting: list[tuple[str, object]] = [("", data)]
    while waiting:
        path, node = waiting.pop()
        inner: list[tuple[str, object]] = []
        if isinstance(node, dict):
            yield path, node
            inner = [(_below(path, key), value) for key, value in node.items()]
        elif isinstance(node, list):
            inner = [(f"{path}[{i}]", value) for i, value in enumerate(node)]
        waiting.extend(reversed(inner))


def _below(path: str, key: str) -> str:
    return f"{path}.{shown_key(key)}"[:200] if path else shown_key(key)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds; the checker names the path
        return Decimal("Infinity")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal(text)


def _load_toml(text: str) -> dict[str, Any]:
    # The parser takes time that grows with the square of the parts of a dotted key.
    if DEEP_KEY.search(_TOML_TOKEN.sub("_", text)):
        raise RecursionError
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except ValueError:
        # An impossible day such as 1978-02-30 is a syntax error in TOML, and thousands of digits
        # are one in Python. Quoted, they reach the checker, which names the path and goes on to
        # the file's other errors.
        quoted = _TOML_TOKEN.sub(lambda m: f'"{m[1]}"' if m[1] and not _is_day(m[1]) else m[0], text)
        if quoted == text:
            raise
        return tomllib.loads(quoted, parse_float=_decimal)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _place(message: str) -> str:
    found = _SYNTAX_PLACE.search(message)
    if not found:
        return _("文件末尾") if _AT_END in message else _("文件")
    line, column = (found[1], found[2]) if found[1] else (found[3], found[4])
    return _("第 {line} 行第 {column} 列", line=line, column=column)


def _syntax(message: str) -> str:
    return _SYNTAX_PLACE.sub("", message.replace(_AT_END, "")).split("(char")[0].strip(" :;,")[:120]


@define
class Tables:
    """A reader of tables, and what was found wrong in them so far."""

    problems: list[Problem] = field(factory=list)

    def wrong(self, path: str, found: str, expected: str, hint: str = "") -> None:
        """Note what is wrong at a place."""
        self.problems.append(Problem(path, found, expected, hint))

    def keys(self, table: Mapping[str, Any], path: str, known: Sequence[str]) -> None:
        """Note every key that nobody knows, with the nearest that is known."""
        for key in table:
            if key not in known:
                self.wrong(f"{path}.{key}" if path else key, _("不认识的键"), ", ".join(known), most_like(key, known))

    def checked(self, path: str, read: Callable[[Any], _Read], raw: object) -> _Read | None:
        """Return what is read of a value, or note why it cannot be and return None."""
        try:
            return read(raw)
        except Wrong as wrong:
            self.problems.append(wrong.at(path))
            return None

    def scalar(self, path: str, kind: FactType, raw: object) -> Any:
        """Return a value of a declared type; None where it is wrong."""
        return self.checked(path, partial(read_scalar, kind), raw)

    def day(self, table: Mapping[str, Any], path: str, key: str) -> date | None:
        """Return the day under a key; None where there is none or it is wrong."""
        return self.checked(f"{path}.{key}", read_day, table[key]) if key in table else None

    def text(self, table: Mapping[str, Any], path: str, key: str, *, needed: bool = False) -> str:
        """Return the text under a key; empty where there is none or it is wrong."""
        value = table.get(key, "")
        if not isinstance(value, str) or (needed and not value):
            self.wrong(f"{path}.{key}", describe(value) if key in table else _("没有写"), _("文本"))
            return ""
        return value

    def word(self, table: Mapping[str, Any], path: str, key: str, labels: Mapping[str, str], default: str) -> str:
        """Return the word under a key, one of those that have a label; the default where there is none."""
        value = self.scalar(f"{path}.{key}", Choice(labels), table.get(key, default))
        return default if value is None else str(value)

    def labels(self, table: Mapping[str, Any], path: str) -> Mapping[str, str]:
        """Return the labels of words, of which there is one at least."""
        found = table.get("labels")
        if isinstance(found, dict) and found and all(isinstance(label, str) and label for label in found.values()):
            return found
        expected = _('一个表，如 { one = "一", two = "二" }')
        self.wrong(f"{path}.labels", describe(found) if found else _("没有写"), expected)
        return {}

    def rows(self, data: Mapping[str, Any], key: str, known: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the tables of an array such as ``[[benefit]]``, each with its place; one alone is one of one."""
        listed = data.get(key, [])
        if not isinstance(listed, list | dict):
            self.wrong(key, describe(listed), _("若干个表 [[{key}]]", key=key))
            return
        for i, table in enumerate(listed if isinstance(listed, list) else [listed]):
            if not isinstance(table, dict):
                self.wrong(f"{key}[{i}]", describe(table), _("一个表"))
                continue
            called = table.get("code", table.get("name"))
            path = f"{key}[{i}]({called})" if isinstance(called, str) and called else f"{key}[{i}]"
            self.keys(table, path, known)
            yield path, table
