"""What a run comes to (筛查汇总), counted where its parts are made, and the note of it (``run.json``)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

import polars as pl
from attrs import field, frozen

from bangfu.classification import HOUSEHOLD_ORDER
from bangfu.errors import InputError, PluginError, Problem
from bangfu.facts.declare import ZERO
from bangfu.files.values import describe
from bangfu.keys import HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.plan import Status
from bangfu.screen.partition import Screened

_OPEN = Status.UNDETERMINED.value


@frozen
class Summary:
    """The counts of a run, or of a part of one.

    ``categories``: households by category, in the categories' order, None for those not known yet;
    ``supports``: by status; ``year`` and ``once``: yuan of what is due, by the year and paid once;
    ``rejected``: households left out, all those without a readable key as one; ``left_out``: plugins that could not
    be used, with the reason; ``names``: what the codes of benefits and programmes stand for; ``notices``: what is
    to be said of the input.
    """

    households: int
    members: int
    categories: Mapping[str | None, int]
    supports: Mapping[str, int]
    year: Decimal
    once: Decimal
    rejected: int
    left_out: tuple[PluginError, ...] = ()
    names: Mapping[str, str] = field(factory=dict, repr=False)
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, screened: Screened) -> Self:
        """Return what some results come to."""
        households = screened.assessments.lazy().filter(pl.col(MEMBER_KEY).is_null())
        by_category = households.group_by("category").agg(pl.len(), pl.col("year", "once").sum()).collect()
        categories = {category: number for category, number, *_ in by_category.iter_rows()}
        return cls(
            sum(categories.values()),
            screened.assessments.height - sum(categories.values()),
            categories,
            dict(screened.supports.group_by("status").len().iter_rows()),
            sum(by_category["year"], ZERO),
            sum(by_category["once"], ZERO),
            screened.rejects[HOUSEHOLD_KEY].n_unique(),
            tuple(PluginError(*error) for error in screened.left_out),
            screened.names,
        )

    @classmethod
    def together(cls, parts: Iterable[Summary]) -> Self:
        """Return what several parts come to; each household is in one of them."""
        listed = list(parts)
        categories, supports = Counter[str | None](), Counter[str]()
        for part in listed:
            categories.update(part.categories)
            supports.update(part.supports)
        left_out = {(error.plugin, error.reason) for part in listed for error in part.left_out}
        return cls(
            sum(categories.values()),
            sum(part.members for part in listed),
            {category: categories[category] for category in (*HOUSEHOLD_ORDER, None) if category in categories},
            {status.value: supports[status] for status in Status if status in supports},
            sum((part.year for part in listed), ZERO),
            sum((part.once for part in listed), ZERO),
            sum(part.rejected for part in listed),
            tuple(PluginError(*error) for error in sorted(left_out)),
            {code: name for part in listed for code, name in part.names.items()},
        )

    def as_json(self) -> dict[str, Any]:
        """Return the counts as data that ``json.dumps`` takes."""
        told = {
            "categories": {category or _OPEN: number for category, number in self.categories.items()},
            "year": str(self.year),
            "once": str(self.once),
            "left_out": [[error.plugin, error.reason] for error in self.left_out],
        }
        return {name: getattr(self, name) for name in COUNTED} | told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the summary that ``as_json`` told."""
        read = {
            "categories": {None if code == _OPEN else code: number for code, number in data["categories"].items()},
            "year": Decimal(data["year"]),
            "once": Decimal(data["once"]),
            "left_out": tuple(PluginError(*error) for error in data["left_out"]),
        }
        return cls(**{name: data[name] for name in COUNTED} | read)


NOTE = "run.json"
_WHAT = "bangfu screen 写的 run.json"
_CURE = "请重新筛查到一个新的文件夹"
_AMOUNT = re.compile(r"[0-9]{1,30}(\.[0-9]{1,6})?")
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


COUNTED: Mapping[str, tuple[str, Test]] = {
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
"""What a summary tells in JSON, in words and as a test."""
_KEYS = {
    "mark": ("文本", _text),
    "versions": ("名称和版本的表", _by(_text, _text)),
    "on": ("日期或 null", _day),
    "policies": ("文件名的列表", _list_of(_text)),
    **COUNTED,
}
"""What stands in the note of a run."""


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
    except (IsADirectoryError, PermissionError, ValueError, RecursionError) as error:
        reasons: dict[type[Exception], str] = {IsADirectoryError: "是文件夹", PermissionError: "没有读取的权限"}
        found = reasons.get(type(error), "不是 JSON，或不完整")
        raise InputError(str(file), [Problem("文件", found, _WHAT, _CURE)]) from None
    if not isinstance(note, dict):
        raise InputError(str(file), [Problem("文件", describe(note), _WHAT, _CURE)])
    problems = [
        Problem(key, describe(note[key]) if key in note else "没有", expected, _CURE)
        for key, (expected, test) in _KEYS.items()
        if key not in note or not test(note[key])
    ]
    if problems:
        raise InputError(str(file), problems)
    return note
