"""What stands behind one result: the reasons, the facts that are missing, the presumptions used."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import define, field

from bangfu.engine import BoundCriterion, Ruleset
from bangfu.engine.values import decimal_of, shown
from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, Partly
from bangfu.plan.model import Reason
from bangfu.plan.origins import FACT, PARAMETER, ZERO, Origins, Source
from bangfu.policy import Entry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.language import Rows
from bangfu.rules.language.known import Truth, Value, is_exact


def _name(source: Source) -> str:
    return source[1]


@define
class Evidence:
    """The results of one household, with the graph that says what each came from."""

    ruleset: Ruleset
    rows: Rows
    origins: Origins = field(init=False)
    _groups: dict[tuple[int, int | None, str], tuple[Reason, ...]] = field(factory=dict)
    _reasons: dict[tuple[int, int | None, str], Reason] = field(factory=dict)
    _presumptions: dict[tuple[str, int | None], tuple[str, ...]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.origins = Origins(self.ruleset, self.rows)

    def row(self, level: Level, member: int | None) -> Mapping[str, Value]:
        """Return the row of a level in which a member's (or, None, the household's) columns stand."""
        return self.rows.household if level is Level.HOUSEHOLD or member is None else self.rows.members[member]

    def known(self, column: str, member: int | None) -> Value:
        """Return what is known of a column for a member, or for the household (None)."""
        place = self.ruleset.place(Level.HOUSEHOLD if member is None else Level.MEMBER, column)
        row = self.rows.household if member is None or place.of_household else self.rows.members[member]
        return row[place.name]

    def truth(self, column: str, member: int | None) -> Truth:
        """Return whether a test holds for a member, or for the household (None)."""
        value = self.known(column, member)
        assert value is None or isinstance(value, bool)  # noqa: S101 - asked for tests alone
        return value

    def value(self, column: str, member: int | None) -> Any:
        """Return what stands in a column for a member, or for the household (None), as results show it."""
        if column.startswith(POLICY):
            set_at = self.ruleset.policy.value(column.removeprefix(POLICY))
            return decimal_of(set_at) if isinstance(set_at, Fraction) else set_at
        place = self.ruleset.place(Level.HOUSEHOLD if member is None else Level.MEMBER, column)
        row = self.rows.household if member is None or place.of_household else self.rows.members[member]
        value = row[place.name]
        if value is None or isinstance(value, bool | str):
            return value
        # What is known of everybody's is nothing that is known of one.
        return None if place.unstated == value and not is_exact(value) else shown(value, place.kind)

    def exactly(self, column: str, member: int | None) -> Any:
        """Return what ``value`` does; None where that is not known exactly."""
        value = self.value(column, member)
        return None if isinstance(value, Partly) else value

    def reasons(self, criteria: tuple[BoundCriterion, ...], member: int | None, rule: str = "") -> tuple[Reason, ...]:
        """Return the reason of each criterion for a member, or for the household (None).

        ``rule`` names the category whose rule they stand in.
        """
        key = (id(criteria), member, rule)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = tuple([self.reason(criterion, member, rule) for criterion in criteria])
        return found

    def reason(self, criterion: BoundCriterion, member: int | None, rule: str = "") -> Reason:
        """Return one criterion's outcome; the same one is made once."""
        key = (id(criterion), member, rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = self._reason(criterion, member, rule)
        return found

    def _reason(self, criterion: BoundCriterion, member: int | None, rule: str) -> Reason:
        status = self.truth(criterion.status, member)
        limit = criterion.limit if criterion.limit_column is None else self.value(criterion.limit_column, member)
        value = None if criterion.value is None else self.value(criterion.value, member)
        parts = self.reasons(criterion.parts, member) if criterion.parts else ()
        if status is not None:
            presumed = self.presumed(criterion.level, criterion.status, member)
            source = self._source(criterion, member)
            return Reason(criterion, status, value, limit, (), (), presumed, parts, rule, source=source)
        sources = sorted(self.trace(criterion.level, criterion.status, member), key=_name)
        facts, parameters, zeros = (
            tuple(dict.fromkeys(name for of, name, _ in sources if of == kind)) for kind in (FACT, PARAMETER, ZERO)
        )
        because = f"除数为零：{'、'.join(zeros)}" if zeros else ""
        source = self._source(criterion, member)
        return Reason(criterion, None, value, limit, facts, parameters, (), parts, rule, because, source)

    def _source(self, criterion: BoundCriterion, member: int | None) -> str:
        """Return a criterion's clause; where it is that of a standard for others (the urban one's), that of ours."""
        possible = self.ruleset.standards_of(criterion)
        if criterion.limit_column is None or not possible:
            return criterion.source
        counting = self.entries(criterion.level, criterion.limit_column, member)
        of_others = {entry.source for entry in possible - counting}
        ours = {entry.source for entry in counting}
        if not ours or criterion.source in ours or criterion.source not in of_others:
            return criterion.source
        kinds = {entry.parameter.name.rpartition(".")[0] for entry in possible if entry.source == criterion.source}
        alike = {entry.source for entry in counting if entry.parameter.name.rpartition(".")[0] in kinds}
        return "；".join(sorted(alike or ours))

    def trace(self, level: Level, column: str, member: int | None) -> frozenset[Source]:
        """Return the unknown facts and unset parameters for which a column is not known exactly here."""
        return self.origins.missing(self.ruleset.graph.locate(level, column).key, member)

    def entries(self, level: Level, column: str, member: int | None) -> frozenset[Entry]:
        """Return the policy values that a known amount came from, by the branches really taken.

        Sums over members end the search: what they rest on is explained with the category.
        """
        found = self.ruleset.graph.locate(level, column)
        if found.parameter:
            entry = self.ruleset.policy.entries.get(found.name.removeprefix(POLICY))
            return frozenset() if entry is None else frozenset([entry])
        return self.origins.entries(found.key, member)

    def presumed(self, level: Level, column: str, member: int | None) -> tuple[str, ...]:
        """Return the facts that a known column rests on and that were presumed."""
        key = (column, member)
        found = self._presumptions.get(key)
        if found is None:
            facts = []
            for presumable in self.ruleset.presumable(level, column):
                row = self.row(presumable.level, member)
                nothing_stated = self._nothing_stated(presumable.level, presumable.fact, presumable.stated, row)
                if nothing_stated and is_exact(row[presumable.column]):
                    facts.append(presumable.fact)
            found = self._presumptions[key] = tuple(facts)
        return found

    def _nothing_stated(self, level: Level, fact: str, stated: str, row: Mapping[str, Value]) -> bool:
        """Return whether nothing was stated of a fact."""
        if PRESUMED + fact in row:  # a list fact: whether it is stated stands in a column of its own
            return row[fact] is None
        return row[stated] == self.ruleset.graph.base[level, stated].unstated

    def all_presumed(self, *, without: str) -> set[tuple[str, int | None]]:
        """Return every presumed fact, with its member, on which a reason made so far rests.

        ``without`` names a rule whose reasons play no part here.
        """
        by_name = self.ruleset.graph.catalog.by_name
        return {
            (fact, None if by_name[fact].level is Level.HOUSEHOLD else member)
            for (_, member, rule), reason in self._reasons.items()
            if rule != without
            for fact in reason.presumed
        }
