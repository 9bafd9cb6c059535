"""What is left in a registry of what was written before a kill: what is lost, what is half."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field, frozen
from peer.population import DAY, rulebook

from bangfu import Household
from bangfu_office.registry import Registry, UnknownHouseholdError

from .workbooks import in_workbook
from .writers import ENTRIES, IMPORT, IMPORTED, Write


@frozen
class Import:
    """A workbook that was sent: its households, as they were before (those that were), whether it was acknowledged."""

    households: Mapping[str, Household]
    before: Mapping[str, Household]
    acknowledged: bool

    @classmethod
    def of(cls, write: Write) -> Import:
        """Return the import on the page that was tried."""
        return cls(in_workbook(IMPORTED, write.start), {}, write.acknowledged)


@define
class Survey:
    """What a look at the registry found; of imports, how many households each of them has written."""

    lost: list[str] = field(factory=list)
    half: list[str] = field(factory=list)
    imported: list[int] = field(factory=list)


def survey(database: str, writes: Sequence[Write], imports: Iterable[Import], after: int) -> Survey:
    """Verify the journal and the tables, and look for everything that was tried.

    Args:
        database: the registry.
        writes: what was tried at the desk.
        imports: what was tried besides.
        after: the journal's last entry before.

    Raises:
        JournalError: the journal is not sound, or a table is not what it adds up to.
    """
    found = Survey()
    with Registry.open(database, catalog=rulebook().catalog, key="") as registry:
        registry.verify()
        entries = Counter(entry.evidence or entry.reason for entry in registry.history(after=after))
        for write in writes:
            if write.kind == IMPORT:
                _look_for_import(registry, Import.of(write), found)
            elif entries[write.token] not in {0, ENTRIES[write.kind]}:
                found.half.append(f"{write.kind} {write.token}")
            elif write.acknowledged and not entries[write.token]:
                found.lost.append(f"{write.kind} {write.token}")
        found.imported = [_look_for_import(registry, one, found) for one in imports]
    return found


def _look_for_import(registry: Registry, one: Import, found: Survey) -> int:
    """Look for each household of an import: as it was before, or as the workbook has it, and nothing in between.

    Returns:
        How many are as the workbook has them.
    """
    written = 0
    for number, wanted in one.households.items():
        there, before = _household(registry, number), one.before.get(number)
        if _same(there, wanted):
            written += 1
        elif there is not None and not _same(there, before):
            found.half.append(f"import {number}")
        elif one.acknowledged or (there is None and before is not None):
            found.lost.append(f"import {number}")
    return written


def _household(registry: Registry, number: str) -> Household | None:
    try:
        return registry.household(number).household(DAY)
    except UnknownHouseholdError:
        return None


def _same(one: Household | None, other: Household | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.region, one.facts, one.members) == (other.region, other.facts, other.members)
