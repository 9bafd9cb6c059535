"""What declarations are made of (声明): a text where a text belongs, said where it is declared, not where it is read.

What is wrong with one is told when it is made, so that the plugin that makes it is named, with the line. What is
declared for caseworkers to read, a label, a question, the name beside a code, can be said in other languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import UnionType
from typing import Any

from attrs import Attribute

from bangfu.errors import RuleError
from bangfu.messages import _, in_words

Validator = Callable[[Any, "Attribute[Any]", Any], None]


def _text(made: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, str):
        raise _wrong(made, attribute, "a text", value)


def _truth(made: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, bool):
        raise _wrong(made, attribute, "True or False", value)


def _texts(made: Any, attribute: Attribute[Any], value: Any) -> None:
    if isinstance(value, str) or not isinstance(value, Iterable) or not all(isinstance(part, str) for part in value):
        raise _wrong(made, attribute, 'several texts, as in ("one", "another")', value)


def _labels(made: Any, attribute: Attribute[Any], value: Any) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise _wrong(made, attribute, 'words and their labels, as in {"coal": "燃煤"}', value)


_BY_TYPE: Mapping[Any, Validator] = {
    "str": _text,
    "bool": _truth,
    "tuple[str, ...]": _texts,
    "Mapping[str, str]": _labels,
}


_READ = frozenset({"department", "documents", "label", "labels", "note", "office", "question", "text", "unit"})
"""What caseworkers read of a declaration; its ``name`` as well where it has a code besides."""


def checked(_made: type, attributes: list[Attribute[Any]]) -> list[Attribute[Any]]:
    """Return the attributes of a declaration with the checks of texts and truths: attrs' ``field_transformer``."""
    read = _READ | {"name"} if any(attribute.name == "code" for attribute in attributes) else _READ
    return [_checked(attribute, is_read=attribute.name in read) for attribute in attributes]


def _checked(attribute: Attribute[Any], *, is_read: bool) -> Attribute[Any]:
    if attribute.validator is None and attribute.type in _BY_TYPE:
        attribute = attribute.evolve(validator=_BY_TYPE[attribute.type])
    return attribute.evolve(converter=in_words) if is_read and attribute.converter is None else attribute


def of_kinds(kinds: type | UnionType, example: str) -> Validator:
    """Return the check of an attribute that is of one of several classes; a class itself is not yet one of them."""

    def check(made: Any, attribute: Attribute[Any], value: Any) -> None:
        if isinstance(value, kinds):
            return
        expected = f"one, as {example} is"
        if isinstance(value, type) and issubclass(value, kinds):
            expected = f"{value.__name__}(…), with the parentheses"
        raise _wrong(made, attribute, expected, value)

    return check


def _wrong(made: Any, attribute: Attribute[Any], expected: str, value: Any) -> RuleError:
    """Return the error of an attribute, with the name that the declaration has."""
    first = next(iter(made.__attrs_attrs__)).name
    name = getattr(made, first, None) if attribute.name != first else None
    whose = f"{type(made).__name__}({name!r})" if isinstance(name, str) else type(made).__name__
    found = value.__name__ if isinstance(value, type) else repr(value)
    return RuleError(
        _(
            "{name} of {whose} is {expected}, and this is {found}",
            name=attribute.name,
            whose=whose,
            expected=expected,
            found=found[:80],
        )
    )
