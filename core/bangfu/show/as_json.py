"""A plan as JSON data: amounts are strings with two decimals, unknown is null."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, overload

from bangfu.engine.labels import decimal_text
from bangfu.facts.declare import Partly
from bangfu.plan import MemberResult, NearMiss, Number, Plan, Reason, Support
from bangfu.show import shapes

_FEN = Decimal("0.01")


def plan_as_json(plan: Plan) -> shapes.PlanJson:
    """Return a plan as data that ``json.dumps`` takes."""
    return {
        "on": plan.household.on.isoformat(),
        "region": plan.household.region,
        "household": {
            "members": [_member(member) for member in plan.members],
            "size": plan.size,
            "income_year": money(plan.income_year),
            "income_bounds": [money(plan.income_bounds.low), money(plan.income_bounds.high)],
            "income_per_head_year": money(plan.income_per_head_year),
            "category": plan.category,
            "candidates": list(plan.candidates),
            "grace": {"until": plan.grace_until.isoformat()} if plan.grace_until else None,
            "reasons": [_reason(reason) for reason in plan.reasons],
        },
        "supports": [_support(support) for support in plan.supports],
        "totals": {
            "year": money(plan.totals.year),
            "once": money(plan.totals.once),
            "by_programme": {code: money(amount) for code, amount in plan.totals.by_programme.items()},
            "once_by_programme": {code: money(amount) for code, amount in plan.totals.once_by_programme.items()},
        },
        "missing": [
            {
                "fact": missing.fact,
                "member": missing.member,
                "decides": list(missing.decides),
                "decides_category": missing.decides_category,
                "entries": [
                    {"entry": entry.place, "kind": entry.kind, "lacks": list(entry.lacks or ["times"])}
                    for entry in missing.entries
                ],
            }
            for missing in plan.missing
        ],
        "not_configured": [
            {
                "parameter": unset.parameter,
                "decides": list(unset.decides),
                "decides_category": unset.decides_category,
            }
            for unset in plan.not_configured
        ],
        "near_misses": [_near_miss(near) for near in plan.near_misses],
        "presumed": [
            {"fact": presumed.fact, "member": presumed.member, "value": text(presumed.value)}
            for presumed in plan.presumed
        ],
        "left_out": [{"plugin": error.plugin, "reason": error.reason} for error in plan.left_out],
    }


@overload
def money(amount: Decimal) -> str: ...
@overload
def money(amount: None) -> None: ...
@overload
def money(amount: Decimal | None) -> str | None: ...
def money(amount: Decimal | None) -> str | None:
    """Return an amount as a string with two decimals, or None."""
    return None if amount is None else str(amount.quantize(_FEN, ROUND_HALF_UP))


def text(value: Any) -> str | None:
    """Return a value as a string a program can read back; None for unknown."""
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case Decimal():
            return decimal_text(value)
        case Partly():
            return str(Partly(text(value.low), text(value.high)))
        case date():
            return value.isoformat()
        case tuple() | list():
            return ", ".join(str(text(part)) for part in value)
        case _:
            return str(value)


def _member(member: MemberResult) -> shapes.PlanMember:
    return {
        "index": member.index,
        "name": member.name,
        "counted": member.counted,
        "category": member.category,
        "candidates": list(member.candidates),
        "reasons": [_reason(reason) for reason in member.reasons],
    }


def _reason(reason: Reason) -> shapes.ReasonJson:
    shown: shapes.ReasonJson = {
        "label": reason.criterion.label,
        "status": reason.status,
        "value": text(reason.value),
        "limit": text(reason.limit),
        "source": reason.source,
        "missing": list(reason.missing),
    }
    if reason.rule:
        shown["rule"] = reason.rule
    if reason.not_configured:
        shown["not_configured"] = list(reason.not_configured)
    if reason.presumed:
        shown["presumed"] = list(reason.presumed)
    if reason.because:
        shown["because"] = reason.because
    if reason.parts:
        shown["parts"] = [_reason(part) for part in reason.parts]
    return shown


def _support(support: Support) -> shapes.SupportJson:
    benefit = support.benefit
    return {
        "benefit": benefit.code,
        "programme": support.programme,
        "name": benefit.name,
        "recipient": support.recipient,
        "status": support.status.value,
        "amount": money(support.amount),
        "per": benefit.per.value,
        "year_amount": money(support.year_amount),
        "kind": benefit.kind.value,
        "source": benefit.source,
        "verified": support.verified,
        "reasons": [_reason(reason) for reason in support.reasons],
        "numbers": [_number(number) for number in support.numbers],
        "documents": list(benefit.documents),
        "office": benefit.office,
        "note": benefit.note,
        "until": support.until.isoformat() if support.until else None,
        "before_cap": money(support.before_cap),
        "replaced_by": support.replaced_by,
    }


def _number(number: Number) -> shapes.Number:
    return {
        "name": number.column.removeprefix("policy:"),
        "label": number.label,
        "value": text(number.value),
        "source": number.source,
        "verified": number.verified,
    }


def _near_miss(near: NearMiss) -> shapes.NearMissJson:
    return {
        "code": near.code,
        "recipient": near.recipient,
        "by": text(near.by),
        **_reason(near.reason),
    }
