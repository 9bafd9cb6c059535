"""A household's plan with some facts changed, beside the real one: per support, with the reason that is another.

Nothing is stored. Each function raises NotPermittedError where a role may not, NotThereError where a household is not
in its region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from bangfu import Fact, InputError, Level, clock
from bangfu.messages import _
from bangfu.plan import Cause, Change, ChangeKind, Number, PlanDifference, Reason, Status, Support, difference
from bangfu.show import RULE_LABELS, TOLD_WHERE_MET, member_named
from bangfu_office.access import Action, Actor
from bangfu_office.forms import FieldView
from bangfu_office.forms.read import day_in
from bangfu_office.households.reveals import RevealedRecord, reveal, shown_to
from bangfu_office.plan_view import PlanView, view_of
from bangfu_office.registry import Record
from bangfu_office.what_if.inputs import KnownHousehold, WhatIfInput, known_household, offered, read_input
from bangfu_office.what_if.presets import Preset

_NOTHING = _("{found}；请{expected}", found=_("没有写任何变化"), expected=_("先选一种常见的变化，或加一项事实"))
_SAID = {True: _("符合"), False: _("不符合"), None: _("未知")}
_GROUPS = {
    ChangeKind.GAINED: _("得到"),
    ChangeKind.LOST: _("失去"),
    ChangeKind.MORE: _("增加"),
    ChangeKind.LESS: _("减少"),
    ChangeKind.OPEN: _("变得不能确定"),
    ChangeKind.CLOSED: _("原来不能确定，这样就不符合"),
    ChangeKind.OTHER: _("金额不能比较"),
}


@frozen
class CauseLine:
    """One reason or number that is another: what it is, how it was and would be, by which clause."""

    label: str
    before: str = ""
    after: str = ""
    status: bool | None = None
    source: str = ""


@frozen
class WhatIfDifference:
    """Two plans beside each other, in a page's words."""

    now: PlanView
    then: PlanView
    found: PlanDifference

    @staticmethod
    def category(view: PlanView) -> str:
        """Return the category in one of both, with the end of a grace period."""
        said, grace = view.words.category(view.plan.category, view.plan.candidates), view.plan.grace_until
        return said + _("（渐退期，至 {grace_until} 止）", grace_until=grace) if grace else said

    def totals(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Yield both sums in yuan, by label."""
        before, after = self.now.plan.totals, self.then.plan.totals
        yield _("每年帮扶"), before.year, after.year
        if before.once or after.once:
            yield _("另一次性"), before.once, after.once

    def category_causes(self) -> Iterator[tuple[str, CauseLine]]:
        """Yield the reasons of categories that are others, each with its category."""
        held = {self.now.plan.category, self.then.plan.category}
        rules = {*self.now.words.rules_that_matter(), *self.then.words.rules_that_matter()} - (TOLD_WHERE_MET - held)
        for cause in self.found.category:
            either = cause.after or cause.before
            if isinstance(either, Reason) and either.rule in rules:
                yield RULE_LABELS[either.rule], self._worded(cause, Level.HOUSEHOLD)

    def groups(self) -> Iterator[tuple[str, list[Change]]]:
        """Yield what happens to supports, and to which, those worth most first."""
        for kind, title in _GROUPS.items():
            changes = [change for change in self.found.changes if change.kind is kind]
            if changes:
                yield title, sorted(changes, key=lambda change: -abs(change.by or Decimal(0)))

    @staticmethod
    def outcome(view: PlanView, support: Support | None) -> str:
        """Return in a few words what comes of a support in one of both."""
        if support is None:
            return _("当地没有这一项")
        if support.replaced_by is not None:
            return _("让位于{names}", names=view.words.names[support.replaced_by])
        if support.status is Status.ELIGIBLE:
            return view.words.amount(support)
        return _("不符合") if support.status is Status.INELIGIBLE else _("不能确定")

    def causes(self, change: Change) -> Iterator[CauseLine]:
        """Yield why a support is another, and what it gives way to in one of both plans alone."""
        for cause in change.causes:
            yield self._worded(cause, change.support.benefit.for_)
        before, after = (support and support.replaced_by for support in (change.before, change.after))
        if before and before != after:
            yield CauseLine(_("不再让位于{names}", names=self.now.words.names[before]), status=True)
        if after and after != before:
            yield CauseLine(_("让位于{names}", names=self.then.words.names[after]), status=False)

    def _worded(self, cause: Cause, level: Level) -> CauseLine:
        was, would = cause.before, cause.after
        if isinstance(was, Number) and isinstance(would, Number):
            before = self.now.ruleset.labels.of_value(level, was.column, was.value)
            after = self.then.ruleset.labels.of_value(level, would.column, would.value)
            return CauseLine(would.label, before, after, source=would.source)
        old, new = (reason if isinstance(reason, Reason) else None for reason in (was, would))
        either = new or old
        if either is None:
            raise AssertionError
        said = _reason(self.now, old), _reason(self.then, new)
        return CauseLine(either.criterion.label, *said, None if new is None else new.status, either.source)


@frozen
class WhatIf:
    """The form in which facts are changed, and the ``found`` difference; None where nothing could be compared.

    ``people`` are the members' names by the registry's numbers; ``facts`` are those that may be changed, by whose they
    are.
    """

    shown: RevealedRecord
    on: date
    input: WhatIfInput
    presets: tuple[tuple[Preset, list[FieldView]], ...]
    people: tuple[tuple[str, str], ...] = field(repr=False)
    facts: tuple[tuple[str, list[Fact]], ...]
    found: WhatIfDifference | None


def what_if_form(actor: Actor, number: str, on: date) -> WhatIf:
    """Return the form in which facts of a household are changed, for a day."""
    return what_if(actor, number, {"on": on.isoformat(), "redraw": "empty"})


def what_if(actor: Actor, number: str, values: Mapping[str, str]) -> WhatIf:
    """Return what becomes of a household's plan by the changes in a form; what is wrong stands in its input."""
    actor.must(Action.READ)
    record, redraw = actor.record(number), values.get("redraw", "")
    known = known_household(actor, record)
    sent, found = read_input(values, known), None
    on = _day(values, sent)
    if redraw == "reveal":
        reveal(actor, number)
    if redraw and (redraw != "reveal" or not sent.changes):
        sent.errors = {}
    else:
        if not sent.changes and not sent.errors:
            sent.errors[""] = _NOTHING
        found = None if sent.errors else _difference(actor, record, on, known, sent)
    shown = shown_to(actor, record)
    names = [member_named(i, person.facts.get("name")) for i, person in enumerate(shown.record.members)]
    of_level = {level: [fact for fact in known.facts.values() if fact.level is level] for level in Level}
    return WhatIf(
        shown,
        on,
        sent,
        tuple((preset, preset.fields(known.catalog, sent.values, sent.errors)) for preset in offered(known)),
        tuple(zip(known.places, names, strict=True)),
        ((_("全户"), of_level[Level.HOUSEHOLD]), (_("成员"), of_level[Level.MEMBER])),
        found,
    )


def _day(values: Mapping[str, str], sent: WhatIfInput) -> date:
    try:
        return day_in(values, "on")
    except InputError as error:
        sent.errors["on"] = error.problems[0].said
        return clock.today()


def _difference(
    actor: Actor, record: Record, on: date, known: KnownHousehold, sent: WhatIfInput
) -> WhatIfDifference | None:
    """Return the difference that the changes make; None with what is wrong noted where they cannot be."""
    try:
        household = record.household(on)
        # A birth date can be thought otherwise where no ID number says it; what those say is known by now.
        changes: dict[str, Any] = {f"members[{place}].id_number": None for place in known.places.values()}
        changes |= {path: change.after for path, change in sent.changes.items()}
        other = household.with_(changes, catalog=known.catalog)
    except InputError as error:
        sent.refuse(error.problems)
        return None
    cover = shown_to(actor, record).cover
    now, then = (view_of(actor, record, one, cover) for one in (household, other))
    return WhatIfDifference(now, then, difference(now.plan, then.plan))


def _reason(view: PlanView, reason: Reason | None) -> str:
    """Return what a reason rests on, or whether it holds."""
    return "" if reason is None else view.words.details(reason) or _SAID[reason.status]
