"""Running scenarios: from a file to the plan of its household, what differs, and the plan's own reasons for it.

The reasons are for whoever writes a rule: codes and raw values, not a caseworker's words.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import polars as pl
from attrs import define, field, frozen

from bangfu.differences import changed_values
from bangfu.engine import Ruleset
from bangfu.errors import RuleError
from bangfu.facts.catalog import nearest
from bangfu.facts.declare import Partly
from bangfu.kit.read import fact_of, read_scenario
from bangfu.kit.scenario import ABSENT, UNKNOWN, Expectation, ExpectedSupport, ExpectedValue, Scenario
from bangfu.messages import _
from bangfu.plan import Plan, Reason, Status, Support, make_plan, value
from bangfu.rulebook import Rulebook
from bangfu.rules.criterion import Comparison
from bangfu.show.as_json import money, text

_WORDS = {True: "true", False: "false", None: "unknown"}


def shown(value: Any) -> str:
    """Return a value as a scenario file would write it."""
    return money(Decimal(value)) or "" if isinstance(value, Decimal | int) else text(value) or ABSENT


def reason_lines(reasons: Iterable[Reason], indent: str = "") -> Iterator[str]:
    """Yield each criterion: true, false or unknown, label, value, limit, clause, what is missing or presumed."""
    for reason in reasons:
        criterion = reason.criterion
        rule = f"{reason.rule}: " if reason.rule else ""
        parts = [f"{indent}{_WORDS[reason.status]:<7} {rule}{criterion.label}"]
        if criterion.value is not None:
            parts.append(f"{criterion.value} = {text(reason.value) or UNKNOWN}")
        if criterion.comparison is not Comparison.HOLDS and (criterion.limit_column or reason.limit is not None):
            parts.append(f"limit = {text(reason.limit) or UNKNOWN}")
        if reason.source:
            parts.append(f"[{reason.source}]")
        named = {"missing": reason.missing, "not configured": reason.not_configured, "presumed": reason.presumed}
        parts += [f"{what}: {', '.join(names)}" for what, names in named.items() if names]
        yield "  ".join(parts)
        yield from reason_lines(reason.parts, indent + "  ")


def support_lines(support: Support) -> Iterator[str]:
    """Yield a support with the reasons and the numbers behind it."""
    benefit = support.benefit
    yield f"{benefit.code} {benefit.name}, for {who(support)}: {support.status}  [{benefit.source}]"
    yield from reason_lines(support.reasons, "  ")
    for number in support.numbers:
        yield f"  {number.label}: {text(number.value) or UNKNOWN}  [{number.source}]"
    if support.before_cap is not None:
        yield f"  {money(support.before_cap)} before the cap"
    if support.replaced_by is not None:
        yield f"  gave way to {support.replaced_by}"


def total_lines(plan: Plan, programmes: Container[str]) -> Iterator[str]:
    """Yield what these programmes add to the totals, then what they could still add."""
    supports = [support for support in plan.supports if support.programme in programmes]
    for support in supports:
        if support.status is Status.ELIGIBLE and support.year_amount is not None:
            instead = f", gave way to {support.replaced_by}" if support.replaced_by else ""
            amount = f"{money(support.amount)} per {support.benefit.per}"
            yield f"{support.benefit.code}, for {who(support)}: {amount}, {money(support.year_amount)} in all{instead}"
    for support in supports:
        if support.status is Status.UNDETERMINED:
            names = {name for reason in support.reasons for name in (*reason.missing, *reason.not_configured)}
            yield f"{support.benefit.code}, for {who(support)}: undetermined, unknown: {', '.join(sorted(names))}"


def who(support: Support) -> str:
    """Return whom a support is for."""
    return f"member {support.recipient}" if isinstance(support.recipient, int) else support.recipient


def _tuple(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(lines)


@frozen
class Mismatch:
    """What differs (one line for each value, by path) and, line by line, why the plan says what it says."""

    lines: tuple[str, ...] = field(converter=_tuple)
    why: tuple[str, ...] = field(default=(), converter=_tuple)

    def __str__(self) -> str:
        return "\n".join([*self.lines, *(f"    {line}" for line in self.why)])


def differences(expect: Expectation, plan: Plan, rulebook: Rulebook) -> Iterator[Mismatch]:
    """Yield every difference between a plan and what a scenario expects of it; none: it passes."""
    found = plan.category or UNKNOWN
    if expect.category not in {None, found}:
        candidates = "" if plan.category else f" (it could be {', '.join(plan.candidates)})"
        yield Mismatch([_differs("expect.category", expect.category, found + candidates)], reason_lines(plan.reasons))
    for member, wanted in zip(plan.members, expect.members or (), strict=False):
        found = member.category or UNKNOWN
        if found != wanted:
            line = _differs(f"expect.members[{member.index}]", wanted, found)
            yield Mismatch([line], reason_lines((*member.reasons, *plan.reasons)))
    yield from _totals(expect, plan)
    for support in expect.supports:
        yield from _support(support, plan)
    for of_column in expect.values:
        yield from _value(of_column, plan, rulebook)
    missing = [fact_of(each.fact, each.member) for each in plan.missing]
    yield from _listed("expect.missing", expect.missing, missing)
    yield from _listed("expect.not_configured", expect.not_configured, [each.parameter for each in plan.not_configured])


def _totals(expect: Expectation, plan: Plan) -> Iterator[Mismatch]:
    totals = plan.totals
    lines = [*_differing("expect.totals", expect.totals, {key: getattr(totals, key) for key in expect.totals}).values()]
    programmes = {support.programme for support in plan.supports} if lines else set()
    for key, by_code, expected in (
        ("by_programme", totals.by_programme, expect.by_programme),
        ("once_by_programme", totals.once_by_programme, expect.once_by_programme),
    ):
        wrong = _differing(f"expect.totals.{key}", expected, {code: by_code.get(code, 0) for code in expected})
        programmes |= set(wrong)
        lines += wrong.values()
    if lines:
        yield Mismatch(lines, total_lines(plan, programmes))


def _support(expected: ExpectedSupport, plan: Plan) -> Iterator[Mismatch]:
    of_benefit = [support for support in plan.supports if support.benefit.code == expected.benefit]
    found = [support for support in of_benefit if expected.recipient in {None, support.recipient}]
    if not of_benefit:
        close = nearest(expected.benefit, dict.fromkeys(support.benefit.code for support in plan.supports))
        hint = f"; nearest known: {close}" if close else ""
        place = f"{plan.household.region} on {plan.household.on}"
        yield Mismatch([f"{expected.path}.benefit: no benefit {expected.benefit!r} in {place}{hint}"])
    elif len(found) != 1:
        recipients = ", ".join(repr(support.recipient) for support in of_benefit)
        yield Mismatch([f"{expected.path}.recipient: name one of its recipients: {recipients}"])
    elif lines := _differing(expected.path, expected.values, {key: getattr(found[0], key) for key in expected.values}):
        yield Mismatch(lines.values(), support_lines(found[0]))


def _value(expected: ExpectedValue, plan: Plan, rulebook: Rulebook) -> Iterator[Mismatch]:
    try:
        found = value(plan.household, expected.column, rulebook, expected.recipient)
    except RuleError as error:
        yield Mismatch([f"{expected.path}.column: {error.message}"])
        return
    comes_to = UNKNOWN if found.value is None else found.value
    if not _is(comes_to, expected.value):
        missing = [f"? {fact_of(*fact)} is not known" for fact in found.missing]
        unset = [f"? {name} is not set" for name in found.not_configured]
        yield Mismatch([f"{expected.path}.value: expected {expected.value}, found {comes_to}"], (*missing, *unset))


def _is(found: Any, wanted: Any) -> bool:
    """Return whether a value is what is wanted: a number to as many decimals as are written, bounds as shown."""
    if isinstance(found, Partly):
        return wanted in {UNKNOWN, str(found)}
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if not isinstance(found, int | Decimal):
        return bool(str(found) == str(wanted)) if isinstance(wanted, str) else bool(found == wanted)
    try:
        number = Decimal(str(wanted))
    except InvalidOperation:
        return False
    return Decimal(found).quantize(number, rounding=ROUND_HALF_UP) == number


def _listed(path: str, wanted: tuple[str, ...] | None, found: list[str]) -> Iterator[Mismatch]:
    """Yield what is wanted and not found; where an empty list is wanted, whatever is found."""
    absent = [name for name in wanted or () if name not in found]
    if absent or (found and wanted == ()):
        expected = ", ".join(absent) or "nothing"
        yield Mismatch([f"{path}: expected {expected}; the plan names {', '.join(found) or 'nothing'}"])


def _differing(path: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, str]:
    """Return a line for each key at which something else is found than expected, by key."""
    return {c.key: _differs(f"{path}.{c.key}", c.before, c.after) for c in changed_values(expected, found)}


def _differs(path: str, wanted: Any, found: Any) -> str:
    return f"{path}: expected {shown(wanted)}, found {shown(found)}"


@frozen
class ScenarioOutcome:
    """A scenario, the plan of its household with the rules behind it, and what differs from what was expected."""

    scenario: Scenario
    plan: Plan
    ruleset: Ruleset
    differences: tuple[Mismatch, ...]

    def __str__(self) -> str:
        head = f"{self.scenario.file.name}: {len(self.differences)} difference(s)"
        left_out = [f"the plugin {error.plugin} was left out: {error.reason}" for error in self.plan.left_out]
        return "\n\n".join([head, *left_out, *map(str, self.differences)])


@define
class Runner:
    """Runs scenario files with the installed plugins; the same policy packs are read once."""

    _rulebooks: dict[tuple[Path, ...], Rulebook] = field(factory=dict)

    def rulebook(self, policy: tuple[Path, ...] = ()) -> Rulebook:
        """Return the rulebook of the installed plugins with these packs added.

        Raises:
            PackError: one of the packs cannot be taken.
        """
        if policy not in self._rulebooks:
            self._rulebooks[policy] = Rulebook.load(policy)
        return self._rulebooks[policy]

    def run(self, file: Path) -> ScenarioOutcome:
        """Return the outcome of the scenario in a file.

        Raises:
            ScenarioError: the file cannot be taken.
            PackError: a policy pack that it names cannot be taken.
            RuleError: a rule fails on this household, or an added pack declares one that cannot work.
            OSError: one of the files cannot be opened.
        """
        scenario = read_scenario(file, self.rulebook)
        household, rulebook = scenario.household, self.rulebook(scenario.policy)
        try:
            plan = make_plan(household, rulebook)
        except pl.exceptions.PolarsError as error:
            message = _("{name}: a rule fails on this household: {error}", name=file.name, error=error)
            raise RuleError(message) from error
        ruleset = rulebook.rules(household.region, household.on)
        return ScenarioOutcome(scenario, plan, ruleset, tuple(differences(scenario.expect, plan, rulebook)))
