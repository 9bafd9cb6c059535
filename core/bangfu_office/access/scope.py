"""What a department officer sees: the facts that his or her programme works with, and its supports alone."""

from __future__ import annotations

from bangfu import clock
from bangfu.engine import facts_read
from bangfu_office.access.actor import Actor
from bangfu_office.registry import Duplicate, Record

_ALWAYS = frozenset({"region", "residence", "name", "relation"})


def visible_facts(actor: Actor, record: Record) -> frozenset[str] | None:
    """Return the facts the user may see of a household; None for all of them."""
    programme = actor.programme
    if programme is None:
        return None
    ruleset = actor.office.rulebook.rules(str(record.facts["region"]), clock.today())
    return _ALWAYS | facts_read(ruleset, programme)


def duplicates_of(actor: Actor, record: Record) -> list[Duplicate]:
    """Return the ID numbers of a household's people that are registered again, as far as the user may know.

    Households beyond the user's region are not named; an officer who does not work with ID numbers is told nothing.
    """
    facts = visible_facts(actor, record)
    if facts is not None and "id_number" not in facts:
        return []
    return actor.office.registry.duplicates(record.number, allowed=actor.user.covers)
