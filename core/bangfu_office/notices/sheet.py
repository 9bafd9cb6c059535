"""What a printed plan and a determination say: the plan in plain words, grouped by who pays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from bangfu import Per, Reason, Support
from bangfu.facts import RELATION_LABELS
from bangfu.messages import _, joined
from bangfu.plan import MemberResult
from bangfu.policy import Clauses
from bangfu.rules import KIND_LABELS, Comparison
from bangfu.show import ProgrammeSupports
from bangfu_office.plan_view import PlanView

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

    @property
    def alike(self) -> object:
        """What two items must share to be told as one: all but name and office; of money, nothing."""
        return (
            self.name
            if self.amount
            else (self.who, self.kind, self.when, self.why, self.clause, self.documents, self.notes)
        )


@frozen
class PrintedPlan:
    """Everything a printed plan or determination shows.

    ``members`` are who it is, the relation, whether he or she is counted and the category; ``documents``, ``replaced``
    and ``open`` say what is needed for, in the place of or not certain for what or whom.
    """

    category: str
    members: tuple[tuple[str, str, str, str], ...]
    parts: tuple[tuple[ProgrammeSupports, tuple[Item, ...]], ...]
    documents: tuple[tuple[str, str], ...]
    replaced: tuple[tuple[str, str], ...]
    open: tuple[tuple[str, str], ...]
    grounds: tuple[str, ...]
    unset: tuple[str, ...]
    unchecked: bool


def sheet(view: PlanView, clauses: Clauses) -> PrintedPlan:
    """Return what to print of a plan."""
    return _PlanTelling(view, clauses).all()


@frozen
class _PlanTelling:
    view: PlanView
    clauses: Clauses

    def all(self) -> PrintedPlan:
        view, words = self.view, self.view.words
        items = [(p, [self._item(support) for support in p.supports]) for p in view.programmes]
        every = [item for _programme, own in items for item in own]
        named = view.ruleset.policy.parameters
        return PrintedPlan(
            words.category(view.plan.category, view.plan.candidates),
            tuple(self._member(member) for member in view.plan.members),
            tuple((p, tuple(_together(own))) for p, own in items),
            _gathered((document, item.name) for item in every for document in item.documents),
            tuple(
                (joined(" · ", (words.who(s.recipient), s.benefit.name)), words.names[s.replaced_by or ""])
                for s in view.replaced
            ),
            _gathered((words.who(s.recipient), s.benefit.name) for s in view.undetermined),
            tuple(self._grounds()),
            tuple(named[unset.parameter].label for unset in view.plan.not_configured),
            any(item.unchecked for item in every) or any(words.unchecked(reason) for reason in self._holding()),
        )

    def _item(self, support: Support) -> Item:
        benefit, words = support.benefit, self.view.words
        money = support.amount is not None
        notes = [benefit.note] if benefit.note else []
        if capped := words.capped(support):
            notes.append(capped)
        until = _("至 {until} 止", until=support.until) if support.until else ""
        return Item(
            words.who(support.recipient),
            benefit.name,
            words.amount(support) if money or support.before_cap is not None else "",
            KIND_LABELS[benefit.kind],
            joined("，", filter(None, (_WHEN[benefit.per] if money else "", until))),
            tuple(self.plain(reason) for reason in support.reasons if reason.status),
            words.sum(support),
            self.clauses.written(benefit.source),
            benefit.documents,
            benefit.office,
            tuple(notes),
            money and not support.verified,
        )

    def plain(self, reason: Reason) -> str:
        """Return a reason that holds, in plain words: what was tested, and the figures where there are any."""
        words, criterion = self.view.words, reason.criterion
        details, label = words.details(reason), reason.criterion.label
        if criterion.comparison is Comparison.IS_IN and criterion.value and details:
            # Of "one of these", a family wants to read which one.
            subject = self.view.ruleset.labels.of_column(criterion.level, criterion.value)
            if label.startswith(f"{subject}："):
                return _("{subject}：{details}", subject=subject, details=details) + words.presumption(reason)
        return (
            label
            + (_("（{details}）", details=details) if details and details not in label else "")
            + words.presumption(reason)
        )

    def _member(self, member: MemberResult) -> tuple[str, str, str, str]:
        words = self.view.words
        relation = RELATION_LABELS[self.view.plan.household.members[member.index]["relation"]]
        category = words.category(member.category, member.candidates)
        return words.who(member.index), relation, _COUNTED[member.counted], category

    def _grounds(self) -> Iterator[str]:
        """Yield the reasons of the category that holds, each with its clause."""
        words = self.view.words
        for reason in self._holding():
            clause = self.clauses.written(reason.source)
            yield (
                self.plain(reason) + words.unchecked(reason) + (_("，依据{clause}", clause=clause) if clause else "")
            )

    def _holding(self) -> list[Reason]:
        """Return the reasons for the category that holds."""
        plan = self.view.plan
        rule = "grace" if plan.grace_until else plan.category
        return [reason for reason in plan.reasons if reason.rule == rule and reason.status]


def _together(items: Iterable[Item]) -> Iterator[Item]:
    """Yield the items, those that are alike as one; each office says for which it is where they are several."""
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault((item.who, item.alike), []).append(item)
    for same in groups.values():
        offices = _gathered((item.office, item.name) for item in same if item.office)
        one = len(offices) == 1 and len({item.office for item in same}) == 1
        office = (
            offices[0][0]
            if one
            else joined("；", (_("{where}（{what}）", where=where, what=what) for where, what in offices))
        )
        yield evolve(same[0], name=joined("、", (item.name for item in same)), office=office)


def _gathered(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return each first once, with all that goes with it in one line."""
    found: dict[str, dict[str, None]] = {}
    for first, second in pairs:
        found.setdefault(first, {})[second] = None
    return tuple((first, joined("、", seconds)) for first, seconds in found.items())
