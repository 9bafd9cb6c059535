"""From a filled-in form to the registry: what was changed, who joined, who left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bangfu import InputError, Level, clock, household_from
from bangfu.errors import Problem
from bangfu.files.values import Wrong, read_day
from bangfu.registry import Attribution, Change, Record, Source, Work
from bangfu_web.desk import Visit
from bangfu_web.forms import Posted, posted
from bangfu_web.forms.read import whole_number

_SOURCES = {Source.DECLARED, Source.VISITED, Source.MATCHED}


def attributed(visit: Visit, values: Mapping[str, str]) -> Attribution:
    """Return to whom and what the changes of a form are attributed.

    Raises:
        InputError: the source or the day is none.
    """
    source = values.get("source", Source.DECLARED.value)
    if source not in {known.value for known in _SOURCES}:
        raise InputError("form", [Problem("source", "不认识的来源", "本人申报、入户核查或部门比对")])
    try:
        day = read_day(values["observed_on"]) if values.get("observed_on") else clock.today()
    except Wrong as wrong:
        raise InputError("form", [Problem("observed_on", wrong.found, wrong.expected, wrong.hint)]) from None
    if day > clock.today():
        raise InputError("form", [Problem("observed_on", str(day), "不晚于今天的日期")])
    why = {name: values.get(name, "")[:500] for name in ("evidence", "reason")}
    return visit.attribution(Source(source), day, **why)


def register(visit: Visit, values: Mapping[str, str]) -> str:
    """Register the household of a form and return its number.

    Raises:
        InputError: it cannot be taken as it is.
    """
    catalog = visit.desk.rulebook.catalog
    form = posted(values, catalog)
    household = household_from(form.data, source="form", on=clock.today(), catalog=catalog)
    _inside(visit, household.region)
    with visit.desk.registry.work(attributed(visit, values)) as work:
        return work.add(household, values.get("number") or None)


def _inside(visit: Visit, region: str) -> None:
    if not visit.user.covers(region):
        raise InputError("form", [Problem("region", region, f"您所管地区（{visit.user.region}）内的代码")])


def save(visit: Visit, record: Record, values: Mapping[str, str]) -> None:
    """Write what a form changes of a household.

    Raises:
        InputError: the household would not hold together.
        ConflictError: somebody else changed it since the form was opened.
    """
    catalog = visit.desk.rulebook.catalog
    form = posted(values, catalog)
    household_from(form.data, source="form", on=clock.today(), catalog=catalog)
    _inside(visit, str(form.data["region"]))
    version = whole_number(values.get("version", "")) or record.version
    with visit.desk.registry.work(attributed(visit, values)) as work:
        known = {person.id: person.facts for person in record.members}
        changes = list(_changes(record.facts, form.data, visit, None))
        for (_, person), facts in zip(form.people, form.data["members"], strict=True):
            if person in known:
                changes += _changes(known[person], facts, visit, person)
        work.change(record.number, changes, version=version)
        _people(work, record, form)


def _people(work: Work, record: Record, form: Posted) -> None:
    known = {person.id for person in record.members}
    for (_, person), facts in zip(form.people, form.data["members"], strict=True):
        if person not in known:
            work.join(record.number, facts)
    for person, why in form.gone:
        if person in known:
            work.leave(record.number, person, died=why == "dead")


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], visit: Visit, member: int | None) -> Iterator[Change]:
    """Yield the facts of a form that differ from what counts now; an emptied field takes the statement back."""
    level = Level.HOUSEHOLD if member is None else Level.MEMBER
    for fact in visit.desk.rulebook.catalog.at(level):
        old, new = before.get(fact.name), after.get(fact.name)
        if _same(old, new):
            continue
        yield Change(fact.name, new, member)


def _same(old: Any, new: Any) -> bool:
    """Return whether two values are the same, whatever way an amount is written."""
    if isinstance(old, str) and isinstance(new, str):
        try:
            return old == new or float(old) == float(new)
        except ValueError:
            return False
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(
            a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a) for a, b in zip(old, new, strict=True)
        )
    return bool(old == new)
