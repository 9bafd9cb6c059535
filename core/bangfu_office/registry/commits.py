"""What was written before something failed: transactions that were committed, counted for whoever has to tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from attrs import define


@define
class Commits:
    """How many transactions were committed; ``unknown``: of one more nobody knows, for the answer got lost."""

    number: int = 0
    unknown: bool = False


_counted: ContextVar[Commits | None] = ContextVar("commits", default=None)


@contextmanager
def counting_commits() -> Iterator[Commits]:
    """Count what is committed in here, in threads that are begun with this context too."""
    commits = Commits()
    before = _counted.set(commits)
    try:
        yield commits
    finally:
        _counted.reset(before)


def count_commit(*, unknown: bool = False) -> None:
    """Count a transaction that was committed, or of which that is unknown."""
    if (commits := _counted.get()) is None:
        return
    if unknown:
        commits.unknown = True
    else:
        commits.number += 1
