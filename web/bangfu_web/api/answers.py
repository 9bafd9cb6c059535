"""What the API answers, as far as the values of the office and the library do not say it themselves; and refusals.

Every refusal has one shape: what is wrong, and each problem with its place.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict

from attrs import frozen
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.serialization import default_serializer
from litestar.types import Serializer

from bangfu.errors import BangfuError, InputError, Problem
from bangfu_office.access import NotPermittedError, NotThereError
from bangfu_office.households import EntryView, entries_seen
from bangfu_office.kept_assessments import ListedAssessment
from bangfu_office.registry import (
    AlreadyRegisteredError,
    ConflictError,
    Listed,
    Registry,
    RegistryError,
    UnknownHouseholdError,
)
from bangfu_office.sessions import TooManyRequestsError
from bangfu_web.failures import Written, failure_of

PHRASES: Mapping[int, str] = {
    400: "请求无法读取，或查询参数有误",
    401: "请先登录，或给出有效的令牌（Authorization: Bearer …）",
    403: "无权进行这项操作；用浏览器会话修改时须带 x-csrf-token",
    404: "没有这一项，或不在您所管的地区",
    405: "这个地址不接受这种方法",
    409: "与登记库的现状冲突，什么也没有保存",
    408: "传得太慢，没有等到",
    413: "请求太大",
    415: "请求内容应为 application/json",
    422: "内容有误，什么也没有保存",
    429: "请求太多，或错误的令牌太多，请稍后再试",
    500: "服务器内部错误",
    503: "登记库或政策文件暂时不能使用",
    507: "服务器的磁盘写不进去",
}


class JsonAnswer(Response[Any]):
    """An answer in JSON, in which messages are the texts that they are, without a look at how other types are told."""

    def render(self, content: Any, media_type: str, enc_hook: Serializer = default_serializer) -> bytes:
        """Return the answer as bytes."""
        return super().render(content, media_type, lambda v: str(v) if isinstance(v, str) else enc_hook(v))


class ProblemJson(TypedDict):
    """What is wrong: where, what was found, what is expected."""

    path: str
    found: str
    expected: str
    hint: str


class Problems(TypedDict):
    """Everything that is wrong."""

    problems: list[ProblemJson]


class RefusalJson(Problems):
    """Why a request was refused; where the server failed, what was ``written`` before."""

    error: str
    written: NotRequired[Written]


class Conflict(RefusalJson, total=False):
    """What a request is in conflict with: newer changes of a version, or households."""

    version: int
    theirs: list[EntryView]
    households: list[str]


@frozen
class Found:
    """A page of the households that were found."""

    total: int
    page: int
    limit: int
    households: Sequence[Listed]


@frozen
class Assessments:
    """A household's assessments, the newest first."""

    assessments: Sequence[ListedAssessment]


@frozen
class History:
    """What was changed of a household, in order."""

    entries: Sequence[EntryView]


def answer(error: Exception, registry: Registry, written: Written) -> Response[dict[str, Any]]:
    """Return the answer to a request that was refused or went wrong; no message holds personal data.

    Where the server failed it says what was ``written`` before.
    """
    if failure := failure_of(error):
        reason = "；".join([PHRASES[failure.status], *failure.lines])
        return _response(failure.status, reason, headers=failure.headers, written=written)
    match error:
        case HTTPException():
            # What our own readers found; what Litestar adds itself is left out.
            found = [extra for extra in error.extra or () if isinstance(extra, Problem)]
            return _response(error.status_code, "", found, error.headers)
        case TooManyRequestsError():
            return _response(429, error.text, headers={"retry-after": str(error.wait)})
        case NotPermittedError() | NotThereError() | UnknownHouseholdError():
            return _response(403 if isinstance(error, NotPermittedError) else 404)
        case ConflictError():
            return _response(409, str(error), version=error.version, theirs=entries_seen(registry, error.theirs))
        case AlreadyRegisteredError():
            return _response(409, str(error), households=list(error.households))
        case InputError():
            return _response(422, error.text, error.problems)
        case RegistryError():
            return _response(409, str(error))
        case BangfuError():
            return _response(503, written=written)
        case _:
            return _response(500, written=written)


def _response(
    status: int,
    error: str = "",
    problems: Iterable[Problem] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response[dict[str, Any]]:
    content = {"error": error or PHRASES.get(status, str(status)), "problems": problems_as_json(problems), **more}
    known = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004
    return Response(content, status_code=status, headers={**known, **(headers or {})})


def problems_as_json(problems: Iterable[Problem]) -> list[ProblemJson]:
    """Return problems as data."""
    return [{"path": p.path, "found": p.found, "expected": p.expected, "hint": p.hint} for p in problems]
