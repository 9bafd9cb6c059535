"""Work done in a process of its own (另一进程): it holds up nobody here, and is stopped where it takes too much.

What a stranger sends, or what takes long, would otherwise hold the interpreter that everybody's pages need, and leave
its memory behind. A process that works for us stays for further calls, and is renewed after some of them.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from queue import SimpleQueue
from threading import Lock, Thread, Timer
from typing import IO, Any, cast
from weakref import finalize

from bangfu.errors import BangfuError

try:
    import resource
except ImportError:  # Windows sets no limits of memory
    resource = None  # type: ignore[assignment]

_BEGIN = (
    "import sys; sys.path[:] = sys.argv[3:]; from bangfu.apart import answer_calls; "
    "answer_calls(sys.argv[1], int(sys.argv[2]))"
)
"""The first words of the process; our own script is not run again there, whether it guards its beginning or not."""

_MEGABYTE = 1_000_000


class ApartError(BangfuError):
    """A call that was not answered; ``cause`` is one of ``time``, ``memory``, ``ended``."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        texts = {"time": "用时太长，已中止", "memory": "需要的内存太多，已中止", "ended": "工作进程意外中止"}
        super().__init__(texts[cause])


class Apart:
    """Calls a function in a process of its own, one call at a time.

    Args:
        function: ``module:name``; the module is loaded there alone. Arguments and result are pickled.
        seconds: that a call may take, the process's own beginning included.
        megabytes: of memory that the process may hold; no limit where the system (Windows) knows none.
        calls: after which the process is renewed, for what it keeps of them grows.
    """

    def __init__(self, function: str, *, seconds: float, megabytes: int, calls: int = 100) -> None:
        self._function, self._seconds, self._megabytes, self._calls = function, seconds, megabytes, calls
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = lambda: None
        self._left = 0

    def __call__(self, *arguments: Any) -> Any:
        """Return what the function returns, or raise what it raises.

        Raises:
            ApartError: it took too long or too much memory, or its process ended.
        """
        with self._lock:
            try:
                good, value = _asked(self._ready(), arguments, self._seconds)
            except BaseException:  # whatever it is at, the next call must not hear its answer
                self._end()
                raise
            self._left -= 1
            if not self._left or isinstance(value, ApartError):
                self._end()
        if not good:
            raise value
        return value

    def close(self) -> None:
        """End the process; the next call begins another."""
        with self._lock:
            self._end()

    def _ready(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            command = [sys.executable, "-c", _BEGIN, self._function, str(self._megabytes), *sys.path]
            process = self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this interpreter
            self._end = finalize(self, _kill, process)  # at our own end at the latest
            self._left = self._calls
        return process


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with suppress(OSError):  # what was not sent any more
        process.communicate()


def _asked(process: subprocess.Popen[bytes], arguments: tuple[Any, ...], seconds: float) -> tuple[bool, Any]:
    calls, answers = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
    with _killed_after(process, seconds) as late:
        try:
            pickle.dump(arguments, calls)
            calls.flush()
            good, value = pickle.load(answers)  # noqa: S301 - what our own function returned
        except (EOFError, OSError, pickle.UnpicklingError):
            raise ApartError("time" if late else "ended") from None
    return good, value


@contextmanager
def _killed_after(process: subprocess.Popen[bytes], seconds: float) -> Iterator[list[bool]]:
    """Kill a process that is not done in time; the list given then says so."""
    late: list[bool] = []

    def kill() -> None:
        late.append(True)
        process.kill()

    timer = Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        if late:
            process.wait()


def answer_calls(function: str, megabytes: int) -> None:
    """Answer the calls that come in on standard input, until whoever sends them is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever began us, who then ends us
    calls: SimpleQueue[tuple[Any, ...]] = SimpleQueue()
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * _MEGABYTE,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory are people's data
    Thread(target=_listen, args=(incoming, calls), daemon=True).start()
    while True:
        outgoing.write(_answer(function, calls.get()))
        outgoing.flush()


def _listen(incoming: IO[bytes], calls: SimpleQueue[tuple[Any, ...]]) -> None:
    """Take calls in; end the process, in the middle of one too, once no more can come."""
    with suppress(EOFError, OSError):
        while True:
            calls.put(pickle.load(incoming))  # noqa: S301 - from whoever began us
    os._exit(0)


def _answer(function: str, arguments: tuple[Any, ...]) -> bytes:
    module, _, name = function.partition(":")
    try:
        return pickle.dumps((True, getattr(import_module(module), name)(*arguments)))
    except MemoryError:
        return pickle.dumps((False, ApartError("memory")))
    except Exception as error:  # noqa: BLE001 - it is raised where the function was called
        return _told(error)


def _told(error: Exception) -> bytes:
    """Return an error as an answer; one that cannot be sent, by its kind alone."""
    try:
        answer = pickle.dumps((False, error))
        pickle.loads(answer)  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever it is made of
        return pickle.dumps((False, RuntimeError(type(error).__name__)))
    return answer
