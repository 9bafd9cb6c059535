"""What a plan holds against what a scenario expects: the differences, each with the plan's own reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from attrs import define, frozen

from bangfu.differences import changed_values
from bangfu.errors import RuleError
from bangfu.facts.catalog import nearest
from bangfu.facts.declare import Partly
from bangfu.kit.reasons import reason_lines, shown, support_lines, total_lines
from bangfu.kit.scenario import UNKNOWN, ExpectedSupport, ExpectedValue, Scenario
from bangfu.plan import Plan, value
from bangfu.plan.model import HOUSEHOLD
from bangfu.rulebook import Rulebook


@frozen
class Mismatch:
    """What differs (one line for each value, by path) and, line by line, why the plan says what it says."""

    lines: tuple[str, ...]
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([*self.lines, *(f"    {line}" for line in self.why)])


def differences(scenario: Scenario, plan: Plan, rulebook: Rulebook) -> tuple[Mismatch, ...]:
    """Return every difference between a plan and what a scenario expects of it; none: it passes."""
    return tuple(_Comparison(scenario, plan, rulebook).all())


@define
class _Comparison:
    scenario: Scenario
    plan: Plan
    rulebook: Rulebook

    def all(self) -> Iterator[Mismatch]:
        yield from self._category()
        yield from self._members()
        yield from self._totals()
        for expected in self.scenario.expect.supports:
            yield from self._support(expected)
        for of_column in self.scenario.expect.values:
            yield from self._value(of_column)
        yield from self._missing()
        yield from self._not_configured()

    def _category(self) -> Iterator[Mismatch]:
        wanted, found = self.scenario.expect.category, self.plan.category or UNKNOWN
        if wanted is not None and wanted != found:
            candidates = "" if self.plan.category else f" (it could be {', '.join(self.plan.candidates)})"
            yield Mismatch(
                (_differs("expect.category", wanted, found + candidates),), tuple(reason_lines(self.plan.reasons))
            )

    def _members(self) -> Iterator[Mismatch]:
        for member, wanted in zip(self.plan.members, self.scenario.expect.members or (), strict=False):
            found = member.category or UNKNOWN
            if found != wanted:
                why = tuple(reason_lines((*member.reasons, *self.plan.reasons)))
                yield Mismatch((_differs(f"expect.members[{member.index}]", wanted, found),), why)

    def _totals(self) -> Iterator[Mismatch]:
        totals, expect = self.plan.totals, self.scenario.expect
        found = {key: getattr(totals, key) for key in expect.totals}
        lines = [*_differing("expect.totals", expect.totals, found).values()]
        programmes = {support.programme for support in self.plan.supports} if lines else set()
        for key, by_code, expected in (
            ("by_programme", totals.by_programme, expect.by_programme),
            ("once_by_programme", totals.once_by_programme, expect.once_by_programme),
        ):
            wrong = _differing(f"expect.totals.{key}", expected, {code: by_code.get(code, 0) for code in expected})
            programmes |= set(wrong)
            lines += wrong.values()
        if lines:
            yield Mismatch(tuple(lines), tuple(total_lines(self.plan, programmes)))

    def _support(self, expected: ExpectedSupport) -> Iterator[Mismatch]:
        codes = dict.fromkeys(support.benefit.code for support in self.plan.supports)
        if expected.benefit not in codes:
            close = nearest(expected.benefit, codes)
            hint = f"; nearest known: {close}" if close else ""
            on, region = self.plan.household.on, self.plan.household.region
            yield Mismatch((f"{expected.path}.benefit: no benefit {expected.benefit!r} in {region} on {on}{hint}",))
            return
        of_benefit = [support for support in self.plan.supports if support.benefit.code == expected.benefit]
        found = [s for s in of_benefit if expected.recipient in {None, s.recipient}]
        if len(found) != 1:
            recipients = ", ".join(repr(support.recipient) for support in of_benefit)
            yield Mismatch((f"{expected.path}.recipient: name one of its recipients: {recipients}",))
            return
        lines = _differing(expected.path, expected.values, {key: getattr(found[0], key) for key in expected.values})
        if lines:
            yield Mismatch(tuple(lines.values()), tuple(support_lines(found[0])))

    def _value(self, expected: ExpectedValue) -> Iterator[Mismatch]:
        try:
            found = value(self.plan.household, expected.column, self.rulebook, expected.recipient)
        except RuleError as error:
            yield Mismatch((f"{expected.path}.column: {error.message}",))
            return
        comes_to = UNKNOWN if found.value is None else found.value
        if not _is(comes_to, expected.value):
            missing = [f"? {_fact(*fact)} is not known" for fact in found.missing]
            unset = [f"? {name} is not set" for name in found.not_configured]
            yield Mismatch((f"{expected.path}.value: expected {expected.value}, found {comes_to}",), (*missing, *unset))

    def _missing(self) -> Iterator[Mismatch]:
        expected = self.scenario.expect.missing
        if expected is None:
            return
        found = [(missing.fact, missing.member) for missing in self.plan.missing]
        wanted = [(missing.fact, missing.member) for missing in expected]
        yield from _listed("expect.missing", [_fact(*fact) for fact in wanted], [_fact(*fact) for fact in found])

    def _not_configured(self) -> Iterator[Mismatch]:
        expected = self.scenario.expect.not_configured
        if expected is not None:
            found = [unset.parameter for unset in self.plan.not_configured]
            yield from _listed("expect.not_configured", expected, found)


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


def _listed(path: str, wanted: Iterable[str], found: list[str]) -> Iterator[Mismatch]:
    """Yield what is wanted and not found; where nothing is wanted, whatever is found."""
    wanted = list(wanted)
    absent = [name for name in wanted if name not in found]
    if absent or (found and not wanted):
        expected = ", ".join(absent) or "nothing"
        yield Mismatch((f"{path}: expected {expected}; the plan names {', '.join(found) or 'nothing'}",))


def _fact(fact: str, member: int | None) -> str:
    return f"{fact} of {HOUSEHOLD if member is None else f'member {member}'}"


def _differing(path: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, str]:
    """Return a line for each key at which something else is found than expected, by key."""
    return {c.key: _differs(f"{path}.{c.key}", c.before, c.after) for c in changed_values(expected, found)}


def _differs(path: str, wanted: Any, found: Any) -> str:
    return f"{path}: expected {shown(wanted)}, found {shown(found)}"
