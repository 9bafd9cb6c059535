"""A sheet of a household to be printed: the plan, the determination notice, the refusal; or why it cannot be issued.

A plan and a determination say the plan in plain words, grouped by who pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property

from attrs import evolve, field, frozen

from bangfu import Per, Reason, Support
from bangfu.facts import RELATION_LABELS
from bangfu.messages import _, joined
from bangfu.plan import MemberResult, Plan
from bangfu.policy import Clauses
from bangfu.rules import KIND_LABELS, Comparison
from bangfu.show import ProgrammeSupports
from bangfu_office.access import Action, Actor, NotThereError, may
from bangfu_office.households.reveals import RevealedRecord, shown_to
from bangfu_office.notices.refusal import CATEGORIES, EVERYTHING, Pairs, Refusal, gathered
from bangfu_office.plan_view import PlanView, view_of

PLAN, DETERMINATION, REFUSAL = "plan", "determination", "refusal"
TITLES = {PLAN: _("帮扶计划"), DETERMINATION: _("认定告知书"), REFUSAL: _("不予认定（不符合）告知书")}
_NONE = "none"
_WHEN = {Per.YEAR: _("每年"), Per.MONTH: _("每月"), Per.DAY: _("按天"), Per.ONCE: _("一次性")}
_COUNTED = {True: _("计入"), False: _("不计入"), None: _("还不能确定")}


@frozen
class Item:
    """One support in plain words; or several that are no money, for the same person for the same reasons."""

    who: str
    name: str
    amount: str
    kind: str
    when: str
    why: tuple[str, ...]
    sum: str
    clause: str
    documents: tuple[str, ...]
    office: str
    notes: tuple[str, ...]
    unchecked: bool


@frozen
class PrintedPlan:
    """What a printed plan or determination says, in plain words."""

    view: PlanView
    clauses: Clauses

    @cached_property
    def _items(self) -> list[tuple[ProgrammeSupports, list[Item]]]:
        return [(p, [self._item(support) for support in p.supports]) for p in self.view.programmes]

    def parts(self) -> list[tuple[ProgrammeSupports, list[Item]]]:
        """Return the supports of each programme, those that are alike as one."""
        return [(programme, list(_together(own))) for programme, own in self._items]

    def documents(self) -> Pairs:
        """Return what is needed, and for what."""
        return gathered((document, item.name) for _, own in self._items for item in own for document in item.documents)

    def open(self) -> Pairs:
        """Return for whom what is not certain."""
        words = self.view.words
        return gathered((words.who(s.recipient), s.benefit.name) for s in self.view.undetermined)

    def unset(self) -> list[str]:
        """Return the standards that are not set."""
        named = self.view.ruleset.policy.parameters
        return [named[unset.parameter].label for unset in self.view.plan.not_configured]

    def unchecked(self) -> bool:
        """Return whether anything rests on a figure nobody has checked."""
        items = (item for _programme, own in self._items for item in own)
        return any(item.unchecked for item in items) or any(map(self.view.words.unchecked, self._holding()))

    def _item(self, support: Support) -> Item:
        benefit, words = support.benefit, self.view.words
        money = support.amount is not None
        until = _("至 {until} 止", until=support.until) if support.until else ""
        return Item(
            words.who(support.recipient),
            benefit.name,
            words.amount(support) if money or support.before_cap is not None else "",
            KIND_LABELS[benefit.kind],
            joined("，", filter(None, (_WHEN[benefit.per] if money else "", until))),
            tuple(self._plain(reason) for reason in support.reasons if reason.status),
            words.sum(support),
            self.clauses.written(benefit.source),
            benefit.documents,
            benefit.office,
            tuple(filter(None, (benefit.note, words.capped(support)))),
            money and not support.verified,
        )

    def _plain(self, reason: Reason) -> str:
        """Return a reason that holds, in plain words: what was tested, and the figures where there are any."""
        words, criterion = self.view.words, reason.criterion
        details, label = words.details(reason), criterion.label
        if criterion.comparison is Comparison.IS_IN and criterion.value and details:
            # Of "one of these", a family wants to read which one.
            subject = self.view.ruleset.labels.of_column(criterion.level, criterion.value)
            if label.startswith(f"{subject}："):
                return _("{subject}：{details}", subject=subject, details=details) + words.presumption(reason)
        figures = _("（{details}）", details=details) if details and details not in label else ""
        return label + figures + words.presumption(reason)

    def member(self, member: MemberResult) -> tuple[str, str]:
        """Return how a member is related to the head, and whether he or she is counted."""
        relation = self.view.plan.household.members[member.index]["relation"]
        return RELATION_LABELS[relation], _COUNTED[member.counted]

    def grounds(self) -> Iterator[str]:
        """Yield the reasons of the category that holds, each with its clause."""
        for reason in self._holding():
            clause = self.clauses.written(reason.source)
            cited = _("，依据{clause}", clause=clause) if clause else ""
            yield self._plain(reason) + self.view.words.unchecked(reason) + cited

    def _holding(self) -> list[Reason]:
        plan = self.view.plan
        rule = "grace" if plan.grace_until else plan.category
        return [reason for reason in plan.reasons if reason.rule == rule and reason.status]


def _together(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, those that are alike as one; each office says for which it is where they are several."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        # What is no money is alike in all but name and office; money is told by itself.
        alike = (item.who, item.name) if item.amount else evolve(item, name="", office="")
        groups.setdefault(alike, []).append(item)
    for same in groups.values():
        office = same[0].office
        if len({item.office for item in same}) > 1:
            offices = gathered((item.office, item.name) for item in same if item.office)
            office = joined("；", (_("{where}（{what}）", where=where, what=what) for where, what in offices))
        yield evolve(same[0], name=joined("、", (item.name for item in same)), office=office)


@frozen
class PrintedSheet:
    """Everything a printed sheet shows; ``unfit`` is why it cannot be issued, empty where it can.

    ``titles`` are the kinds of sheets the actor may print; a refusal says ``no``, the others have a ``sheet``.
    """

    shown: RevealedRecord
    kind: str
    titles: Mapping[str, str]
    view: PlanView
    plan: Plan
    on: date
    sheet: PrintedPlan | None
    no: Refusal | None
    head: str = field(repr=False)
    unfit: str


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
    view = view_of(actor, record, record.household(on), shown.cover)
    clauses = Clauses(view.ruleset.policy.titles)
    no = Refusal(view, clauses, asked) if kind == REFUSAL else None
    if no is not None and asked not in {EVERYTHING, CATEGORIES, *no.choices}:
        raise NotThereError
    heads = [i for i, person in enumerate(record.members) if person.facts.get("relation") == "head"]
    return PrintedSheet(
        shown,
        kind,
        TITLES if may(actor.user, Action.NOTICES) else {PLAN: TITLES[PLAN]},
        view,
        view.plan,
        on,
        None if kind == REFUSAL else PrintedPlan(view, clauses),
        no,
        view.words.name(heads[0]) if heads else "",
        _unfit(kind, view.plan, no),
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
