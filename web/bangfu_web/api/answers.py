"""What the API answers, as far as the values of the office and the library do not say it themselves."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from attrs import frozen

from bangfu_office.households import EntryView
from bangfu_office.kept_assessments import ListedAssessment
from bangfu_office.registry import Listed
from bangfu_web.failures import Written


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
