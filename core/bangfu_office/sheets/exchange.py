"""Spreadsheets as users exchange them: the empty form, households taken in or given out, rejected rows fetched."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from attrs import frozen

from bangfu import BangfuError, InputError, clock
from bangfu.files import Wrong, read_day
from bangfu.messages import _
from bangfu_office.access import Action, Actor, FormError
from bangfu_office.registry import Source
from bangfu_office.sessions.rate_limits import TAKEN_OUT
from bangfu_office.sheets import kept_rejects
from bangfu_office.sheets.export import Kind, export_workbook
from bangfu_office.sheets.form import write_template
from bangfu_office.sheets.intake import Report, import_workbook
from bangfu_office.workbook_files.package import InMemory

KINDS: Mapping[str, str] = {
    "full": _("全部内容（可再导入，含姓名和证件号码）"),
    "roster": _("花名册（类别和帮扶，只写姓）"),
}
_LONGEST_NAME = 100


@frozen
class Taken:
    """What came of an import.

    ``rejects`` is the id by which the rows that were not taken are fetched, empty where there are none; ``lost`` says
    why they could not be kept.
    """

    report: Report
    rejects: str = ""
    lost: str = ""


def empty_form(actor: Actor) -> bytes:
    """Return the workbook that is to be filled in.

    Raises:
        NotPermittedError: the role may not.
    """
    actor.must(Action.EXCHANGE)
    made = BytesIO()
    write_template(made, actor.office.rulebook.catalog)
    return made.getvalue()


def take_in(actor: Actor, file: InMemory | None, on: str, *, partial: bool, session: str) -> Taken:
    """Take the households of a workbook into the registry, all of them or none.

    Args:
        actor: who imports; households beyond the actor's region have the whole file refused.
        file: the workbook; its name is the evidence.
        on: the day the facts are of; empty for today.
        partial: take those that are right although others are wrong, and keep the wrong ones.
        session: the id of the session that may fetch these.

    Raises:
        NotPermittedError: the role may not.
        FormError: there is no file (``file``), or the day is none or not here yet (``on``).
        InputError: nothing was taken; says by sheet, row and column what is wrong.
    """
    actor.must(Action.EXCHANGE)
    errors, day = {}, None
    try:
        day = read_day(on) if on else None
    except Wrong as wrong:
        errors["on"] = wrong.said
    if day is not None and day > clock.today():
        errors["on"] = Wrong(str(day), _("不晚于今天的日期")).said
    if file is None:
        errors["file"] = _("请选择一个 .xlsx 文件")
    if errors or file is None:
        raise FormError(errors)
    given, wrong_ones = InMemory(_named(file.name), file.content), BytesIO()
    report = import_workbook(
        actor.office.registry,
        given,
        actor.attribution(Source.IMPORTED, day, evidence=given.name),
        partial=partial,
        rejects=wrong_ones if partial else None,
        allowed=actor.user.covers if actor.user.region else None,
    )
    if not wrong_ones.tell():
        return Taken(report)
    try:
        return Taken(report, kept_rejects.keep(actor.office, actor.user.name, session, wrong_ones.getvalue()))
    except BangfuError as error:
        return Taken(report, lost=error.text)  # what was right is stored already, and what was wrong is in the report


def _named(file: str) -> str:
    """Return the name of an uploaded file as evidence: without folders, whatever system it comes from."""
    name = "".join(c for c in file.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    ending = Path(name).suffix  # is held against what the file holds
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - len(ending)]}{ending}"[-_LONGEST_NAME:]


def rejected_rows(actor: Actor, name: str, *, session: str) -> bytes | None:
    """Return the rows that were not taken, the reason beside each; None for another session, or after an hour.

    Raises:
        NotPermittedError: the role may not.
    """
    actor.must(Action.EXCHANGE)
    return kept_rejects.fetch(actor.office, actor.user.name, session, name)


def give_out(actor: Actor, region: str, *, roster: bool) -> bytes:
    """Return the households of a region as a workbook, in full or as a roster; the journal says who took them.

    Raises:
        NotPermittedError: the role may not.
        FormError: the region is none or not the actor's, or has more households than a sheet can hold (``region``).
        TooManyRequestsError: the actor did so again and again.
    """
    actor.must(Action.EXCHANGE)
    office = actor.office
    if not actor.user.covers(region) or (region and not (region.isascii() and region.isdigit())):
        mine = actor.user.region or _("全部")
        raise FormError({"region": _("应为您所管地区（{a}）内的代码，或其前几位", a=mine)})
    office.spend(actor.user, TAKEN_OUT)
    made, by = BytesIO(), actor.attribution()
    kind: Kind = "roster" if roster else "full"
    try:
        export_workbook(office.registry, made, kind=kind, region=region, rulebook=office.rulebook, by=by)
    except InputError as error:
        raise FormError({"region": error.problems[0].found}) from None
    return made.getvalue()
