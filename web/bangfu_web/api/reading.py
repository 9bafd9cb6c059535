"""Requests as they come: bodies read as JSON into what their handlers take, queries held to what is declared.

Every problem is told, with its place, in words. Nothing is guessed: no key twice, none unknown, no text for a number.
What a key may hold is declared once beside its type: how it is read, and how it is described; its type is one of those
of facts, read by the same function as a household file's values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from attrs import frozen
from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.exceptions import ClientException, HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import ParameterKwarg, QueryParameter
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE
from msgspec import Struct, convert
from msgspec.structs import fields

from bangfu.errors import InputError, Problem
from bangfu.facts import FactType
from bangfu.files import LARGEST, Wrong, describe, load, read_scalar, shape_of, shown_key, unknown_key
from bangfu_web.desk import Connection
from bangfu_web.request_bodies import in_time

S = TypeVar("S", bound=Struct)
MOST_BYTES = LARGEST
_DEEPEST, _LONGEST_NUMBER = 12, 15


class HouseholdBody(dict[str, Any]):
    """A household's data, as a household file holds them; whoever works with them checks them."""


class Member(dict[str, Any]):
    """A member's facts, as a household file holds them; whoever works with them checks them."""


@dataclass(frozen=True)
class Key(QueryParameter):
    """A key of a body or a query; ``kind`` is the type of its value, None for tables, lists and values of facts."""

    kind: FactType | None = None

    __hash__ = ParameterKwarg.__hash__


def key(kind: FactType | None, text: str, **shape: Any) -> Key:
    """Return the declaration of a key: its type, what it is for, what its description has beside."""
    return Key(kind=kind, description=text, schema_extra={**(shape_of(kind) if kind else {}), **shape})


class JsonRequest(Request[Any, Any, Any]):
    """A request whose JSON is the value that its handler takes as ``data``."""

    async def body(self) -> bytes:
        """Return what came, in time; of nothing a blank, which is read and refused as any other text."""
        async with in_time(self):
            return await super().body() or b" "

    async def json(self) -> Any:
        """Return the body as the handler takes it.

        Raises:
            HTTPException: it is not JSON, not well-formed, no object, or nested too deeply.
            InputError: it holds anything else than it may, with every problem found.
        """
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE, detail="content type")
        kind = self.route_handler.parsed_fn_signature.parameters["data"].annotation
        return await sync_to_thread(_read, await self.body(), kind)


def _read(content: bytes, kind: type[Any]) -> Any:
    try:
        data = load(content, "request", json_format=True)
    except InputError as error:
        raise ClientException("json", extra=list(error.problems)) from None
    if _deeper(data, _DEEPEST):
        raise ClientException("json", extra=[Problem("文件", "嵌套太深", f"至多 {_DEEPEST} 层的表和列表")])
    if kind is HouseholdBody:
        return HouseholdBody(data)
    problems: list[Problem] = []
    found = _struct(data, kind, "", problems)
    if problems:
        raise InputError("request", problems)
    return found


def _deeper(data: Any, most: int) -> bool:
    """Return whether tables and lists stand in each other more than so many times."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else None
    return inner is not None and (most == 0 or any(_deeper(part, most - 1) for part in inner))


@frozen
class _Field:
    """A key as it is declared: its Python type, and whether it has to be there."""

    key: Key
    type: Any
    required: bool = False


@cache
def _fields(kind: type[Struct]) -> Mapping[str, _Field]:
    """Return the keys of a body, first those that have to be there: what is wrong with them is told first."""
    ordered = sorted(fields(kind), key=lambda field: not field.required)
    found = {field.name: _field(field.type, required=field.required) for field in ordered}
    return {name: field for name, field in found.items() if field}


def _field(annotation: Any, *, required: bool = False) -> _Field | None:
    """Return what an annotation such as ``Annotated[int, key(…)] | None`` declares; None where it has no key."""
    kind, *metadata = get_args(annotation) or (None,)
    if get_origin(annotation) is Annotated and (found := [part for part in metadata if isinstance(part, Key)]):
        return _Field(found[0], kind, required)
    return _field(kind) if kind else None


def _struct(raw: Mapping[str, Any], kind: type[S], prefix: str, problems: list[Problem]) -> S | None:
    """Return an object as it is declared; None where there are problems."""
    before = len(problems)
    found = _table(raw, _fields(kind), prefix, problems)
    return kind(**found) if len(problems) == before else None


def _table(
    raw: Mapping[str, Any], declared: Mapping[str, _Field], prefix: str, problems: list[Problem]
) -> dict[str, Any]:
    problems += [unknown_key(prefix + shown_key(name), name, list(declared)) for name in raw if name not in declared]
    found = {}
    for name, field in declared.items():
        if name not in raw and field.required:
            problems.append(Problem(prefix + name, "没有写", f"必填：{field.key.description}"))
        elif name in raw and (raw[name] is not None or field.required):
            try:
                found[name] = _value(raw[name], field, prefix + name, problems)
            except Wrong as wrong:
                problems.append(Problem(prefix + name, wrong.found, wrong.expected, wrong.hint))
    return found


def _value(raw: Any, field: _Field, path: str, problems: list[Problem]) -> Any:
    if field.key.kind is not None:
        return convert(read_scalar(field.key.kind, raw), field.type)
    if field.type is Any:
        return raw
    if get_origin(field.type) is list:
        return _rows(raw, field, path, problems)
    if not isinstance(raw, dict):
        raise Wrong(describe(raw), f"一个表：{field.key.description}")
    return field.type(raw)


def _rows(raw: Any, field: _Field, path: str, problems: list[Problem]) -> list[Any]:
    most, (kind,) = (field.key.schema_extra or {})["maxItems"], get_args(field.type)
    if not isinstance(raw, list) or not 0 < len(raw) <= most:
        raise Wrong(describe(raw), f"1 至 {most} 项的列表")
    rows = []
    for i, entry in enumerate(raw):
        if isinstance(entry, dict):
            rows.append(_struct(entry, kind, f"{path}[{i}].", problems))
        else:
            problems.append(Problem(f"{path}[{i}]", describe(entry), f"一个表，键为 {'、'.join(_fields(kind))}"))
    return rows


async def must_be_asked(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse a query that holds a key twice, one that nobody reads, or a value that is none; a guard of every route.

    Raises:
        ClientException: it does, with every problem found.
    """
    given = connection.query_params
    if not given:
        return
    if any(len(given.getall(name)) > 1 for name in given):
        raise ClientException("query", extra=[Problem("query", "同一个键出现两次", "每个键只写一次")])
    found = {name: _field(part.raw) for name, part in handler.parsed_fn_signature.parameters.items()}
    declared = {name: field for name, field in found.items() if field}
    problems: list[Problem] = []
    _table({name: _typed(str(text), declared.get(name)) for name, text in given.items()}, declared, "", problems)
    if problems:
        raise ClientException("query", extra=problems)


def _typed(text: str, field: _Field | None) -> Any:
    """Return a text as its key's type has it; what cannot be read stays a text and is refused."""
    whole = field and field.type is int and text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if whole else text
