"""Whether the desk's plan of a household and OpenFisca's answer say the same, before any time is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from peer.compare import close_enough
from peer.openfisca_rules import outputs, system
from peer.openfisca_side import MONTH, variable_of
from peer.openfisca_single import situation

from .families import Family

_ELIGIBLE = "eligible"


def asked(family: Family) -> dict[str, Any]:
    """Return the household as OpenFisca's ``/calculate`` takes it, every category, status and amount asked for."""
    rules = system()
    described = situation(family.frames)
    entities = {"person": described["persons"], "household": described["households"]}
    for name in outputs(rules):
        for instance in entities[rules.variables[name].entity.key].values():
            instance[name] = {MONTH: None}
    return described


def differences(plan: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the desk's plan (its API's JSON) and OpenFisca's answer disagree on."""
    people = list(answer["persons"].values())
    household = answer["households"]["household"]
    if plan["household"]["category"] != household["category"][MONTH]:
        yield "the household's category"
    for member, person in zip(plan["household"]["members"], people, strict=True):
        if member["category"] != person["person_category"][MONTH]:
            yield f"the category of member {member['index']}"
    for support in plan["supports"]:
        recipient = support["recipient"]
        values = household if recipient == "household" else people[recipient]
        if not _same(support, values):
            yield f"{support['benefit']} of {recipient}"


def _same(support: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Return whether a support is due in both, and of the same amount; one that another replaces is not due."""
    due = support["status"] == _ELIGIBLE and support["replaced_by"] is None
    value = values[variable_of(support["benefit"])][MONTH]
    if bool(value) is not due:
        return False
    return not due or support["amount"] is None or close_enough(float(support["amount"]), value)
