"""The order of columns: every column that is wanted, behind all that it reads."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.engine.graph import Graph
from bangfu.engine.node import Key, Node, keys_of


def ordered(graph: Graph, wanted: Iterable[Key]) -> tuple[Node, ...]:
    """Return the nodes of some columns and of all they need, each behind those it reads.

    Raises:
        RuleError: a name is unknown, or columns need each other in a circle.
    """
    done: dict[Key, None] = {}
    for key in wanted:
        reference = graph.locate(*key)
        if not reference.parameter:
            _put(graph, reference.key, done, [])
    return tuple(graph.node_of(key) for key in done if key not in graph.base)


def _put(graph: Graph, key: Key, done: dict[Key, None], path: list[Key]) -> None:
    if key in done:
        return
    if key in path:
        raise graph.circle([*path[path.index(key) :], key])
    if key not in graph.base:
        node = graph.node_of(key)
        path.append(key)
        for needed in keys_of((*node.inputs, *node.of_members)):
            _put(graph, needed, done, path)
        path.pop()
    done[key] = None
