"""How an amount was worked out (算式): the sum with its numbers, each with its clause."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from attrs import define

from bangfu.engine import BoundBenefit
from bangfu.engine.labels import SumWriter, Written
from bangfu.facts import Level
from bangfu.facts.declare import PER_LABELS
from bangfu.messages import concat, joined
from bangfu.plan.evidence import Evidence
from bangfu.plan.model import Number
from bangfu.policy import PolicyEntry
from bangfu.rules.language import Expression
from bangfu.rules.language.choices import By, Choose
from bangfu.rules.language.kinds import MEASURED


@define
class Workings:
    """Writes the sums of one household's supports; the ruleset keeps what is the same of them for others."""

    evidence: Evidence

    def sum_of(self, bound: BoundBenefit, member: int | None) -> tuple[str | Number, ...]:
        """Return how an amount was worked out; nothing for one that is the same for everybody."""
        if bound.amount is None or bound.benefit.fixed_amount is not None:
            return ()
        return self._told(self._written(bound, bound.amount, member), member)

    def sum_of_column(self, level: Level, column: str, member: int | None) -> tuple[str | Number, ...]:
        """Return how a column of numbers was worked out; nothing for a fact, a parameter or what is no number."""
        graph = self.evidence.ruleset.graph
        reference = graph.locate(level, column)
        node = None if reference.parameter else graph.node(reference)
        if node is None or node.kind.sort not in MEASURED:
            return ()
        writer = SumWriter(graph, lambda choice: self.evidence.origins.taken(choice, member))
        written = writer.written(node.value, node.level)
        if all(isinstance(piece, str) for piece in written):  # over the members, of whom each has a sum of his own
            return ()
        return self._told(written, member)

    def _told(self, written: Written, member: int | None) -> tuple[str | Number, ...]:
        return tuple([p if isinstance(p, str) else self.number(p.level, p.column, member) for p in written])

    def _written(self, bound: BoundBenefit, amount: str, member: int | None) -> Written:
        ways = self.evidence.ruleset.sums.setdefault(bound.benefit.code, [])
        for choices, written in ways:
            if all(self._taken(choice, member) == taken for choice, taken in choices):
                return written
        graph, met = self.evidence.ruleset.graph, list[tuple[Choose | By, tuple[int, ...]]]()

        def taken(choice: Choose | By) -> Iterator[Expression]:
            met.append((choice, self._taken(choice, member)))
            return self.evidence.origins.taken(choice, member)

        node = graph.node_of((bound.benefit.for_, amount))
        written = SumWriter(graph, taken).written(node.value, node.level)
        ways.append((tuple(met), written))
        return written

    def _taken(self, choice: Choose | By, member: int | None) -> tuple[int, ...]:
        """Return which of its values a choice took: expressions are told apart by what they are, not what they say."""
        return tuple(map(id, self.evidence.origins.taken(choice, member)))

    def verified(self, bound: BoundBenefit, member: int | None) -> bool:
        """Return whether every figure behind the amount was checked against the official text."""
        if bound.amount is None or bound.benefit.fixed_amount is not None:
            return bound.benefit.verified
        entries = self.evidence.entries(bound.benefit.for_, bound.amount, member)
        return all(entry.verified for entry in entries) if entries else bound.benefit.verified

    def number(self, level: Level, column: str, member: int | None) -> Number:
        """Return a number with its label and the clause of what it rests on."""
        entries = self.evidence.entries(level, column, member)
        ruleset = self.evidence.ruleset
        said = ruleset.figures.get((level, column, entries))
        if said is None:
            reference = ruleset.graph.locate(level, column)
            node = None if reference.parameter else ruleset.graph.node(reference)
            source = joined("；", sorted({entry.source for entry in entries})) or (node.source if node else "")
            verified = all(entry.verified for entry in entries) if entries else None
            said = ruleset.figures[level, column, entries] = ruleset.labels.of_column(level, column), source, verified
        label, source, verified = said
        value = self.evidence.value(column, member if level is Level.MEMBER else None)
        return Number(column, label, value, source, verified, _by_period(entries, value))


def _by_period(entries: Collection[PolicyEntry], value: Any) -> str:
    """Return a value of one policy value that is set for a shorter period, with how often that is in a year."""
    if len(entries) != 1:
        return ""
    entry = next(iter(entries))
    if entry.per is None or entry.per.times_a_year == 1 or entry.year_value != value:
        return ""
    return concat((f"{entry.value:,.2f}/", PER_LABELS[entry.per], f" × {entry.per.times_a_year}"))
