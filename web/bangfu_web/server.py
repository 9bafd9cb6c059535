"""The server beneath the desk: the address it listens at, its processes, and who connects and says nothing.

The address is taken before anything else is done, and whoever started the server hears once it answers there; it ends
tidily. The server itself waits without end for a question that never comes whole, and knows no number of connections
but that of the system's files, beyond which nobody gets in: here such a one is not waited for, and keeps nobody out.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors import Multiprocess

from bangfu.errors import BangfuError
from bangfu.messages import _

try:
    import resource
except ImportError:  # Windows counts no files
    resource = None  # type: ignore[assignment]

HEADER_TIMEOUT = 20.0
"""Seconds in which the head of a request must have come, from its connection or from its first byte on."""
MAX_CONNECTIONS = 4_000
"""Connections at once, of each worker; fewer where the system lets it open fewer files."""
_OWN_FILES = 200
"""Files that the desk opens itself: database, workbooks, its other processes."""
_WAITING = 2048
"""Connections that may wait until they are taken, as uvicorn's own sockets let them."""
_LONGEST_START = 120
"""Seconds until several workers count as slow rather than about to start."""
_FREE_FOR_ALL, _LAST, _USUAL = 1024, 65535, 8420
"""The first port that needs no permission, the last there is, and the desk's usual one."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a socket says that listens everywhere


class AddressError(BangfuError):
    """The desk cannot listen at an address."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address; port 0 takes a free one.

    Raises:
        AddressError: the port is taken or not for us, or the address is none of this machine's.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise AddressError(_("--host 的地址 {host} 不认识；应为本机的地址，如 127.0.0.1", host=host)) from None
    taken = socket.socket(family, kind, protocol)
    try:
        # On Windows, REUSEADDR would share the port with whoever has it; elsewhere it is what lets a desk start again.
        exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR if exclusive is None else exclusive, 1)
        taken.bind(address)
        taken.listen(_WAITING)
    except OSError as error:
        taken.close()
        raise AddressError(_why(host, port, error)) from None
    taken.set_inheritable(True)  # several workers share it
    return taken


def _why(host: str, port: int, error: OSError) -> str:
    at = {"host": host, "port": port, "another": port + 1 if _FREE_FOR_ALL <= port < _LAST else _USUAL}
    if error.errno in {errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)}:
        return _("端口 {port} 已被占用，可能是另一个工作台；请先停下它，或换一个端口，如 --port {another}", **at)
    if error.errno in {errno.EACCES, errno.EPERM}:
        if port >= _FREE_FOR_ALL:  # Windows says so of ports that it, or another program, keeps for itself
            return _("端口 {port} 不能使用，系统留作他用，或已被别的程序独占；请换一个端口，如 --port {another}", **at)
        return _("没有权限使用端口 {port}；请换一个 1024 以上的端口，如 --port {another}", **at)
    if error.errno == errno.EADDRNOTAVAIL:
        return _("--host 的地址 {host} 不是本机的；应为本机的地址，如 127.0.0.1", **at)
    why = os.strerror(error.errno or 0)
    return _("不能在 {host} 的端口 {port} 上监听：{strerror}；请换 --host 或 --port", **at, strerror=why)


def url_of(listener: socket.socket, host: str) -> str:
    """Return how a browser on this machine reaches a socket that listens at a host.

    Every address of the machine (0.0.0.0, ::) is none that a browser can open: its own stands for them.
    """
    host = _EVERYWHERE.get(listener.getsockname()[0], host)
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"


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


def run(config: uvicorn.Config, listener: socket.socket, started: Callable[[], None]) -> None:
    """Serve in this process, or in several, until it is stopped; call ``started`` once one answers.

    Raises:
        SystemExit: with 1, the application did not start; in another worker it would fail alike.
    """
    if config.workers > 1:
        workers = _Workers(config, listener, started)
        workers.run()
        if any(worker.exitcode == STARTUP_FAILURE for worker in workers.processes):
            sys.exit(1)
        return
    try:
        _Server(config, started).run(sockets=[listener])
    except SystemExit:  # uvicorn's own codes mean nothing to whoever calls a command
        sys.exit(1)


_silent: dict[Connection, asyncio.TimerHandle] = {}
"""Connections of which the head of a request is awaited, the oldest first, and what ends them."""


def connection_limit() -> int:
    """Return how many connections there may be, and let the system open as many files as it ever would."""
    if resource is None:
        return MAX_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(1, soft - _OWN_FILES)
    return MAX_CONNECTIONS


class Connection(H11Protocol):
    """A browser's connection; of those that are silent the oldest makes room for a new one."""

    limit = MAX_CONNECTIONS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > self.limit:
            next(iter(_silent), self).end()
        self._start_timer()

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        if not self._in_request():
            self._start_timer()
        super().data_received(data)
        if self._in_request():
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def end(self) -> None:
        """Cut the connection off."""
        self._stop_timer()
        self.transport.abort()

    def _in_request(self) -> bool:
        """Return whether a request is being answered or taken in."""
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _start_timer(self) -> None:
        if self not in _silent and not self.transport.is_closing():
            _silent[self] = self.loop.call_later(HEADER_TIMEOUT, self.end)

    def _stop_timer(self) -> None:
        if timer := _silent.pop(self, None):
            timer.cancel()
