"""What comes with a form: no more than its page can need, no slower than a bad line, read where it holds nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from attrs import field, frozen
from litestar.concurrency import sync_to_thread
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException, HTTPException
from litestar.status_codes import HTTP_408_REQUEST_TIMEOUT, HTTP_413_REQUEST_ENTITY_TOO_LARGE
from multipart import MultipartError, ParserLimitReached, parse_form_data

from bangfu_web.desk import Req
from bangfu_web.work_queues import FORMS


@frozen
class BodyLimit:
    """How much may come: bytes, and fields of a form; ``files``: also bytes of files among them."""

    bytes: int
    fields: int
    files: bool = False


WORDS: Final = BodyLimit(8_000, 20)
"""What strangers may send: a name, a password, a language."""
FORM: Final = BodyLimit(1024 * 1024, 15_000)
"""A household of a hundred members, every field filled in, has some 10,000."""
WORKBOOK: Final = BodyLimit(30_000_000, 20, files=True)
"""A county's households have about ten million bytes."""

MIN_SECONDS, MIN_BYTES_A_SECOND = 30.0, 50_000
"""Seconds that anybody has, and bytes a second beyond them."""
_IN_MEMORY = 1024 * 1024
_QUICK = 64 * 1024
"""Bytes of a form that are read in some milliseconds; larger ones are read one after the other."""
_FORM = "form"
_ONE_BY_ONE = "application/x-www-form-urlencoded"


@frozen
class Upload:
    """A file that came with a form."""

    name: str
    file: IO[bytes] = field(repr=False)


async def read_form(request: Req) -> FormMultiDict:
    """Return the form of a request; of one without a form, an empty one.

    Raises:
        ClientException: it is no form that can be read.
        HTTPException: too much came (413), or too slowly (408).
    """
    if _FORM not in request.state:
        size: BodyLimit = request.route_handler.opt.get("takes", FORM)
        kind = request.headers.get("content-type", "")
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            async with in_time(request):
                async for piece in request.stream():
                    body.write(piece)
            parsed = sync_to_thread if body.tell() <= _QUICK else FORMS.run
            request.state[_FORM] = await parsed(_parsed, body, kind, size)
    form: FormMultiDict = request.state[_FORM]
    return form


@asynccontextmanager
async def in_time(request: Req) -> AsyncIterator[None]:
    """Wait for what comes with a request no longer than a bad line takes.

    Raises:
        HTTPException: it comes too slowly (408).
    """
    most = request.route_handler.resolve_request_max_body_size() or 0
    try:
        async with asyncio.timeout(MIN_SECONDS + most / MIN_BYTES_A_SECOND):
            yield
    except TimeoutError:
        raise HTTPException(status_code=HTTP_408_REQUEST_TIMEOUT, detail="slow") from None


def _parsed(body: IO[bytes], kind: str, size: BodyLimit) -> FormMultiDict:
    environment = {"wsgi.input": body, "CONTENT_TYPE": kind, "CONTENT_LENGTH": str(body.tell())}
    body.seek(0)
    if kind.startswith(_ONE_BY_ONE) and _more_than(body, size.fields):
        raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE, detail="form")
    limits: dict[str, int] = {"part_limit": size.fields, "memory_limit": size.bytes}
    if not size.files:
        limits["spool_limit"] = size.bytes  # nothing goes to the disk
    try:
        fields, files = parse_form_data(environment, ignore_errors=False, **limits)
    except ParserLimitReached:
        raise HTTPException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE, detail="form") from None
    except (MultipartError, UnicodeError, LookupError):
        raise ClientException from None
    given: list[tuple[str, Any]] = list(fields.iterallitems())
    given += [(name, Upload(part.filename, part.file)) for name, part in files.iterallitems() if part.filename]
    return FormMultiDict(given)


def _more_than(body: IO[bytes], fields: int) -> bool:
    """Return whether a form has more fields than may come; to count them takes a thousandth of reading them."""
    ends = sum(piece.count(b"&") for piece in iter(lambda: body.read(_IN_MEMORY), b""))
    body.seek(0)
    return ends >= fields
