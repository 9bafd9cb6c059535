"""Who does the parts (由谁来做): this process, a pool of processes, or a Dask cluster; the results are the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, parent_process
from threading import Thread

from bangfu.screen.part import Orders, RunPart, ScreenError, screen_part

_THREADS = "POLARS_MAX_THREADS"
_AT_ONCE = 4
"""Parts in work at once, unless more processes are asked for: each takes memory."""
_WORTH = 8
"""Parts below which processes take longer to begin than they save."""
_TRIES = 3
"""How often a pool that lost a process is set up again without a part done in between."""
_PATIENCE = 10
"""Seconds that a scheduler has to answer, and to have a worker."""


def at_once() -> int:
    """Return how many parts are in work at once: of one process in threads, or in a process each."""
    return min(_AT_ONCE, os.cpu_count() or 1)


def work(parts: Sequence[RunPart], orders: Orders) -> Iterator[int]:
    """Screen parts; yield the place of each that is done.

    Raises:
        ScreenError: a part could not be screened, processes die again and again, or there is no cluster as asked for.
    """
    options = orders.options
    if options.cluster is not None:
        return on_cluster(parts, orders, options.cluster)
    workers = min(options.workers or (at_once() if len(parts) > _WORTH else 1), len(parts))
    if workers > 1:
        return _in_pool(parts, orders, workers)
    return _done(ThreadPoolExecutor(options.workers or at_once()), parts, orders)


def _in_pool(parts: Sequence[RunPart], orders: Orders, workers: int) -> Iterator[int]:
    """Screen parts in so many processes; one that dies takes its parts with it, and they are begun again."""
    left = {part.place: part for part in parts}
    tries = 0
    while left:
        # Each process has its share of the cores; Polars reads this when it is first used there.
        with _threads(max(1, (os.cpu_count() or 1) // workers)):
            try:
                pool = ProcessPoolExecutor(workers, get_context("spawn"), _with_its_parent)
                for place in _done(pool, list(left.values()), orders):
                    del left[place]
                    tries = 0
                    yield place
            except BrokenProcessPool:
                tries += 1
                if tries == _TRIES:
                    raise ScreenError("工作进程一再中止，可能是内存不足；请减少 --workers 或 --chunk 后再试") from None


def _with_its_parent() -> None:
    """Let this process end when the one that began it has, however that ended; only that one hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _done(pool: Executor, parts: Sequence[RunPart], orders: Orders) -> Iterator[int]:
    with pool:
        doing = {pool.submit(screen_part, part, orders) for part in parts}
        try:
            for done in as_completed(doing):
                yield done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _threads(number: int) -> Iterator[None]:
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = str(number)
    try:
        yield
    finally:
        del os.environ[_THREADS]
        os.environ |= {} if before is None else {_THREADS: before}


def on_cluster(parts: Sequence[RunPart], orders: Orders, address: str) -> Iterator[int]:
    """Screen parts on the Dask cluster of a scheduler; yield the place of each that is done.

    All its workers see the input and the output under the same paths. What a lost worker had begun, others
    begin again.

    Raises:
        ScreenError: Dask is not installed, nobody answers at the address, or a part could not be screened.
    """
    try:
        distributed = import_module("distributed")
    except ModuleNotFoundError as error:
        raise ScreenError(f"没有安装 {error.name}；请 pip install 'bangfu[cluster]'") from None
    try:
        client = distributed.Client(address, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        reason = f"连不上 {address} 的 Dask 调度器（{type(error).__name__}）；地址应形如 tcp://10.0.0.1:8786"
        raise ScreenError(reason) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError:
            raise ScreenError(f"{address} 的调度器没有工作进程；请先启动 dask worker {address}") from None
        futures = client.map(screen_part, parts, orders=orders, pure=False)
        try:
            for future in distributed.as_completed(futures):
                yield future.result()
                future.release()  # what is on disk need not be kept by a worker that may be lost
        except distributed.KilledWorker:
            raise ScreenError("集群的工作进程一再中止，可能是内存不足；请减少 --chunk 后再试") from None
        finally:
            client.cancel(futures)
