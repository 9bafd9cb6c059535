"""What a household states (陈述), as the registry keeps it: worked out before anybody waits for the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from bangfu.facts import Catalog
from bangfu.households import Household
from bangfu_office.registry.field_encryption import FieldEncryption
from bangfu_office.registry.journal import Attribution
from bangfu_office.registry.serialization import AS_THEY_ARE, text, with_identity, written

Statements = Mapping[str, Any]
Columns = dict[str, Any]
ColumnsOf = Callable[[Mapping[str, Any], Mapping[str, Any], Catalog, FieldEncryption], Columns]
"""What follows for a row from values as they are worked with, and as they are stored."""


@frozen
class PreparedStatements:
    """Statements, and the columns of a row that follow from them alone, their JSON among them."""

    statements: Statements = field(repr=False)
    columns: Columns = field(repr=False)


@frozen
class Prepared:
    """A new household and its members, in order."""

    household: PreparedStatements
    members: tuple[PreparedStatements, ...]


def prepared(household: Household, by: Attribution, catalog: Catalog, encryption: FieldEncryption) -> Prepared:
    """Return what a new household states on somebody's word."""

    def ready(facts: Mapping[str, Any], columns_of: ColumnsOf) -> PreparedStatements:
        opened, stored = _values(facts, catalog, encryption)
        statements = _stated(stored, by)
        columns = columns_of(opened, stored, catalog, encryption)
        return PreparedStatements(statements, {"statements": text(statements), **columns})

    members = tuple(ready(facts, member_columns) for facts in household.members)
    return Prepared(ready(household.facts, household_columns), members)


def statements_of(
    facts: Mapping[str, Any], by: Attribution, catalog: Catalog, encryption: FieldEncryption
) -> Statements:
    """Return facts as one source states them, personal ones sealed."""
    return _stated(_values(facts, catalog, encryption)[1], by)


def _stated(stored: Mapping[str, Any], by: Attribution) -> Statements:
    source, day = by.source.value, by.observed_on.isoformat()
    return {fact: {source: [value, day]} for fact, value in stored.items()}


def _values(facts: Mapping[str, Any], catalog: Catalog, encryption: FieldEncryption) -> tuple[Columns, Columns]:
    """Return the values of facts as JSON has them, and as they are stored: texts marked, or sealed."""
    opened, stored, personal = {}, {}, catalog.personal
    for fact in sorted(facts):  # an import has millions
        value = facts[fact]
        if type(value) not in AS_THEY_ARE:
            value = written(value)
        opened[fact] = stored[fact] = value
        if type(value) is str:
            stored[fact] = encryption.seal(value) if fact in personal else encryption.plain(value)
    return opened, stored


def household_columns(
    opened: Mapping[str, Any], stored: Mapping[str, Any], catalog: Catalog, _encryption: FieldEncryption
) -> Columns:
    """Return the region and the facts of a household, personal ones as they are stored."""
    facts = {fact: stored[fact] if fact in catalog.personal else value for fact, value in opened.items()}
    return {"region": opened["region"], "facts": text(facts)}


def member_columns(
    opened: Mapping[str, Any], stored: Mapping[str, Any], catalog: Catalog, encryption: FieldEncryption
) -> Columns:
    """Return the facts of a member that frames are made of, the name as it is stored, and what he or she is found by.

    What an ID number says of age and sex is among the facts.
    """
    personal, name, number = catalog.personal, opened.get("name"), opened.get("id_number")
    facts = {fact: value for fact, value in opened.items() if fact not in personal}
    if number is not None:
        facts = with_identity({**facts, "id_number": number})
        del facts["id_number"]
    return {"facts": text(facts), "name": stored.get("name"), **indices(name, number, encryption)}


def indices(name: str | None, number: str | None, encryption: FieldEncryption) -> dict[str, str | None]:
    """Return what a person is found by: of the name and the ID number."""
    return {
        "name_index": None if name is None else encryption.index(name),
        "id_index": None if number is None else encryption.index(number),
    }
