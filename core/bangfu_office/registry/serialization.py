"""Values of facts as JSON, in the shape a household file has them, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from bangfu.errors import InputError, Problem
from bangfu.facts import Catalog, Level
from bangfu.files import read_fact, read_id_number, unknown_key
from bangfu.messages import _
from bangfu_office.masking import is_masked

AS_THEY_ARE = frozenset({str, bool, int, type(None)})
"""Types of values that JSON has as they are."""


def written(value: Any) -> Any:
    """Return a fact's value as JSON has it: amounts and days as text, lists as lists."""
    if type(value) in AS_THEY_ARE:  # most are
        return value
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [written(part) for part in value]
        case Mapping():
            return {name: written(part) for name, part in value.items()}
        case _:
            return value


def checked(catalog: Catalog, level: Level, name: str, raw: Any) -> Any:
    """Return a value, given as a household file writes it, as the registry keeps it.

    Raises:
        InputError: the fact is unknown or of the other level, or the value does not fit.
    """
    fact = catalog.by_name.get(name)
    if fact is None or fact.level is not level:
        known = [fact.name for fact in catalog.at(level)]
        raise InputError("registry", [unknown_key(name, name, known)])
    refuse_masked(catalog, {name: raw})
    problems: list[Problem] = []
    value = read_fact(fact, raw, problems.append)
    if problems:
        raise InputError("registry", problems)
    return written(value)


def refuse_masked(catalog: Catalog, facts: Mapping[str, Any], prefix: str = "") -> None:
    """Refuse names that were copied from where they stand masked, which would be registered in place of the real ones.

    Raises:
        InputError: there are such names; ``prefix`` begins the path of each.
    """
    masked = [name for name in catalog.personal if name in facts and is_masked(facts[name])]
    if masked:
        told = _("遮盖过的内容"), _("完整的内容"), _("从登记表或证件上照写")
        raise InputError("registry", [Problem(f"{prefix}{name}", *told) for name in sorted(masked)])


def refuse_masked_people(catalog: Catalog, members: Iterable[Mapping[str, Any]]) -> None:
    """Refuse members with masked names.

    Raises:
        InputError: there are such; names the first.
    """
    for place, facts in enumerate(members):
        refuse_masked(catalog, facts, f"members[{place}].")


def with_identity(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a member's facts with the birth date and sex of the ID number, where they are not stated."""
    if "id_number" not in facts or ("birth_date" in facts and "sex" in facts):
        return dict(facts)
    identity = read_id_number(facts["id_number"])
    return {"birth_date": identity.birth_date.isoformat(), "sex": identity.sex, **facts}
