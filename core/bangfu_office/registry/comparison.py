"""What changed between two assessments of a household: facts, policy, plugins, outcome."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen
from sqlalchemy import Connection, select

from bangfu.messages import joined
from bangfu_office.registry.assessments import Assessment, sums_of
from bangfu_office.registry.schema import policies


@frozen
class Difference:
    """One thing that is another in the second: ``what`` names it, None stands for absent.

    ``person`` is the registry's number of the member it is about, None for the household.
    """

    what: str
    person: int | None
    before: Any = field(repr=False)
    after: Any = field(repr=False)


@frozen
class Comparison:
    """The differences of the second assessment from the first.

    ``totals`` are the sums by the year and once, and by programme what it pays every year; ``paid_once`` is by
    programme what it pays once.
    """

    facts: tuple[Difference, ...]
    policy: tuple[Difference, ...]
    plugins: tuple[Difference, ...]
    category: Difference | None
    supports: tuple[Difference, ...]
    totals: tuple[Difference, ...]
    paid_once: tuple[Difference, ...]


def compared(connection: Connection, first: Assessment, second: Assessment) -> Comparison:
    """Return what changed from the first assessment to the second."""
    categories = [made.household["category"] for made in (first, second)]
    yearly, paid_once = zip(sums_of(first), sums_of(second), strict=True)
    return Comparison(
        tuple(_facts(first, second)),
        tuple(_policy(connection, first, second)),
        tuple(_tables(first.plugins, second.plugins)),
        Difference("category", None, *categories) if categories[0] != categories[1] else None,
        tuple(_supports(first, second)),
        tuple(_tables({**_sums(first), **yearly[0]}, {**_sums(second), **yearly[1]})),
        tuple(_tables(*paid_once)),
    )


def _tables(first: Mapping[str, Any], second: Mapping[str, Any], person: int | None = None) -> Iterator[Difference]:
    for name in dict.fromkeys([*first, *second]):
        before, after = first.get(name), second.get(name)
        if before != after:
            yield Difference(name, person, before, after)


def _facts(first: Assessment, second: Assessment) -> Iterator[Difference]:
    before, after = ({k: v for k, v in made.facts.items() if k != "members"} for made in (first, second))
    yield from _tables(before, after)
    then, now = (dict(zip(made.people, made.facts["members"], strict=True)) for made in (first, second))
    for person in dict.fromkeys([*first.people, *second.people]):
        yield from _tables(then.get(person, {}), now.get(person, {}), person)


def _policy(connection: Connection, first: Assessment, second: Assessment) -> Iterator[Difference]:
    if first.policy == second.policy:
        return
    query = select(policies.c.fingerprint, policies.c.content)
    found = connection.execute(query.where(policies.c.fingerprint.in_([first.policy, second.policy])))
    kept = {row.fingerprint: json.loads(row.content) for row in found}
    before, after = kept[first.policy], kept[second.policy]
    yield from _tables(_entries(before), _entries(after))
    yield from _tables(_rows(before), _rows(after))


def _entries(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _shown(entry) for name, entry in kept["entries"].items()}


def _rows(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {row["table"]["data"]["table"].get("code"): row for row in kept["rows"]}


def _shown(entry: Mapping[str, Any]) -> str:
    table = entry["table"]
    value = table["value"]
    if isinstance(value, dict):  # marked: {"decimal": "1.5"}, {"fraction": "2/3"}
        [value] = value.values()
    shown = joined("、", value) if isinstance(value, list) else value
    return f"{shown}/{table['per']}" if table["per"] else str(shown)


def _supports(first: Assessment, second: Assessment) -> Iterator[Difference]:
    found = [_by_recipient(made) for made in (first, second)]
    for key in dict.fromkeys([*found[0], *found[1]]):
        before, after = (supports.get(key) for supports in found)
        if before != after:
            yield Difference(key[0], key[1], before, after)


def _by_recipient(made: Assessment) -> dict[tuple[str, int | None], dict[str, Any]]:
    """Return status, amount and replacement of every support that is more than a no, by benefit and person."""
    return {
        (s["benefit"], None if s["recipient"] == "household" else made.people[s["recipient"]]): {
            name: s[name] for name in ("status", "amount", "per", "year_amount", "replaced_by")
        }
        for s in made.supports
    }


def _sums(made: Assessment) -> dict[str, Any]:
    return {name: made.totals[name] for name in ("year", "once")}
