"""Progress bars on standard error, for whoever watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click


def _silent(_what: str, _done: int, _of: int) -> None:
    """Show nothing."""


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that is told of each thing done (what, how much, of how much) and shows it as a bar.

    Where standard error is no terminal, nothing is shown.
    """
    if not sys.stderr.isatty():
        yield _silent
        return
    with ExitStack() as stack:
        shown: dict[str, Any] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in shown:
                stack.close()
                shown[what] = stack.enter_context(
                    click.progressbar(length=of, label=what, file=sys.stderr, show_pos=True)
                )
            shown[what].update(done - shown[what].pos)

        yield progress
