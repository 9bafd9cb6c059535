"""What takes long waits in a queue of its own."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from threading import Event, current_thread

import pytest
from litestar.exceptions import TooManyRequestsException

from bangfu_web.work_queues import WorkQueue

LANGUAGE: ContextVar[str] = ContextVar("language", default="zh")


def test_work_is_done_a_few_at_a_time_in_the_order_it_came() -> None:
    """By the queue's own threads, one after the other where one is worked at."""
    queue, done = WorkQueue("one", workers=1, max_waiting=10), []

    def work(number: int) -> str:
        done.append(number)
        return current_thread().name

    async def all_of_it() -> list[str]:
        return await asyncio.gather(*(queue.run(work, number) for number in range(5)))

    threads = asyncio.run(all_of_it())
    assert done == [0, 1, 2, 3, 4]
    assert {name.rpartition("_")[0] for name in threads} == {"one"}


def test_a_line_has_an_end_and_frees_its_places() -> None:
    """One is worked at and two wait; the fourth is sent away, and may come again when one is done."""
    queue, go = WorkQueue("short", workers=1, max_waiting=2), Event()

    async def crowd() -> list[object]:
        waiting = [asyncio.create_task(queue.run(go.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyRequestsException) as caught:
            await queue.run(go.wait)
        assert caught.value.headers == {"retry-after": "10"}
        go.set()
        return [*await asyncio.gather(*waiting), await queue.run(go.wait)]

    assert asyncio.run(crowd()) == [True] * 4


def test_an_error_frees_its_place_too() -> None:
    """It is raised where the work was asked for."""
    queue = WorkQueue("error", workers=1, max_waiting=0)

    def fail() -> None:
        raise KeyError("x")

    async def twice() -> None:
        for _ in range(3):
            with pytest.raises(KeyError):
                await queue.run(fail)

    asyncio.run(twice())


def test_work_knows_whom_it_is_for() -> None:
    """What is known of the request, such as its language, goes along."""

    async def in_english() -> str:
        LANGUAGE.set("en")
        return await WorkQueue("language", workers=1, max_waiting=0).run(LANGUAGE.get)

    assert asyncio.run(in_english()) == "en"
