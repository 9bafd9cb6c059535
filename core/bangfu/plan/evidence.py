"""What stands behind one result: the reasons, the facts that are missing, the presumptions used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, cast

from attrs import define, field

from bangfu.engine import BoundBenefit, BoundCriterion, Ruleset
from bangfu.engine.bound import Presumable
from bangfu.engine.reading import Place, Reading, Set
from bangfu.engine.values import shown
from bangfu.facts import Level
from bangfu.facts.declare import PRESUMED, Partly
from bangfu.plan.model import Reason
from bangfu.plan.origins import FACT, PARAMETER, ZERO, Origins, Source
from bangfu.policy import Entry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.language import Rows
from bangfu.rules.language.known import Truth, Value, is_exact

_Row: TypeAlias = Mapping[str, Value]


def _name(source: Source) -> str:
    return source[1]


@define
class Evidence:
    """The results of one household, with the graph that says what each came from."""

    ruleset: Ruleset
    rows: Rows
    origins: Origins = field(init=False)
    _at: dict[int | None, tuple[_Row, _Row]] = field(init=False)
    _groups: dict[tuple[int, int | None, str], tuple[Reason, ...]] = field(factory=dict)
    _reasons: dict[tuple[int, int | None, str], Reason] = field(factory=dict)
    _presumed_of: dict[int | None, frozenset[str]] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.origins = Origins(self.ruleset, self.rows)
        household = self.rows.household
        self._at = {None: (household, household), **{i: (row, household) for i, row in enumerate(self.rows.members)}}

    def known(self, column: str, member: int | None) -> Value:
        """Return what is known of a column for a member, or for the household (None)."""
        place = self.ruleset.place(Level.HOUSEHOLD if member is None else Level.MEMBER, column)
        return self._at[member][place.of_household][place.name]

    def truth(self, column: str, member: int | None) -> Truth:
        """Return whether a test holds for a member, or for the household (None)."""
        value = self.known(column, member)
        assert value is None or isinstance(value, bool)  # noqa: S101 - asked for tests alone
        return value

    def value(self, column: str, member: int | None) -> Any:
        """Return what stands in a column for a member, or for the household (None), as results show it."""
        return self._shown(self.ruleset.shown(Level.HOUSEHOLD if member is None else Level.MEMBER, column), member)

    def _shown(self, at: Place | Set, member: int | None) -> Any:
        if isinstance(at, Set):
            return at.value
        value = self._at[member][at.of_household][at.name]
        if value is None or isinstance(value, bool | str):
            return value
        # What is known of everybody's is nothing that is known of one.
        return None if at.unstated == value and not is_exact(value) else shown(value, at.kind)

    def exactly(self, column: str, member: int | None) -> Any:
        """Return what ``value`` does; None where that is not known exactly."""
        value = self.value(column, member)
        return None if isinstance(value, Partly) else value

    def reasons(self, criteria: tuple[BoundCriterion, ...], member: int | None, rule: str = "") -> tuple[Reason, ...]:
        """Return the reason of each criterion for a member, or for the household (None); the same one is made once.

        ``rule`` names the category whose rule they stand in.
        """
        key = (id(criteria), member, rule)
        found = self._groups.get(key)
        if found is None:
            found = tuple([self._reason(reading, member, rule) for reading in self.ruleset.readings(criteria)])
            self._groups[key] = found
        return found

    def reason_of_amount(self, bound: BoundBenefit, member: int | None) -> Reason:
        """Return why a benefit, whose criteria hold, is not known to be due: for its amount."""
        return self._reason(self.ruleset.reading_of_amount(bound), member, "")

    def _reason(self, reading: Reading, member: int | None, rule: str) -> Reason:
        key = (id(reading), member, rule)
        found = self._reasons.get(key)
        if found is None:
            found = self._reasons[key] = self._told(reading, member, rule)
        return found

    def _told(self, reading: Reading, member: int | None, rule: str) -> Reason:
        """Return one criterion's outcome; the same for many households is taken from what was told before."""
        place, told = reading.status, reading.told
        status = cast("Truth", self._at[member][place.of_household][place.name])
        if status is None or told is None:
            return self._made(reading, status, member, rule)
        at = reading.value
        value = self._at[member][at.of_household][at.name] if isinstance(at, Place) else None
        presumed = self._presumed(reading, member)
        key = (status, value, presumed, rule)
        found: Reason | None = told.get(key)
        if found is None:
            found = told[key] = self._made(reading, status, member, rule)
        return found

    def _made(self, reading: Reading, status: Truth, member: int | None, rule: str) -> Reason:
        criterion = reading.criterion
        limit = self._shown(reading.limit, member)
        value = None if reading.value is None else self._shown(reading.value, member)
        parts = self.reasons(criterion.parts, member) if criterion.parts else ()
        source = self._source(reading, member) if reading.standards else criterion.source
        if status is not None:
            presumed = self._presumed(reading, member)
            return Reason(criterion, status, value, limit, (), (), presumed, parts, rule, source=source)
        sources = sorted(self.trace(criterion.level, criterion.status, member), key=_name)
        facts, parameters, zeros = (
            tuple(dict.fromkeys(name for of, name, _ in sources if of == kind)) for kind in (FACT, PARAMETER, ZERO)
        )
        because = f"除数为零：{'、'.join(zeros)}" if zeros else ""
        return Reason(criterion, None, value, limit, facts, parameters, (), parts, rule, because, source)

    def _source(self, reading: Reading, member: int | None) -> str:
        """Return a criterion's clause; where it is that of a standard for others (the urban one's), that of ours."""
        criterion, possible = reading.criterion, reading.standards
        counting = self.entries(criterion.level, criterion.limit_column or "", member)
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

    def _presumed(self, reading: Reading, member: int | None) -> tuple[str, ...]:
        """Return the facts that a known outcome rests on and that were presumed."""
        if not reading.presumable:
            return ()
        here = self._presumed_of.get(member)
        if here is None:
            here = self._presumed_of[member] = frozenset(self._presumed_facts(member))
        return tuple([fact for fact in reading.presumable if fact in here])

    def _presumed_facts(self, member: int | None) -> Iterator[str]:
        """Yield the facts of a member and the household of which nothing was stated and that are presumed."""
        levels = (Level.HOUSEHOLD,) if member is None else (Level.HOUSEHOLD, Level.MEMBER)
        for presumable in self.ruleset.presumables:
            if presumable.level in levels:
                row = self._at[member][presumable.level is Level.HOUSEHOLD]
                known = row.get(presumable.column)
                if known is not None and is_exact(known) and self._nothing_stated(presumable, row):
                    yield presumable.fact

    def _nothing_stated(self, presumable: Presumable, row: Mapping[str, Value]) -> bool:
        """Return whether nothing was stated of a fact."""
        if PRESUMED + presumable.fact in row:  # a list fact: whether it is stated stands in a column of its own
            return row[presumable.fact] is None
        return row[presumable.stated] == self.ruleset.graph.base[presumable.level, presumable.stated].unstated

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
