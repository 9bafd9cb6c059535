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
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from queue import Queue, SimpleQueue
from threading import Lock, Thread, Timer
from typing import IO, Any, cast
from weakref import finalize

from attrs import define, frozen

from bangfu.errors import BangfuError
from bangfu.messages import _

try:
    import resource
except ImportError:  # Windows sets no limits of memory
    resource = None  # type: ignore[assignment]

_BEGIN = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from bangfu_office.child_process import answer_calls; answer_calls(sys.argv[1])"
)
"""The first words of the process; our own script is not run again there, whether it guards its beginning or not."""

_BEHIND = 5
_AHEAD = 100
"""Items that the process may be ahead of whoever takes them in."""
_MEGABYTE = 1_000_000
_ITEM, _RESULT, _ERROR = "item", "result", "error"
"""What an answer is: one of many, the last, or what was raised instead."""


class ApartError(BangfuError):
    """A call that was not answered; ``cause`` is one of ``time``, ``memory``, ``ended``."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        texts = {"time": _("用时太长，已中止"), "memory": _("需要的内存太多，已中止"), "ended": _("工作进程意外中止")}
        super().__init__(texts[cause])


@frozen
class Limits:
    """What a call may take.

    ``seconds`` of waiting for it, the beginning of its process included; ``megabytes`` that the process may hold, where
    the system can be told so (Windows cannot).
    """

    seconds: float
    megabytes: int


class Apart:
    """Calls a function in a process of its own, or in several where calls come at once; one of them stays.

    Args:
        function: ``module:name``; the module is loaded there alone. Arguments and results are pickled.
        calls: after which a process is renewed, for what it keeps of them grows.
    """

    def __init__(self, function: str, *, calls: int = 100) -> None:
        self._function, self._calls = function, calls
        self._lock = Lock()
        self._idle: list[_Helper] = []

    def __call__(self, limits: Limits, *arguments: Any) -> Any:
        """Return what the function returns, or raise what it raises.

        Raises:
            ApartError: it took too long or too much memory, or its process ended.
        """
        *_, (_, result) = self._answers(limits, arguments)
        return result

    def items(self, limits: Limits, *arguments: Any) -> Generator[Any, None, None]:
        """Yield what the function, a generator, yields, or raise what it raises; whoever stops early ends it.

        Raises:
            ApartError: it took too long or too much memory, or its process ended.
        """
        with closing(self._answers(limits, arguments)) as answers:
            yield from (value for kind, value in answers if kind == _ITEM)

    def close(self) -> None:
        """End the process that waits for calls; the next call begins another."""
        with self._lock:
            idle, self._idle = self._idle, []
        for helper in idle:
            helper.end()

    def _answers(self, limits: Limits, arguments: tuple[Any, ...]) -> Generator[tuple[str, Any], None, None]:
        with self._lock:
            helper = self._idle.pop() if self._idle else None
        if helper is None or helper.process.poll() is not None:
            helper = _Helper.begun(self._function, self._calls)
        value: Any = None
        kind = ""
        try:
            for kind, value in helper.answers(limits, arguments):
                if kind != _ERROR:
                    yield kind, value
        except BaseException:  # whatever it is at, the next call must not hear its answer
            helper.end()
            raise
        with self._lock:
            stays = helper.left > 0 and not isinstance(value, ApartError) and not self._idle
            if stays:
                self._idle.append(helper)
        if not stays:
            helper.end()
        if kind == _ERROR:
            raise value


@define(eq=False)
class _Helper:
    """A process that answers calls, and how many it still will."""

    process: subprocess.Popen[bytes]
    left: int
    end: Callable[[], object]
    """Ends the process; done at our own end at the latest."""

    @classmethod
    def begun(cls, function: str, calls: int) -> _Helper:
        command = [sys.executable, "-c", _BEGIN, function, *sys.path]
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - this interpreter
        except OSError:  # no error of the function's, which may raise one too
            raise ApartError("ended") from None
        helper = cls(process, calls, lambda: None)
        helper.end = finalize(helper, _kill, process)
        return helper

    def answers(self, limits: Limits, arguments: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
        """Yield each item, then the result or the error."""
        calls, answers = cast("tuple[IO[bytes], IO[bytes]]", (self.process.stdin, self.process.stdout))
        self.left -= 1
        left, kind, asked = limits.seconds, _ITEM, False
        while kind == _ITEM:
            began = time.monotonic()
            with _killed_after(self.process, max(0.0, left)) as late:
                try:
                    if not asked:  # within the time too: a process that does not begin takes nothing in
                        pickle.dump((limits.megabytes, arguments), calls)
                        calls.flush()
                        asked = True
                    kind, value = pickle.load(answers)  # noqa: S301 - what our own function gave
                except (EOFError, OSError, pickle.UnpicklingError):
                    if late:
                        raise ApartError("time") from None
                    # A library that gets no memory where it cannot go on without ends the process itself.
                    raise ApartError("memory" if self.process.wait() == -signal.SIGABRT else "ended") from None
            left -= time.monotonic() - began
            yield kind, value


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    with suppress(OSError, ValueError):  # what was not sent any more
        process.communicate()


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


def answer_calls(function: str) -> None:
    """Answer the calls that come in on standard input, until whoever sends them is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever began us, who then ends us
    calls: SimpleQueue[tuple[int, tuple[Any, ...]]] = SimpleQueue()
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    Thread(target=_listen, args=(incoming, calls), daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_BEHIND)  # whoever waits for a page comes first
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory are people's data
    answers: Queue[bytes] = Queue(_AHEAD)
    Thread(target=_send, args=(outgoing, answers), daemon=True).start()
    while True:
        megabytes, arguments = calls.get()
        for kind, value in _answered(function, megabytes, arguments):
            answers.put(_pickled(kind, value))


def _send(outgoing: IO[bytes], answers: Queue[bytes]) -> None:
    """Send what the function has given while it goes on; whoever asked may take longer over it."""
    try:
        while True:
            outgoing.write(answers.get())
            outgoing.flush()
    finally:  # nobody listens any more, or there is no memory left even for that: who asked is told by the end
        os._exit(0)


def _listen(incoming: IO[bytes], calls: SimpleQueue[tuple[int, tuple[Any, ...]]]) -> None:
    """Take calls in; end the process, in the middle of one too, once no more can come."""
    with suppress(EOFError, OSError):
        while True:
            calls.put(pickle.load(incoming))  # noqa: S301 - from whoever began us
    os._exit(0)


def _answered(function: str, megabytes: int, arguments: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    module, _, name = function.partition(":")
    last: tuple[str, Any]
    try:
        _limit(megabytes)
        result = getattr(import_module(module), name)(*arguments)
        if isinstance(result, Generator):
            for item in result:
                yield _ITEM, item
            result = None
        last = _RESULT, result
    except MemoryError:
        last = _ERROR, ApartError("memory")
    except Exception as error:  # noqa: BLE001 - it is raised where the function was called
        last = _ERROR, error
    _limit(None)  # of this call; what the next one brings may be much
    yield last


def _limit(megabytes: int | None) -> None:
    """Limit the memory of this process, or end the limit (None)."""
    if resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = hard if megabytes is None else megabytes * _MEGABYTE
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _pickled(kind: str, value: Any) -> bytes:
    """Return an answer as it is sent; an error that cannot be sent, by its kind alone."""
    try:
        sent = pickle.dumps((kind, value))
        if kind == _ERROR:
            pickle.loads(sent)  # noqa: S301 - our own
    except Exception:  # noqa: BLE001 - whatever it is made of
        return pickle.dumps((_ERROR, RuntimeError(type(value).__name__)))
    return sent
