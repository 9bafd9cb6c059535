"""A sheet of a household to be printed: the plan, the determination notice, the refusal; or why it cannot be issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from bangfu import clock
from bangfu.messages import _
from bangfu.plan import Plan
from bangfu.policy import Clauses
from bangfu_office.access import Action, Actor, NotThereError, may
from bangfu_office.households.planning import view_of
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.notices.refusal import Refusal, refusal
from bangfu_office.notices.sheet import PrintedPlan, sheet
from bangfu_office.plan_view import PlanView

PLAN, DETERMINATION, REFUSAL = "plan", "determination", "refusal"
TITLES = {PLAN: _("帮扶计划"), DETERMINATION: _("认定告知书"), REFUSAL: _("不予认定（不符合）告知书")}
_NONE = "none"


@frozen
class PrintedSheet:
    """Everything a printed sheet shows; ``unfit`` is why it cannot be issued, empty where it can.

    ``year`` and ``once`` are the sums of the one ``programme`` where one is shown alone; ``titles`` are the kinds of
    sheets the actor may print, ``no`` is what a refusal says and ``sheet`` what the others do.
    """

    shown: RevealedRecord
    kind: str
    titles: Mapping[str, str]
    view: PlanView
    plan: Plan
    on: date
    programme: str | None
    year: Decimal
    once: Decimal
    sheet: PrintedPlan | None
    no: Refusal | None
    clauses: Clauses
    head: str = field(repr=False)
    unfit: str
    printed_on: date


def printed_sheet(actor: Actor, number: str, kind: str, on: date, asked: str = "") -> PrintedSheet:
    """Return a sheet of a household for a day; of a refusal, of what was ``asked`` for.

    Raises:
        NotPermittedError: the role may not print this kind.
        NotThereError: there is no such household in the actor's region, or no such sheet.
        InputError: what is registered does not fit together on that day.
    """
    actor.must(Action.READ if kind == PLAN else Action.NOTICES)
    record = actor.record(number)
    if kind not in TITLES:
        raise NotThereError
    shown = shown_to(actor, record)
    view = view_of(actor, record.household(on), shown.cover)
    clauses, totals, programme = Clauses(view.ruleset.policy.titles), view.plan.totals, actor.programme
    no = refusal(view, clauses, asked) if kind == REFUSAL else None
    if kind == REFUSAL and no is None:
        raise NotThereError
    heads = [i for i, person in enumerate(record.members) if person.facts.get("relation") == "head"]
    return PrintedSheet(
        shown,
        kind,
        TITLES if may(actor.user, Action.NOTICES) else {PLAN: TITLES[PLAN]},
        view,
        view.plan,
        on,
        programme,
        totals.by_programme.get(programme, Decimal(0)) if programme else totals.year,
        totals.once_by_programme.get(programme, Decimal(0)) if programme else totals.once,
        None if kind == REFUSAL else sheet(view, clauses),
        no,
        clauses,
        view.words.name(heads[0]) if heads else "",
        _unfit(kind, view.plan, no),
        clock.today(),
    )


def _unfit(kind: str, plan: Plan, no: Refusal | None) -> str:
    """Return why a notice cannot be issued; empty where it can."""
    alone = any(member.category not in {None, _NONE, plan.category} for member in plan.members)
    if kind == DETERMINATION and plan.category is None and not alone:
        return _("类别还不能确定，不能出具认定告知书；请先问清缺的事实")
    if kind == DETERMINATION and plan.category == _NONE and not alone:
        return _("这一户不属于任何一类，不能出具认定告知书；可以出具不予认定告知书")
    if no is not None and no.empty:
        return _("没有已能确定为不符合的，不能出具不予认定告知书")
    return ""
