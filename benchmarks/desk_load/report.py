"""The benchmark's tables in Markdown."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from peer.report import table

from .load import Answer, Fault, Load
from .watch import Sample, growth

_PARTS = 10
_FIGURES: Mapping[str, Callable[[Sample], float]] = {
    "threads": lambda sample: sample.threads,
    "memory, MB": lambda sample: sample.memory,
    "peak memory, MB": lambda sample: sample.peak,
    "open files": lambda sample: sample.files,
}


def _share(times: Sequence[float], share: float) -> float:
    """Return the time that so great a share of the requests took at most (the nearest rank, rounded up)."""
    return times[min(len(times) - 1, int(len(times) * share))]


def one_at_a_time(loads: Mapping[str, Mapping[str, Load]]) -> str:
    """Return the table of requests one after the other, by server and kind."""
    head = ["one request at a time", "requests", "median, ms", "95 %, ms", "99 %, ms", "most, ms", "server's CPU, ms", "errors"]  # fmt: skip # noqa: E501
    return table(
        head,
        (
            [
                f"{server}: {kind}",
                str(len(load.answers)),
                f"{statistics.median(load.times()):.1f}",
                f"{_share(load.times(), 0.95):.1f}",
                f"{_share(load.times(), 0.99):.1f}",
                f"{load.times()[-1]:.1f}",
                f"{load.cpu / len(load.answers) * 1000:.1f}",
                str(load.errors),
            ]
            for server, of_server in loads.items()
            for kind, load in of_server.items()
        ),
    )


def at_once(loads: Mapping[str, Load], connections: int, seconds: float) -> str:
    """Return the table of many connections at once, by server: each kind, then all together."""
    head = [
        f"{connections} connections, {seconds:.0f} s", "requests", "requests/s", "median, ms", "99 %, ms", "most, ms",
        "errors", "longest silence, s",
    ]  # fmt: skip
    return table(head, (row for server, load in loads.items() for row in _rows(server, load)))


def _rows(server: str, load: Load) -> Iterator[list[str]]:
    kinds = load.kinds
    for kind in kinds:
        answers = [answer for answer in load.answers if answer.kind == kind]
        yield [f"{server}: {kind}", *_row(answers, load.times(kind), load.seconds), ""]
    if len(kinds) > 1:
        yield [f"**{server}: all**", *_row(load.answers, load.times(), load.seconds), f"{load.silence:.2f}"]


def _row(answers: Sequence[Answer], times: Sequence[float], seconds: float) -> list[str]:
    return [
        f"{len(answers):,}",
        f"{len(answers) / seconds:.1f}",
        f"{statistics.median(times):.0f}",
        f"{_share(times, 0.99):.0f}",
        f"{times[-1]:.0f}",
        str(sum(answer.fault is not None for answer in answers)),
    ]


def faults(load: Load) -> str:
    """Return how many answers of a load were wrong in each way, and of which requests."""
    told = []
    for fault in Fault:
        kinds = Counter(answer.kind for answer in load.answers if answer.fault is fault)
        named = ", ".join(f"{count} of {kind}" for kind, count in kinds.most_common())
        told.append(f"{fault.value}: {named or 'none'}")
    return "; ".join(told)


def course(name: str, samples: Sequence[Sample]) -> str:
    """Return the table of how a server was from the start to the end, and whether it still grew in the second half."""
    size = max(1, len(samples) // _PARTS)
    parts = [samples[i * size : (i + 1) * size] or samples[-1:] for i in range(_PARTS)]
    middle = len(samples) // 2
    halves = (samples[:middle] or samples, samples[middle:])
    head = [
        name, "start", *(f"{100 * (i + 1) // _PARTS} %" for i in range(_PARTS)), "end", "most, 1st half",
        "most, 2nd half", "growth an hour, 2nd half",
    ]  # fmt: skip

    def row(label: str, of: Callable[[Sample], float]) -> list[str]:
        means = (statistics.mean(map(of, part)) for part in parts)
        most = (max(map(of, half)) for half in halves)
        figures = (of(samples[0]), *means, of(samples[-1]), *most)
        return [label, *(f"{figure:.0f}" for figure in figures), f"{growth(samples, of):+.1f}"]

    return table(head, (row(label, of) for label, of in _FIGURES.items()))
