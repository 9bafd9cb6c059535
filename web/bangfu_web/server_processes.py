"""The server in this process or in several: whoever started it hears once it answers, and it ends tidily."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

_LONGEST_START = 120
"""Seconds until several workers count as slow rather than about to start."""


class _ToldToEnd(BaseException):
    """Somebody ended the process."""


@contextmanager
def clean_exit() -> Iterator[None]:
    """Let a process that is told to end (SIGTERM, or its terminal is gone) first leave this, then end as it would.

    What stands around it, such as a folder that is thrown away at the end, is so tidied up. In a thread other than the
    main one nothing can be told to it, and nothing is changed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        for kind in before:
            signal.signal(kind, signal.SIG_IGN)  # being tidied up is not to be disturbed
        raise _ToldToEnd

    before = {signal.SIGTERM: signal.signal(signal.SIGTERM, end)}
    if hasattr(signal, "SIGHUP"):  # Windows knows no terminal that is gone
        before[signal.SIGHUP] = signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    told = False
    try:
        yield
    except _ToldToEnd:
        told = True
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    if told:
        signal.raise_signal(signal.SIGTERM)


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, and say so."""
        await super().startup(sockets=sockets)
        self._tell()


class _Workers(Multiprocess):
    """Worker processes that share a socket; the first that answers is enough to say so."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, started: Callable[[], None]) -> None:
        super().__init__(config, sockets=[listener])
        self._tell = started

    def init_processes(self) -> None:
        """Start the workers, and say when one of them answers."""
        super().init_processes()
        if self.processes[0].wait_until_ready(_LONGEST_START, self.should_exit):
            self._tell()

    def handle_hup(self) -> None:
        """End as one process does whose terminal is gone, and start no workers again."""
        self.should_exit.set()


def run_here(config: uvicorn.Config, listener: socket.socket, started: Callable[[], None]) -> None:
    """Serve in this process until it is stopped; call ``started`` once it answers.

    Raises:
        SystemExit: with 1, the application did not start.
    """
    try:
        _Server(config, started).run(sockets=[listener])
    except SystemExit:  # uvicorn's own codes mean nothing to whoever calls a command
        sys.exit(1)


def run_workers(config: uvicorn.Config, listener: socket.socket, started: Callable[[], None]) -> None:
    """Serve in several processes until this one is stopped; call ``started`` once one of them answers.

    Raises:
        SystemExit: with 1, a worker could not start; another would fail alike.
    """
    workers = _Workers(config, listener, started)
    workers.run()
    if any(worker.exitcode == STARTUP_FAILURE for worker in workers.processes):
        sys.exit(1)
