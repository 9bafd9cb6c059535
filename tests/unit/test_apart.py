"""Work in a process of its own: answers, errors, limits, and that nothing is left behind."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from bangfu.errors import InputError
from bangfu_office.child_process import Apart, ApartError, Limits

Begun = Callable[..., Callable[..., Any]]


@pytest.fixture
def apart() -> Iterator[Begun]:
    """Give what calls a function of ``calls_apart``, and ends its process afterwards."""
    with ExitStack() as stack:

        def begun(name: str, *, seconds: float = 20, megabytes: int = 500, calls: int = 100) -> Callable[..., Any]:
            made = stack.enter_context(closing(Apart(f"calls_apart:{name}", calls=calls)))
            return partial(made, Limits(seconds, megabytes))

        yield begun


@pytest.fixture
def items() -> Iterator[Begun]:
    """Give what goes through a generator of ``calls_apart``, and ends its process afterwards."""
    with ExitStack() as stack:

        def begun(name: str, *, seconds: float = 20, megabytes: int = 500) -> Callable[..., Any]:
            made = stack.enter_context(closing(Apart(f"calls_apart:{name}")))
            return partial(made.items, Limits(seconds, megabytes))

        yield begun


def test_a_call_may_bring_more_than_the_one_before_could_hold() -> None:
    """The limit of one call is none for what the next one brings."""
    much = bytes(150_000_000)
    with closing(Apart("calls_apart:process_of")) as made:
        _, first = made(Limits(20, 200), "一")
        brought, second = made(Limits(60, 2000), much)
    assert first == second
    assert len(brought) == len(much)


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


def test_a_library_that_gives_up_for_want_of_memory_is_told_as_that(apart: Begun) -> None:
    """As Rust's do: the process is aborted."""
    with pytest.raises(ApartError) as caught:
        apart("aborted")()
    assert caught.value.cause == "memory"


def test_calls_at_once_have_a_process_each(apart: Begun) -> None:
    """Nobody waits for another's; one of the processes stays for the next call."""
    call = apart("process_after")
    with ThreadPoolExecutor(3) as pool:
        at_once = set(pool.map(call, [0.5] * 3))
    assert len(at_once) == 3
    assert call(0) in at_once
    until = time.monotonic() + 10
    while sum(map(psutil.pid_exists, at_once)) > 1 and time.monotonic() < until:
        time.sleep(0.05)
    assert sum(map(psutil.pid_exists, at_once)) == 1


def test_items_come_one_by_one(items: Begun) -> None:
    """All of them, from the same process as the next call's; whoever has enough stops it."""
    counted = items("counted")
    first = list(counted(3))
    assert [number for number, _ in first] == [0, 1, 2]
    (again,) = counted(1)
    assert again[1] == first[0][1]
    with closing(counted(10**9)) as endless:
        assert [number for number, _ in islice(endless, 3)] == [0, 1, 2]
        process = first[0][1]
    assert not psutil.pid_exists(process)


def test_an_error_among_items_comes_after_what_was_given(items: Begun) -> None:
    """With its data."""
    given = items("wrong_after")(2)
    assert [next(given), next(given)] == [0, 1]
    with pytest.raises(InputError):
        next(given)


def test_time_between_items_counts_together() -> None:
    """Items of half a second each are too long for a second and a half; what is done with them here does not count."""
    with closing(Apart("calls_apart:slowly")) as slowly:
        assert list(islice(slowly.items(Limits(20, 500), 0.0), 1)) == [0]
        with pytest.raises(ApartError) as caught, closing(slowly.items(Limits(1.5, 500), 0.5)) as given:
            list(islice(given, 4))
        assert caught.value.cause == "time"
    with closing(Apart("calls_apart:counted")) as counted:
        list(counted.items(Limits(20, 500), 1))
        for _ in counted.items(Limits(1.5, 500), 4):
            time.sleep(0.6)


def test_a_process_that_ends_is_told(apart: Begun) -> None:
    """It is no silence, and no end of the desk."""
    call = apart("gone")
    for _ in range(2):
        with pytest.raises(ApartError, match="意外中止") as caught:
            call()
        assert caught.value.cause == "ended"


def test_a_process_that_cannot_be_begun_is_told(apart: Begun, monkeypatch: pytest.MonkeyPatch) -> None:
    """As that, and not as an error of the function's."""
    monkeypatch.setattr(sys, "executable", "/there/is/no/python")
    with pytest.raises(ApartError) as caught:
        apart("process_of")("一")
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
        "import os, sys\nfrom bangfu_office.child_process import Apart, Limits\n"
        "call = Apart('calls_apart:process_of')\n"
        f"print(call(Limits(20, 500), '一')[1], flush=True)\n{end}\n",
        encoding="utf-8",
    )
    here = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=here)
    other = int(done.stdout)
    until = time.monotonic() + 10
    while psutil.pid_exists(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(other), done.stderr


def test_an_error_is_the_same_after_it_was_sent() -> None:
    """Kind, message and data."""
    error = pickle.loads(pickle.dumps(ApartError("memory")))  # noqa: S301
    assert (type(error), str(error), error.cause) == (ApartError, str(ApartError("memory")), "memory")
