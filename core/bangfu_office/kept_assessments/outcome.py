"""The outcome of a kept assessment, as it was, grouped as a caseworker reads it.

What came out is read from what was kept. Reasons, numbers and every no are read from the plan made again, where it
came to the same result; where it did not they would explain another one, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from bangfu.messages import _
from bangfu.show import COUNTED_LABELS, RULE_LABELS, TOLD_WHERE_MET, shown_value, sums_said
from bangfu_office.kept_assessments.labels import KeptLabels
from bangfu_office.registry import Assessment, Replay, sums_of

Json = Mapping[str, Any]


@frozen
class KeptReason:
    """One reason: whether it held, what was tested, the value it rested on, the clause."""

    status: bool | None
    label: str
    details: str
    source: str
    presumed: bool


@frozen
class ToldSupport:
    """One support: whose, which, what came of it and why."""

    who: str
    name: str
    programme: str
    said: str
    instead: str
    support: Json = field(repr=False)
    reasons: tuple[KeptReason, ...]
    numbers: tuple[tuple[str, str, str], ...]


@frozen
class Outcome:
    """Everything the page of one assessment shows."""

    category: str
    rules: tuple[tuple[str, tuple[KeptReason, ...]], ...]
    members: tuple[tuple[str, str, str], ...]
    programmes: tuple[tuple[str, str, tuple[ToldSupport, ...]], ...]
    replaced: tuple[ToldSupport, ...]
    undetermined: tuple[ToldSupport, ...]
    ineligible: tuple[ToldSupport, ...]
    missing: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = field(repr=False)


def outcome(made: Assessment, again: Replay | None, say: KeptLabels) -> Outcome:
    """Return the outcome of an assessment in words; ``again`` is None where it cannot be made again."""
    made_again = again.outcome if again and again.same_result else None
    return _OutcomeTelling(made, say, made.outcome or made_again or _without_reasons(made)).all()


def _without_reasons(made: Assessment) -> Json:
    """Return what was kept as a plan that explains nothing."""
    nothing = {"reasons": (), "numbers": (), "office": ""}
    supports = [{**support, **nothing} for support in made.supports]
    return {"household": {**made.household, "reasons": ()}, "supports": supports, "missing": ()}


@frozen
class _OutcomeTelling:
    made: Assessment
    say: KeptLabels
    plan: Json = field(repr=False)

    def all(self) -> Outcome:
        household = self.plan["household"]
        supports = [self._support(support) for support in self.plan["supports"]]
        by_status = {
            status: tuple(s for s in supports if s.support["status"] == status)
            for status in ("eligible", "undetermined", "ineligible")
        }
        due = [s for s in by_status["eligible"] if not s.support["replaced_by"]]
        year, once = sums_of(self.made)
        codes = dict.fromkeys(support.programme for support in due)
        return Outcome(
            self.say.category(household["category"], household["candidates"]),
            tuple(self._rules(household)),
            tuple(self._member(member) for member in household["members"]),
            tuple(
                (
                    self.say.programmes.get(code, code),
                    sums_said(year.get(code), once.get(code)),
                    tuple(s for s in due if s.programme == code),
                )
                for code in codes
            ),
            tuple(s for s in by_status["eligible"] if s.support["replaced_by"]),
            by_status["undetermined"],
            by_status["ineligible"],
            tuple(self._missing()),
            tuple(self._facts()),
        )

    def _who(self, recipient: Any) -> str:
        if not isinstance(recipient, int):
            return _("全户")
        return f"{recipient + 1} {self.say.person(self.made.people[recipient])}"

    def _support(self, support: Json) -> ToldSupport:
        names = {s["benefit"]: s["name"] for s in self.plan["supports"]}
        return ToldSupport(
            self._who(support["recipient"]),
            support["name"],
            support["programme"],
            self.say.support(support),
            names.get(support["replaced_by"] or "", ""),
            support,
            tuple(self._reasons(support["reasons"])),
            tuple((n["label"], self.say.value(n["value"]), n["source"]) for n in support["numbers"]),
        )

    def _reasons(self, reasons: Iterable[Json]) -> Iterator[KeptReason]:
        for reason in reasons:
            value, limit = self.say.value(reason["value"]), self.say.value(reason["limit"])
            measured = any(digit in limit for digit in "0123456789")
            details = _("{value}，线 {limit}", value=value, limit=limit) if value and measured else value
            yield KeptReason(reason["status"], reason["label"], details, reason["source"], bool(reason.get("presumed")))

    def _rules(self, household: Json) -> Iterator[tuple[str, tuple[KeptReason, ...]]]:
        """Yield the categories up to the one that held, with their reasons."""
        for code in dict.fromkeys(reason["rule"] for reason in household["reasons"]):
            reasons = tuple(self._reasons(r for r in household["reasons"] if r["rule"] == code))
            if code not in TOLD_WHERE_MET or all(reason.status for reason in reasons):
                yield RULE_LABELS.get(code, code), reasons
            if code == household["category"] and household["grace"] is None:
                return

    def _member(self, member: Json) -> tuple[str, str, str]:
        return (
            self._who(member["index"]),
            COUNTED_LABELS[member["counted"]],
            self.say.category(member["category"], member["candidates"]),
        )

    def _missing(self) -> Iterator[tuple[str, str]]:
        for missing in self.plan["missing"]:
            fact = self.say.catalog.by_name.get(missing["fact"])
            who = _("全户") if missing["member"] is None else self._who(missing["member"])
            yield who, fact.label if fact else missing["fact"]

    def _facts(self) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """Yield every fact the assessment rests on, in words, by whom it is about."""
        subjects = [(_("全户"), {k: v for k, v in self.made.facts.items() if k != "members"})]
        subjects += [(self._who(i), facts) for i, facts in enumerate(self.made.facts["members"])]
        known = self.say.catalog.by_name
        for who, facts in subjects:
            yield (
                who,
                tuple(
                    (known[name].label if name in known else name, shown_value(known.get(name), value))
                    for name, value in facts.items()
                ),
            )
