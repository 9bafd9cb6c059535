"""The note of a finished run (``run.json``): what was screened, by which rules, what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.errors import InputError, Problem
from bangfu.files.values import describe
from bangfu.plan import Status

NOTE = "run.json"
_WHAT = "bangfu screen 写的 run.json"
_CURE = "请重新筛查到一个新的文件夹"
_AMOUNT = re.compile(r"[0-9]{1,30}(\.[0-9]{1,6})?")
_OPEN = Status.UNDETERMINED.value

Test = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _amount(value: Any) -> bool:
    return isinstance(value, str) and _AMOUNT.fullmatch(value) is not None


def _day(value: Any) -> bool:
    try:
        return value is None or bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _list_of(test: Test) -> Test:
    return lambda value: isinstance(value, list) and all(map(test, value))


def _by(keys: Test, values: Test) -> Test:
    return lambda value: isinstance(value, dict) and all(keys(key) and values(one) for key, one in value.items())


def _plugin(value: Any) -> bool:
    return isinstance(value, list) and len(value) == len(("plugin", "reason")) and all(map(_text, value))


_KEYS: Mapping[str, tuple[str, Test]] = {
    "mark": ("文本", _text),
    "versions": ("名称和版本的表", _by(_text, _text)),
    "on": ("日期或 null", _day),
    "policies": ("文件名的列表", _list_of(_text)),
    "households": ("不小于 0 的整数", _count),
    "members": ("不小于 0 的整数", _count),
    "categories": ("各类别户数的表", _by({*HOUSEHOLD_ORDER, _OPEN}.__contains__, _count)),
    "supports": ("各种结果项数的表", _by({*Status}.__contains__, _count)),
    "year": ("写成文本的金额", _amount),
    "once": ("写成文本的金额", _amount),
    "rejected": ("不小于 0 的整数", _count),
    "left_out": ("插件和原因的列表", _list_of(_plugin)),
    "names": ("代码和名称的表", _by(_text, _text)),
}
"""What stands in a note, in words and as a test."""


def finished_run(out: Path) -> dict[str, Any] | None:
    """Return the note of the finished run in a folder; None where there is none.

    Raises:
        InputError: what stands there is not what a run wrote.
        OSError: it cannot be read.
    """
    file = out / NOTE
    try:
        note = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (IsADirectoryError, PermissionError) as error:
        found = "是文件夹" if isinstance(error, IsADirectoryError) else "没有读取的权限"
        raise InputError(str(file), [Problem("文件", found, _WHAT, _CURE)]) from None
    except (ValueError, RecursionError):
        raise InputError(str(file), [Problem("文件", "不是 JSON，或不完整", _WHAT, _CURE)]) from None
    if problems := list(_problems(note)):
        raise InputError(str(file), problems)
    read: dict[str, Any] = note
    return read


def _problems(note: Any) -> Iterator[Problem]:
    if not isinstance(note, dict):
        yield Problem("文件", describe(note), _WHAT, _CURE)
        return
    for key, (expected, test) in _KEYS.items():
        if key not in note:
            yield Problem(key, "没有", expected, _CURE)
        elif not test(note[key]):
            yield Problem(key, describe(note[key]), expected, _CURE)
