"""What the API answers, described (JSON Schema), by name."""

from __future__ import annotations

from bangfu.facts.household import CATEGORY_LABELS
from bangfu_web.api.schemas import ANY, DAY, TEXT, WHOLE, YES_NO, Schema, listed, or_null, ref, table
from bangfu_web.failures import Written

_MAYBE_TEXT = or_null(TEXT)
_MAYBE_WHOLE = or_null(WHOLE)
_MAYBE_YES_NO = or_null(YES_NO)
_MONEY: Schema = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"}
_MAYBE_MONEY = or_null(_MONEY)
_CATEGORY = or_null({"type": "string", "enum": list(CATEGORY_LABELS)})
_CANDIDATES = listed({"type": "string", "enum": list(CATEGORY_LABELS)})
_RECIPIENT: Schema = {"oneOf": [WHOLE, {"const": "household"}]}
_OBJECT: Schema = {"type": "object"}
_DONE = {"number": TEXT, "version": WHOLE}
_REASON = {
    "label": TEXT,
    "status": _MAYBE_YES_NO,
    "value": _MAYBE_TEXT,
    "limit": _MAYBE_TEXT,
    "source": TEXT,
    "missing": listed(TEXT),
}
_REASON_MORE = {
    "rule": TEXT,
    "not_configured": listed(TEXT),
    "presumed": listed(TEXT),
    "because": TEXT,
    "parts": listed(ref("Reason")),
}
_SUMS = {**_OBJECT, "additionalProperties": _MONEY}
_TOTALS = table({"year": _MONEY, "once": _MONEY, "by_programme": _SUMS, "once_by_programme": _SUMS})
_OPEN_ENTRY = table({"entry": WHOLE, "kind": TEXT, "lacks": listed(TEXT)})
_KEPT_TOTALS = table({"year": _MONEY, "once": _MONEY, "by_programme": _SUMS}, {"once_by_programme": _SUMS})
"""An assessment that was kept before the two were told apart has both in ``by_programme``."""
_KEPT_SUPPORT = {
    "benefit": TEXT,
    "programme": TEXT,
    "name": TEXT,
    "recipient": _RECIPIENT,
    "status": {"enum": ["eligible", "ineligible", "undetermined"]},
    "amount": _MAYBE_MONEY,
    "per": {"enum": ["year", "month", "day", "once"]},
    "year_amount": _MAYBE_MONEY,
    "kind": {"enum": ["cash", "waiver", "in_kind", "service", "figure"]},
    "source": TEXT,
    "verified": YES_NO,
    "until": or_null(DAY),
    "replaced_by": _MAYBE_TEXT,
}
_SUPPORT = table(
    {
        **_KEPT_SUPPORT,
        "reasons": listed(ref("Reason")),
        "numbers": listed(
            table({"name": TEXT, "label": TEXT, "value": _MAYBE_TEXT, "source": TEXT, "verified": _MAYBE_YES_NO})
        ),
        "documents": listed(TEXT),
        "office": TEXT,
        "note": TEXT,
        "before_cap": _MAYBE_MONEY,
    }
)
_DECIDES = {"decides": listed(TEXT), "decides_category": YES_NO}
_PLAN_MEMBER = table(
    {
        "index": WHOLE,
        "counted": _MAYBE_YES_NO,
        "category": _CATEGORY,
        "candidates": _CANDIDATES,
        "reasons": listed(ref("Reason")),
    },
    {"name": _MAYBE_TEXT},
)
_PLAN = table(
    {
        "on": DAY,
        "region": TEXT,
        "household": table(
            {
                "members": listed(_PLAN_MEMBER),
                "size": _MAYBE_WHOLE,
                "income_year": _MAYBE_MONEY,
                "income_bounds": listed(_MAYBE_MONEY),
                "income_per_head_year": _MAYBE_MONEY,
                "category": _CATEGORY,
                "candidates": _CANDIDATES,
                "grace": or_null(table({"until": DAY})),
                "reasons": listed(ref("Reason")),
            }
        ),
        "supports": listed(_SUPPORT),
        "totals": _TOTALS,
        "missing": listed(table({"fact": TEXT, "member": _MAYBE_WHOLE, **_DECIDES, "entries": listed(_OPEN_ENTRY)})),
        "not_configured": listed(table({"parameter": TEXT, **_DECIDES})),
        "near_misses": listed(
            table({"code": TEXT, "recipient": _RECIPIENT, "by": _MAYBE_TEXT, **_REASON}, _REASON_MORE)
        ),
        "presumed": listed(table({"fact": TEXT, "member": _MAYBE_WHOLE, "value": _MAYBE_TEXT})),
        "left_out": listed(table({"plugin": TEXT, "reason": TEXT})),
    }
)
_SUMMARY = table(
    {"id": WHOLE, "on": DAY, "category": _CATEGORY, "candidates": _CANDIDATES},
    {"year": TEXT, "once": TEXT, "programmes": listed(TEXT), "undetermined": WHOLE, "missing": WHOLE},
)
_ASSESSMENT = {
    "id": WHOLE,
    "on": DAY,
    "made_at": TEXT,
    "who": TEXT,
    "journal": WHOLE,
    "policy": TEXT,
    "plugins": {**_OBJECT, "additionalProperties": TEXT},
    "category": _CATEGORY,
    "candidates": _CANDIDATES,
    "totals": _KEPT_TOTALS,
}
_STATEMENT = table({"source": TEXT, "value": ANY, "on": DAY})
_REGISTERED = table(
    {
        "number": TEXT,
        "version": WHOLE,
        "closed": _MAYBE_TEXT,
        "data": {"type": "object", "required": ["members"], "properties": {"members": listed(_OBJECT)}},
        "members": listed(WHOLE),
        "former": listed(table({"member": WHOLE, "status": TEXT})),
        "rechecks": listed(table({"due": DAY, "reason": TEXT})),
        "disagreements": listed(
            table({"member": _MAYBE_WHOLE, "fact": TEXT, "counts": _STATEMENT, "statements": listed(_STATEMENT)})
        ),
        "duplicates": listed(
            table(
                {
                    "id_number": TEXT,
                    "elsewhere": YES_NO,
                    "places": listed(table({"number": TEXT, "region": TEXT, "member": WHOLE})),
                }
            )
        ),
        "assessed": or_null(_SUMMARY),
    }
)
_LISTED = table(
    {
        "number": TEXT,
        "region": TEXT,
        "head": TEXT,
        "size": WHOLE,
        "category": _CATEGORY,
        "assessed": or_null(_SUMMARY),
        "disagreements": WHOLE,
        "due": or_null(DAY),
        "changed_at": TEXT,
        "closed": _MAYBE_TEXT,
    }
)
_ENTRY = table(
    {
        "seq": WHOLE,
        "at": TEXT,
        "who": TEXT,
        "operation": TEXT,
        "version": _MAYBE_WHOLE,
        "member": _MAYBE_WHOLE,
        "fact": _MAYBE_TEXT,
        "old": ANY,
        "new": ANY,
        "source": _MAYBE_TEXT,
        "observed_on": or_null(DAY),
        "evidence": _MAYBE_TEXT,
        "reason": _MAYBE_TEXT,
    }
)
_PROBLEM = table({"path": TEXT, "found": TEXT, "expected": TEXT, "hint": TEXT})
_FACT = table(
    {
        "name": TEXT,
        "level": {"enum": ["household", "member"]},
        "type": TEXT,
        "label": TEXT,
        "choices": {**_OBJECT, "additionalProperties": TEXT},
        "fields": listed(TEXT),
        "required": YES_NO,
        "presumption": _MAYBE_TEXT,
        "question": TEXT,
    }
)
_BENEFIT = table(
    {
        "code": TEXT,
        "name": TEXT,
        "for": {"enum": ["household", "member"]},
        "amount": _MAYBE_TEXT,
        "per": TEXT,
        "kind": TEXT,
        "source": TEXT,
        "verified": YES_NO,
        "when": listed(TEXT),
    }
)
_PARAMETER = table(
    {
        "parameter": TEXT,
        "label": TEXT,
        "value": _MAYBE_TEXT,
        "unit": TEXT,
        "per": _MAYBE_TEXT,
        "source": _MAYBE_TEXT,
        "pack": _MAYBE_TEXT,
        "verified": _MAYBE_YES_NO,
    }
)

