"""ID numbers in the form of a registered household: covered, as on every other page, until somebody asks for them.

A field that still holds the covered number was not touched: it stands for the number that is registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bangfu.masking import masked_id
from bangfu.registry import Record
from bangfu_web.forms.read import prefixes, whole_number

_FACT = "id_number"


def covered(values: Mapping[str, str], record: Record) -> dict[str, str]:
    """Return the values of a form with the registered ID numbers covered."""
    return {**values, **{name: masked_id(number) for name, number in _known(values, record) if values[name] == number}}


def uncovered(values: Mapping[str, str], record: Record) -> dict[str, str]:
    """Return the values of a form with the registered ID numbers where they stand covered."""
    found = {name: number for name, number in _known(values, record) if values[name] == masked_id(number)}
    return {**values, **found}


def _known(values: Mapping[str, str], record: Record) -> Iterator[tuple[str, str]]:
    """Yield the inputs that hold a number of somebody registered, each with the number."""
    numbers = {person.id: str(person.facts[_FACT]) for person in record.members if _FACT in person.facts}
    for prefix in prefixes(values):
        number = numbers.get(whole_number(values.get(f"{prefix}person", "")) or 0)
        if number is not None and f"{prefix}{_FACT}" in values:
            yield f"{prefix}{_FACT}", number
