"""What stands behind one result: the reasons, the facts that are missing, the presumptions used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias, cast

from attrs import define, field

from bangfu.engine import BoundBenefit, BoundCriterion, Ruleset
from bangfu.engine.bound import ColumnPlace, CriteriaGroup, Due, Reading, Set
from bangfu.engine.values import shown
from bangfu.facts import Level
from bangfu.facts.declare import Partly
from bangfu.messages import _, joined
from bangfu.plan.model import NearMiss, Reason, Support
from bangfu.plan.origins import FACT, PARAMETER, ZERO, Origins, Source
from bangfu.policy import PolicyEntry
from bangfu.policy.parameters import PREFIX as POLICY
from bangfu.rules.language import KnownRows
from bangfu.rules.language.known import Truth, Value, is_exact

_Row: TypeAlias = Mapping[str, Value]


def _name(source: Source) -> str:
    return source[1]


@define(eq=False)
class Told:
    """What there is to tell of criteria that stand together.

    ``presumed`` are the facts that their outcomes rest on and that were presumed; ``settled`` says that none of them is
    open. ``not_due`` keeps, by benefit and recipient, a support that they refuse, and how near it was.
    """

    reasons: tuple[Reason, ...]
    presumed: frozenset[str] = field(init=False)
    settled: bool = field(init=False)
    not_due: dict[tuple[Due, int | str], tuple[Support, NearMiss | None]] = field(factory=dict, repr=False)

    def __attrs_post_init__(self) -> None:
        presumed: set[str] = set()
        self.settled = _gathered(self.reasons, presumed)
        self.presumed = frozenset(presumed)


def _gathered(reasons: Iterable[Reason], presumed: set[str]) -> bool:
    """Add what reasons and their parts presume to a set; return whether none of them is open."""
    settled = True
    for reason in reasons:
        if reason.presumed:
            presumed.update(reason.presumed)
        if reason.status is None or (reason.parts and not _gathered(reason.parts, presumed)):
            settled = False
    return settled


@define
class Evidence:
    """The results of one household, with the graph that says what each came from."""

    ruleset: Ruleset
    rows: KnownRows
    origins: Origins = field(init=False)
    _at: dict[int | None, tuple[_Row, _Row]] = field(init=False)
    _presumed: dict[int | None, frozenset[str]] = field(init=False)
    _of_sources: dict[frozenset[Source], tuple[tuple[str, ...], tuple[str, ...], str]] = field(factory=dict)
    _rests_on: set[tuple[int | None, str, frozenset[str]]] = field(factory=set)

    def __attrs_post_init__(self) -> None:
        self.origins = Origins(self.ruleset, self.rows)
        household = self.rows.household
        self._at = {None: (household, household), **{i: (row, household) for i, row in enumerate(self.rows.members)}}
        of_household = frozenset(self._presumed_facts(Level.HOUSEHOLD, household))
        self._presumed = {None: of_household}
        for i, row in enumerate(self.rows.members):
            self._presumed[i] = of_household.union(self._presumed_facts(Level.MEMBER, row))

    def known(self, column: str, member: int | None) -> Value:
        """Return what is known of a column for a member, or for the household (None)."""
        place = self.ruleset.place(Level.HOUSEHOLD if member is None else Level.MEMBER, column)
        return self.at(place, member)

    def at(self, place: ColumnPlace, member: int | None) -> Value:
        """Return what is known at a place, for a member or for the household (None)."""
        return self._at[member][place.of_household][place.name]

    def truth(self, column: str, member: int | None) -> Truth:
        """Return whether a test holds for a member, or for the household (None)."""
        value = self.known(column, member)
        assert value is None or isinstance(value, bool)  # noqa: S101 - asked for tests alone
        return value

    def value(self, column: str, member: int | None) -> Any:
        """Return what stands in a column for a member, or for the household (None), as results show it."""
        return self._shown(self.ruleset.shown(Level.HOUSEHOLD if member is None else Level.MEMBER, column), member)

    def _shown(self, at: ColumnPlace | Set, member: int | None) -> Any:
        if isinstance(at, Set):
            return at.value
        value = self._at[member][at.of_household][at.name]
        if value.__class__ is int:
            return at.whole_shown(value)
        if value is None or isinstance(value, bool | str):
            return value
        # What is known of everybody's is nothing that is known of one.
        return None if at.unstated == value and not is_exact(value) else shown(value, at.kind)

    def exactly(self, column: str, member: int | None) -> Any:
        """Return what ``value`` does; None where that is not known exactly."""
        value = self.value(column, member)
        return None if isinstance(value, Partly) else value

    def reasons(self, criteria: tuple[BoundCriterion, ...], member: int | None, rule: str = "") -> tuple[Reason, ...]:
        """Return the reason of each criterion for a member, or for the household (None); ``rule`` is their category."""
        return self.told(self.ruleset.group(criteria, rule), member).reasons

    def told(self, group: CriteriaGroup, member: int | None) -> Told:
        """Return what there is to tell of criteria that stand together; the same for many households is made once."""
        own, household = self._at[member]
        values = group.values(own, household, self._presumed[member])
        found: Told | None = None if values is None else group.told.get(values)
        if found is None:
            found = self._make(group, member)
            if values is not None and found.settled:  # what is open hangs on more than these values
                group.keep(values, found)
        if found.presumed:
            self._rests_on.add((member, group.rule, found.presumed))
        return found

    def _make(self, group: CriteriaGroup, member: int | None) -> Told:
        if len(group.readings) == 1:
            return Told((self._reason(group.readings[0], member, group.rule),))
        return Told(tuple([self._alone(one, member) for one in group.alone]))

    def _alone(self, group: CriteriaGroup, member: int | None) -> Reason:
        """Return the reason of a criterion by itself, told before or not; what it rests on is that of its group."""
        own, household = self._at[member]
        values = group.values(own, household, self._presumed[member])
        found: Told | None = None if values is None else group.told.get(values)
        if found is not None:
            return found.reasons[0]
        reason = self._reason(group.readings[0], member, group.rule)
        if values is not None and reason.status is not None and (told := Told((reason,))).settled:
            group.keep(values, told)
        return reason

    def reason_of_amount(self, bound: BoundBenefit, member: int | None) -> Reason:
        """Return why a benefit, whose criteria hold, is not known to be due: for its amount."""
        return self._reason(self.ruleset.reading_of_amount(bound), member, "")

    def _reason(self, reading: Reading, member: int | None, rule: str) -> Reason:
        criterion, at, rows = reading.criterion, reading.status, self._at[member]
        status = cast("Truth", rows[at.of_household][at.name])
        limit = reading.limit.value if isinstance(reading.limit, Set) else self._shown(reading.limit, member)
        value = None if reading.value is None else self._shown(reading.value, member)
        parts = self.told(reading.parts, member).reasons if reading.parts else ()
        source = self._source(reading, member) if reading.standards else criterion.source
        if status is not None:
            presumed: tuple[str, ...] = ()
            if reading.presumable:
                here = self._presumed[member]
                presumed = tuple([fact for fact in reading.presumable if fact in here])
            return Reason(criterion, status, value, limit, (), (), presumed, parts, rule, "", source)
        facts, parameters, because = self._open(self.origins.missing(at.key, member))
        return Reason(criterion, None, value, limit, facts, parameters, (), parts, rule, because, source)

    def _open(self, sources: frozenset[Source]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Return the facts and parameters among what is missing, and what else is to be said of it."""
        found = self._of_sources.get(sources)
        if found is None:
            of: dict[str, dict[str, None]] = {FACT: {}, PARAMETER: {}, ZERO: {}}
            for kind, name, _whose in sorted(sources, key=_name):
                of[kind][name] = None
            because = _("除数为零：{list}", list=joined("、", of[ZERO])) if of[ZERO] else ""
            if not sources:  # a word that has no standard, or no case of a choice that holds
                because = _("规则没有规定这种情况")
            found = self._of_sources[sources] = tuple(of[FACT]), tuple(of[PARAMETER]), because
        return found

    def _source(self, reading: Reading, member: int | None) -> str:
        counting = self.entries(reading.criterion.level, reading.criterion.limit_column or "", member)
        found = reading.sources.get(counting)
        if found is None:
            found = reading.sources[counting] = _source(reading, counting)
        return found

    def trace(self, level: Level, column: str, member: int | None) -> frozenset[Source]:
        """Return the unknown facts and unset parameters for which a column is not known exactly here."""
        return self.origins.missing(self.ruleset.graph.locate(level, column).key, member)

    def entries(self, level: Level, column: str, member: int | None) -> frozenset[PolicyEntry]:
        """Return the policy values that a known amount came from, by the branches really taken.

        Sums over members end the search: what they rest on is explained with the category.
        """
        found = self.ruleset.graph.locate(level, column)
        if found.parameter:
            entry = self.ruleset.policy.entries.get(found.name.removeprefix(POLICY))
            return frozenset() if entry is None else frozenset([entry])
        return self.origins.entries(found.key, member)

    def _presumed_facts(self, level: Level, row: _Row) -> Iterator[str]:
        """Yield the facts of a level of which nothing was stated and that are presumed."""
        for presumable in self.ruleset.presumables:
            if presumable.level is level:
                stated, unstated = row[presumable.stated], presumable.unstated
                if stated is unstated or stated == unstated:
                    known = row.get(presumable.column)
                    if known is not None and is_exact(known):
                        yield presumable.fact

    def all_presumed(self, *, without: str) -> set[tuple[str, int | None]]:
        """Return every presumed fact, with its member, on which a reason made so far rests, but for those of a rule."""
        by_name = self.ruleset.graph.catalog.by_name
        return {
            (fact, None if by_name[fact].level is Level.HOUSEHOLD else member)
            for member, rule, facts in self._rests_on
            if rule != without
            for fact in facts
        }


def _source(reading: Reading, counting: frozenset[PolicyEntry]) -> str:
    """Return a criterion's clause; where it is that of a standard for others (the urban one's), that of ours."""
    criterion, possible = reading.criterion, reading.standards
    of_others = {entry.source for entry in possible - counting}
    ours = {entry.source for entry in counting}
    if not ours or criterion.source in ours or criterion.source not in of_others:
        return criterion.source
    kinds = {entry.parameter.name.rpartition(".")[0] for entry in possible if entry.source == criterion.source}
    alike = {entry.source for entry in counting if entry.parameter.name.rpartition(".")[0] in kinds}
    return joined("；", sorted(alike or ours))