ANSWERS: dict[str, Schema] = {
    "Problem": _PROBLEM,
    "Problems": table({"problems": listed(ref("Problem"))}),
    "Error": table({"error": TEXT, "problems": listed(ref("Problem"))}, {"written": {"enum": [*Written]}}),
    "Conflict": table(
        {"error": TEXT, "problems": listed(ref("Problem"))},
        {"version": WHOLE, "theirs": listed(ref("Entry")), "households": listed(TEXT)},
    ),
    "Entry": _ENTRY,
    "Reason": table(_REASON, _REASON_MORE),
    "Plan": _PLAN,
    "Facts": listed(_FACT),
    "Programmes": listed(table({"code": TEXT, "name": TEXT, "department": TEXT, "benefits": listed(_BENEFIT)})),
    "Policy": listed(_PARAMETER),
    "Page": table({"total": WHOLE, "page": WHOLE, "limit": WHOLE, "households": listed(_LISTED)}),
    "Registered": _REGISTERED,
    "Done": table(_DONE),
    "DoneMember": table({**_DONE, "member": WHOLE}),
    "DoneTwo": table({**_DONE, "other": table(_DONE)}),
    "Assessed": table({**_ASSESSMENT, "plan": ref("Plan")}),
    "Assessments": table({"assessments": listed(table(_ASSESSMENT))}),
    "Kept": table(
        {
            **_ASSESSMENT,
            "facts": _OBJECT,
            "members": listed(WHOLE),
            "supports": listed(table(_KEPT_SUPPORT)),
            "plan": or_null(ref("Plan")),
        }
    ),
    "History": table({"entries": listed(ref("Entry"))}),
    "Description": _OBJECT,
}
