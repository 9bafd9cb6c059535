"""A plan as JSON data (JSON 形状): amounts are texts with two decimals, null is unknown."""
# ruff: noqa: UP013 - a small shape is one statement

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload

from bangfu.engine.labels import decimal_text
from bangfu.facts.declare import Partly
from bangfu.plan import MemberResult, Plan, Reason, Support

_FEN = Decimal("0.01")

Amount: TypeAlias = str
Recipient: TypeAlias = int | str
"""A member's index, or ``household``."""
Per: TypeAlias = Literal["year", "month", "day", "once"]
Kind: TypeAlias = Literal["cash", "waiver", "in_kind", "service", "figure"]
Status: TypeAlias = Literal["eligible", "ineligible", "undetermined"]
Sums: TypeAlias = dict[str, Amount]


class ReasonJson(TypedDict):
    """Whether a criterion holds, and why; ``parts`` are those it is made of."""

    label: str
    status: bool | None
    value: str | None
    limit: str | None
    source: str
    missing: list[str]
    rule: NotRequired[str]
    not_configured: NotRequired[list[str]]
    presumed: NotRequired[list[str]]
    because: NotRequired[str]
    parts: NotRequired["list[ReasonJson]"]


class NearMissJson(ReasonJson):
    """A support that is missed by little."""

    code: str
    recipient: Recipient
    by: str | None


class KeptSupportJson(TypedDict):
    """A support as it is kept: for whom, how much, by which clause."""

    benefit: str
    programme: str
    name: str
    recipient: Recipient
    status: Status
    amount: Amount | None
    per: Per
    year_amount: Amount | None
    kind: Kind
    source: str
    verified: bool
    until: str | None
    replaced_by: str | None


Number = TypedDict("Number", {"name": str, "label": str, "value": str | None, "source": str, "verified": bool | None})


class SupportJson(KeptSupportJson):
    """A support with its reasons."""

    reasons: list[ReasonJson]
    numbers: list[Number]
    documents: list[str]
    office: str
    note: str
    before_cap: Amount | None


OpenEntry = TypedDict("OpenEntry", {"entry": int, "kind": str, "lacks": list[str]})
Missing = TypedDict(
    "Missing",
    {"fact": str, "member": int | None, "decides": list[str], "decides_category": bool, "entries": list[OpenEntry]},
)
NotConfigured = TypedDict("NotConfigured", {"parameter": str, "decides": list[str], "decides_category": bool})
Presumed = TypedDict("Presumed", {"fact": str, "member": int | None, "value": str | None})
LeftOut = TypedDict("LeftOut", {"plugin": str, "reason": str})
Totals = TypedDict(
    "Totals", {"year": Amount, "once": Amount, "by_programme": Sums, "once_by_programme": NotRequired[Sums]}
)
"""Of what was kept before the two were told apart, ``by_programme`` has both."""
Grace = TypedDict("Grace", {"until": str})


class PlanMember(TypedDict):
    """A member in a plan."""

    index: int
    name: NotRequired[str | None]
    counted: bool | None
    category: str | None
    candidates: list[str]
    reasons: list[ReasonJson]


class PlanHousehold(TypedDict):
    """The household of a plan: who counts, its means, its category."""

    members: list[PlanMember]
    size: int | None
    income_year: Amount | None
    income_bounds: list[Amount | None]
    income_per_head_year: Amount | None
    category: str | None
    candidates: list[str]
    grace: Grace | None
    reasons: list[ReasonJson]


class PlanJson(TypedDict):
    """A support plan."""

    on: str
    region: str
    household: PlanHousehold
    supports: list[SupportJson]
    totals: Totals
    missing: list[Missing]
    not_configured: list[NotConfigured]
    near_misses: list[NearMissJson]
    presumed: list[Presumed]
    left_out: list[LeftOut]


def plan_as_json(plan: Plan) -> PlanJson:
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
            {"parameter": u.parameter, "decides": list(u.decides), "decides_category": u.decides_category}
            for u in plan.not_configured
        ],
        "near_misses": [
            {"code": near.code, "recipient": near.recipient, "by": text(near.by), **_reason(near.reason)}
            for near in plan.near_misses
        ],
        "presumed": [
            {"fact": presumed.fact, "member": presumed.member, "value": text(presumed.value)}
            for presumed in plan.presumed
        ],
        "left_out": [{"plugin": error.plugin, "reason": error.reason} for error in plan.left_out],
    }


@overload
def money(amount: Decimal) -> str: ...
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


def _member(member: MemberResult) -> PlanMember:
    return {
        "index": member.index,
        "name": member.name,
        "counted": member.counted,
        "category": member.category,
        "candidates": list(member.candidates),
        "reasons": [_reason(reason) for reason in member.reasons],
    }


def _reason(reason: Reason) -> ReasonJson:
    shown: ReasonJson = {
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


def _support(support: Support) -> SupportJson:
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
        "numbers": [
            {
                "name": number.column.removeprefix("policy:"),
                "label": number.label,
                "value": text(number.value),
                "source": number.source,
                "verified": number.verified,
            }
            for number in support.numbers
        ],
        "documents": list(benefit.documents),
        "office": benefit.office,
        "note": benefit.note,
        "until": support.until.isoformat() if support.until else None,
        "before_cap": money(support.before_cap),
        "replaced_by": support.replaced_by,
    }
