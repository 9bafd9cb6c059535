"""Work in a process of its own: answers, errors, limits, and that nothing is left behind."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from bangfu.apart import Apart, ApartError
from bangfu.errors import InputError

Begun = Callable[..., Apart]


@pytest.fixture
def apart() -> Iterator[Begun]:
    """Give what calls a function of ``calls_apart``, and ends its process afterwards."""
    with ExitStack() as stack:

        def begun(name: str, *, seconds: float = 20, megabytes: int = 500, calls: int = 100) -> Apart:
            made = Apart(f"calls_apart:{name}", seconds=seconds, megabytes=megabytes, calls=calls)
            return stack.enter_context(closing(made))

        yield begun


def test_a_process_answers_until_it_is_renewed(apart: Begun) -> None:
    """Two calls to a process, the third to another."""
    call = apart("process_of", calls=2)
    answers = [call(word) for word in ("一", "二", "三")]
    assert [word for word, _ in answers] == ["一", "二", "三"]
    first, second, third = (process for _, process in answers)
    assert first == second != third
    assert not psutil.pid_exists(first)


def test_what_takes_too_long_is_ended(apart: Begun) -> None:
    """After its seconds, though it holds the interpreter; another call is answered again."""
    began = time.monotonic()
    with pytest.raises(ApartError, match="用时太长") as caught:
        apart("too_long", seconds=1)()
    assert caught.value.cause == "time"
    assert time.monotonic() - began < 10
    call = apart("process_of", seconds=20)
    assert call("又")[0] == "又"


@pytest.mark.skipif(sys.platform == "win32", reason="knows no limits of memory")
def test_what_takes_too_much_memory_is_ended(apart: Begun) -> None:
    """What fits is answered; what does not is told, and the next call has all of it again."""
    call = apart("too_much", megabytes=500)
    assert call(100) == 100_000_000
    with pytest.raises(ApartError, match="内存太多") as caught:
        call(1_000)
    assert caught.value.cause == "memory"
    assert call(100) == 100_000_000


def test_a_process_that_ends_is_told(apart: Begun) -> None:
    """It is no silence, and no end of the desk."""
    call = apart("gone")
    for _ in range(2):
        with pytest.raises(ApartError, match="意外中止") as caught:
            call()
        assert caught.value.cause == "ended"


def test_a_process_killed_between_two_calls_is_begun_again(apart: Begun) -> None:
    """As by a system that is short of memory."""
    call = apart("process_of")
    _, first = call("一")
    psutil.Process(first).kill()
    psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=10)
    assert call("二")[1] != first


def test_errors_come_back_with_their_data(apart: Begun) -> None:
    """As if they were raised here."""
    with pytest.raises(InputError, match=r"户\.toml：1 处错误") as caught:
        apart("wrong")()
    assert caught.value.source == "户.toml"
    assert [(one.path, one.hint) for one in caught.value.problems] == [("member[1].age", "改正")]


def test_an_error_that_cannot_be_sent_is_told_by_its_kind(apart: Begun) -> None:
    """Its message is left behind."""
    with pytest.raises(RuntimeError, match=r"^OddError$"):
        apart("odd")()


def test_what_is_printed_is_no_answer(apart: Begun, capfd: pytest.CaptureFixture[str]) -> None:
    """It goes where errors go."""
    assert apart("talkative")() == "said"
    printed = capfd.readouterr()
    assert "from beneath" in printed.err
    assert not printed.out


def test_a_function_that_is_not_there(apart: Begun) -> None:
    """Is told as Python tells it."""
    with pytest.raises(AttributeError, match="nothing"):
        apart("nothing")()


@pytest.mark.parametrize("end", ["sys.exit()", "os.kill(os.getpid(), 9)"])
def test_no_process_outlives_its_caller(end: str, tmp_path: Path) -> None:
    """A script without a guard is not run twice, and however it ends, its process ends too."""
    script = tmp_path / "script.py"
    script.write_text(
        "import os, sys\nfrom bangfu.apart import Apart\n"
        "call = Apart('calls_apart:process_of', seconds=20, megabytes=500)\n"
        f"print(call('一')[1], flush=True)\n{end}\n",
        encoding="utf-8",
    )
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tests)}
    )
    other = int(done.stdout)
    until = time.monotonic() + 10
    while psutil.pid_exists(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(other), done.stderr


def test_an_error_is_the_same_after_it_was_sent() -> None:
    """Kind, message and data."""
    error = pickle.loads(pickle.dumps(ApartError("memory")))  # noqa: S301
    assert (type(error), str(error), error.cause) == (ApartError, str(ApartError("memory")), "memory")
