"""What a department officer sees: the facts that his or her programme works with, and its supports alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bangfu import clock
from bangfu.engine import Ruleset
from bangfu.engine.graph import Graph
from bangfu.engine.node import Reference, keys_of
from bangfu.facts.declare import PRESUMED, STATED
from bangfu_office.access.actor import Actor
from bangfu_office.registry import Duplicate, Record
from bangfu_office.registry.users import Role

_ALWAYS = frozenset({"region", "residence", "name", "relation"})


def own_programme(actor: Actor) -> str | None:
    """Return the programme whose supports alone the user sees; None for all of them."""
    return actor.user.programme if actor.user.role is Role.OFFICER else None


def visible_facts(actor: Actor, record: Record) -> frozenset[str] | None:
    """Return the facts the user may see of a household; None for all of them."""
    programme = own_programme(actor)
    if programme is None:
        return None
    ruleset = actor.office.rulebook.rules(str(record.facts["region"]), clock.today())
    return facts_of(ruleset, programme)


def duplicates_of(actor: Actor, record: Record) -> list[Duplicate]:
    """Return the ID numbers of a household's people that are registered again, as far as the user may know.

    Households beyond the user's region are not named; an officer who does not work with ID numbers is told nothing.
    """
    facts = visible_facts(actor, record)
    if facts is not None and "id_number" not in facts:
        return []
    return actor.office.registry.duplicates(record.number, allowed=actor.user.covers)


@lru_cache(maxsize=256)
def facts_of(ruleset: Ruleset, programme: str) -> frozenset[str]:
    """Return the facts that the criteria and amounts of a programme's own rules read.

    Categories are worked out from most of what is known; an officer sees the category, not those facts.
    """
    found: set[str] = set(_ALWAYS)
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
