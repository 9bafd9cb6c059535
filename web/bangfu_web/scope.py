"""What a department officer sees: the facts that his or her programme works with, and its supports alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bangfu import clock
from bangfu.engine import Ruleset
from bangfu.engine.graph import Graph, Reference
from bangfu.facts.declare import PRESUMED, STATED
from bangfu.registry import Record
from bangfu.registry.users import Role
from bangfu_web.desk import Visit

_ALWAYS = frozenset({"region", "residence", "name", "relation"})


def own_programme(visit: Visit) -> str | None:
    """Return the programme whose supports alone the user sees; None for all of them."""
    return visit.user.programme if visit.user.role is Role.OFFICER else None


def visible_facts(visit: Visit, record: Record) -> frozenset[str] | None:
    """Return the facts the user may see of a household; None for all of them."""
    programme = own_programme(visit)
    if programme is None:
        return None
    ruleset = visit.desk.rulebook.rules(str(record.facts["region"]), clock.today())
    return _facts_of(ruleset, programme)


@lru_cache(maxsize=256)
def _facts_of(ruleset: Ruleset, programme: str) -> frozenset[str]:
    """Return the facts that the criteria and amounts of a programme's own rules read.

    Categories are worked out from most of what is known; an officer sees the category, not those facts.
    """
    found: set[str] = set(_ALWAYS)
    for bound in ruleset.benefits:
        if bound.programme == programme:
            columns = [c.status for c in bound.criteria] + [c for c in (bound.amount, *bound.numbers) if c]
            for column in columns:
                found.update(_below(ruleset.graph, ruleset.graph.locate(bound.benefit.for_, column), set()))
    return frozenset(found)


def _below(graph: Graph, reference: Reference, seen: set[tuple[str, str]]) -> Iterator[str]:
    key = (reference.level.value, reference.name)
    if key in seen or reference.parameter or _is_category(reference.name):
        return
    seen.add(key)
    fact = graph.catalog.by_column.get(reference.name.removeprefix(STATED).removeprefix(PRESUMED))
    if fact is not None:
        yield fact.name
    node = graph.node(reference)
    if node is not None and not node.from_members:
        for root in graph.inputs(node):
            yield from _below(graph, root, seen)


def _is_category(name: str) -> bool:
    return name == "category" or name.startswith(
        ("is_", "rule.", "counted", "dibao_", "status:", "counts:", "any_counts:")
    )
