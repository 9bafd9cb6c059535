"""One user's requests take turns; the others' do not wait for them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from litestar.exceptions import TooManyRequestsException

from bangfu_web.work_queues import AT_ONCE, MAX_WAITING, Turns


def test_one_users_requests_wait_for_each_other_alone() -> None:
    """Two are worked at; the third waits; somebody else's is worked at at once."""

    async def busy() -> list[str]:
        turns, over, begun = Turns(), asyncio.Event(), []

        async def ask(whose: str) -> None:
            async with turns.of(whose):
                begun.append(whose)
                await over.wait()

        asked = [asyncio.create_task(ask(whose)) for whose in ("甲", "甲", "甲", "甲", "乙")]
        await asyncio.sleep(0.01)
        before = list(begun)
        over.set()
        await asyncio.gather(*asked)
        assert begun == ["甲", "甲", "乙", "甲", "甲"]
        assert turns == Turns(), "whose requests are over is forgotten"
        return before

    assert (AT_ONCE, asyncio.run(busy())) == (2, ["甲", "甲", "乙"])


def test_so_many_may_wait_and_no_more() -> None:
    """Whoever asks for more hears so, and is let in again when some are done; one that breaks off frees its place."""

    async def crowd() -> None:
        turns, over = Turns(), asyncio.Event()

        async def ask() -> None:
            async with turns.of("甲"):
                await over.wait()

        asked = [asyncio.create_task(ask()) for _ in range(AT_ONCE + MAX_WAITING)]
        await asyncio.sleep(0.01)
        with pytest.raises(TooManyRequestsException) as refused:
            await ask()
        assert refused.value.headers == {"retry-after": "10"}
        assert asked[-1].cancel()
        await asyncio.sleep(0.01)
        again = asyncio.create_task(ask())
        await asyncio.sleep(0.01)
        assert not again.done()
        over.set()
        await asyncio.gather(again, *asked[:-1])
        assert turns == Turns()

    asyncio.run(crowd())


def test_turns_are_taken_over_from_one_event_loop_to_another() -> None:
    """An application may be asked from several, each in a thread of its own; nobody is left waiting."""
    turns, done = Turns(), []

    def ask(number: int) -> None:
        async def asked() -> None:
            async with turns.of("甲"):
                await asyncio.sleep(0.01)
                done.append(number)

        asyncio.run(asyncio.wait_for(asked(), 20))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(ask, range(6)))
    assert sorted(done) == list(range(6))
    assert turns == Turns()
