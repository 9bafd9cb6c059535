"""A plan's own reasons as lines for whoever writes a rule: codes and raw values, not a caseworker's words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from decimal import Decimal
from typing import Any

from bangfu.kit.scenario import ABSENT
from bangfu.plan import Plan, Reason, Status, Support
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
        parts = [f"{indent}{_WORDS[reason.status]:<7} {rule}{criterion.label}", *_numbers(reason)]
        if reason.source:
            parts.append(f"[{reason.source}]")
        if reason.missing:
            parts.append(f"missing: {', '.join(reason.missing)}")
        if reason.not_configured:
            parts.append(f"not configured: {', '.join(reason.not_configured)}")
        if reason.presumed:
            parts.append(f"presumed: {', '.join(reason.presumed)}")
        yield "  ".join(parts)
        yield from reason_lines(reason.parts, indent + "  ")


def _numbers(reason: Reason) -> Iterator[str]:
    criterion = reason.criterion
    if criterion.value is not None:
        yield f"{criterion.value} = {text(reason.value) or 'unknown'}"
    if criterion.comparison is not Comparison.HOLDS and (criterion.limit_column or reason.limit is not None):
        yield f"limit = {text(reason.limit) or 'unknown'}"


def support_lines(support: Support) -> Iterator[str]:
    """Yield a support with the reasons and the numbers behind it."""
    benefit = support.benefit
    yield f"{benefit.code} {benefit.name}, for {who(support)}: {support.status}  [{benefit.source}]"
    yield from reason_lines(support.reasons, "  ")
    for number in support.numbers:
        yield f"  {number.label}: {text(number.value) or 'unknown'}  [{number.source}]"
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
