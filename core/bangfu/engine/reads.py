"""What a programme's rules read (所用事实): the facts behind its criteria and amounts, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bangfu.engine.graph import Graph
from bangfu.engine.node import Reference, keys_of
from bangfu.engine.ruleset import Ruleset
from bangfu.facts.declare import PRESUMED, STATED


@lru_cache(maxsize=256)
def facts_read(ruleset: Ruleset, programme: str) -> frozenset[str]:
    """Return the facts that the criteria and amounts of a programme's own rules read.

    Categories are worked out from most of what is known; what is determined (``determination``) ends the search.
    """
    found: set[str] = set()
    for bound in ruleset.benefits:
        if bound.programme == programme:
            columns = [c.status for c in bound.criteria] + [c for c in (bound.amount, *bound.benefit.shows) if c]
            for column in columns:
                found.update(_below(ruleset.graph, ruleset.graph.locate(bound.benefit.for_, column), set()))
    return frozenset(found)


def _below(graph: Graph, reference: Reference, seen: set[tuple[str, str]]) -> Iterator[str]:
    key = (reference.level.value, reference.name)
    node = graph.node(reference)
    if key in seen or reference.parameter or (node is not None and node.determination):
        return
    seen.add(key)
    fact = graph.catalog.by_column.get(reference.name.removeprefix(STATED).removeprefix(PRESUMED))
    if fact is not None:
        yield fact.name
    for level, name in keys_of(node.inputs) if node is not None else ():
        yield from _below(graph, graph.locate(level, name), seen)
