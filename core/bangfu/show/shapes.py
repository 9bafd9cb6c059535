"""The shapes of plans and lists as JSON (JSON 形状): amounts are texts with two decimals, null is unknown."""
# ruff: noqa: UP013 - a small shape is one statement

from typing import Literal, NotRequired, TypeAlias, TypedDict

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


class FactJson(TypedDict):
    """A declared fact."""

    name: str
    level: str
    type: str
    label: str
    choices: dict[str, str]
    fields: list[str]
    required: bool
    presumption: str | None
    question: str


BenefitRow = TypedDict(
    "BenefitRow",
    {
        "code": str,
        "name": str,
        "for": str,
        "amount": str | None,
        "per": str,
        "kind": str,
        "source": str,
        "verified": bool,
        "when": list[str],
    },
)


class ProgrammeRow(TypedDict):
    """A programme with its benefits."""

    code: str
    name: str
    department: str
    benefits: list[BenefitRow]


class ParameterRow(TypedDict):
    """A parameter in force."""

    parameter: str
    label: str
    value: str | None
    unit: str
    per: str | None
    source: str | None
    pack: str | None
    verified: bool | None
