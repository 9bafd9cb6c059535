"""What packs give (政策包所给的): benefits, columns and groups, as programmes beside what plugins write in Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import define, evolve, field

from bangfu.classification import classification
from bangfu.errors import PackError, Problem, RuleError
from bangfu.facts import Catalog, Level
from bangfu.identification import MEMBER_COLUMNS, income_columns, property_columns
from bangfu.messages import _
from bangfu.policy import USER, Pack, Policy, Row
from bangfu.rules import Benefit, Derived, Group, Programme
from bangfu.rules.rows import benefit_of, column_of, group_of

_Made = TypeVar("_Made")


@define
class Packed:
    """The tables of packs that are in force under one policy."""

    catalog: Catalog
    packs: Sequence[Pack]
    policy: Policy
    _columns: dict[str, Derived] = field(factory=dict)

    def joined(self, plugin: str, given: Iterable[Programme]) -> tuple[Programme, ...]:
        """Return the programmes that a plugin gives, with what its own packs add, and those of its packs alone."""
        of_packs = self._programmes(plugin)
        for programme in given:
            self._columns |= {column.name: column for column in programme.columns}
            added = of_packs.pop(programme.code, None)
            of_packs[programme.code] = programme if added is None else together([programme, added])[0]
        return tuple(of_packs.values())

    def added(self, known: Sequence[Programme]) -> tuple[Programme, ...]:
        """Return what added files give, by programme: a known one's, or one of their own."""
        added = self._programmes(USER)
        for programme in known:
            if programme.code in added:
                own = added[programme.code]
                added[programme.code] = evolve(own, name=programme.name, department=programme.department)
        return tuple(added.values())

    def _programmes(self, owner: str) -> dict[str, Programme]:
        """Return what an owner's packs give, by code; a ``PackError`` has every problem of all their tables."""
        benefits, columns, groups, problems = self._read(owner)
        if problems:
            raise PackError.of(problems)
        programmes = {}
        for code in dict.fromkeys(row.programme for row in self._of(owner)):
            # Here, before elsewhere: another region's pack may have another name for a programme of this code.
            here = [row.pack for row in self._of(owner) if row.programme == code]
            named = next((p for pack in (*here, *self.packs) for p in pack.programmes if p["code"] == code), {})
            programmes[code] = Programme(
                code,
                named.get("name") or code,
                named.get("department", ""),
                [b for b in benefits if b.code.split(".")[0] == code],
                [c for c in columns if c.name.split(".")[0] == code],
                [g for g in groups if g.code.split(".")[0] == code],
            )
        return programmes

    def _read(
        self, owner: str
    ) -> tuple[Sequence[Benefit], Sequence[Derived], Sequence[Group], Mapping[str, list[Problem]]]:
        problems: dict[str, list[Problem]] = {}
        columns = self._made(owner, self.policy.columns, column_of, problems)
        groups = self._made(owner, self.policy.groups, group_of, problems)
        self._columns |= {column.name: column for column in columns}
        rows = [row for row in self.policy.rows if not row.is_repealed]
        benefits = self._made(owner, rows, lambda row: benefit_of(row, self.catalog, self._names), problems)
        return benefits, columns, groups, problems

    def problems(self, owner: str) -> Mapping[str, Sequence[Problem]]:
        """Return by file what is wrong in the tables of an owner's packs, each read by itself."""
        return self._read(owner)[-1]

    def _of(self, owner: str) -> list[Row]:
        in_force = (row for row in self.policy.rows if not row.is_repealed)
        rows = (*in_force, *self.policy.columns, *self.policy.groups)
        return [row for row in rows if row.pack.owner == owner]

    def _made(
        self, owner: str, rows: Iterable[Row], make: Callable[[Row], _Made], problems: dict[str, list[Problem]]
    ) -> list[_Made]:
        made = []
        for row in rows:
            if row.pack.owner == owner:
                try:
                    made.append(make(row))
                except PackError as error:
                    problems.setdefault(error.source, []).extend(error.problems)
        return made

    def _names(self, level: Level) -> frozenset[str]:
        """Return the names of derived columns of a level: the core's, and those of programmes."""
        columns = (*core_columns(self.policy), *self._columns.values())
        return frozenset(c.name for c in columns if c.level is level and ":" not in c.name)

    def without_repealed(self, programmes: Iterable[Programme]) -> tuple[Programme, ...]:
        """Return programmes without the benefits that a pack repeals here, and what cannot be had without them."""
        gone = {row.code for row in self.policy.rows if row.is_repealed}
        if not gone:
            return tuple(programmes)

        def left(programme: Programme) -> Iterator[Benefit]:
            for b in programme.benefits:
                if b.code not in gone and not gone.intersection(b.needs):
                    yield evolve(b, gives_way_to=tuple(code for code in b.gives_way_to if code not in gone))

        return tuple(evolve(programme, benefits=list(left(programme))) for programme in programmes)

    def told(self, error: Exception, failing: Callable[[tuple[Programme, ...]], Exception | None]) -> Exception:
        """Return an error in the rules of added files as one that names file, table and all that is wrong.

        What is wrong is left out, one thing after the other, until ``failing`` finds nothing more; an error that
        belongs to no table comes back as it is.
        """
        programmes = self.added(())
        problems: dict[str, list[Problem]] = {}
        found: Exception | None = error
        gone: list[str] = []
        while isinstance(found, RuleError) and (row := self._row_of(found)) is not None:
            path = (found.at or row.path).removeprefix(f"{row.pack.file} ")
            if not any(repr(name) in found.message for name in gone):  # else it follows from what is told already
                problems.setdefault(row.pack.file, []).append(Problem(path, found.message, _("相互配合的规则")))
            gone.append(row.code)
            programmes = tuple(_without(programme, row, found) for programme in programmes)
            found = failing(programmes)
        return PackError.of(problems) if problems else error

    def is_about_added(self, error: Exception) -> bool:
        """Return whether an error names a place in an added file."""
        return isinstance(error, RuleError) and self._row_at(error.at) is not None

    def _row_of(self, error: RuleError) -> Row | None:
        """Return the table of an added file that an error is about."""
        names = {error.benefit, *error.owner.split(" / ")}
        return self._row_at(error.at) or next((row for row in self._of(USER) if row.code in names), None)

    def _row_at(self, at: str) -> Row | None:
        return next((row for row in self._of(USER) if at.startswith(row.at)), None)


def core_columns(policy: Policy) -> tuple[Derived, ...]:
    """Return the derived columns of the core under a policy."""
    return (*MEMBER_COLUMNS, *income_columns(policy), *property_columns(policy), *classification(policy).columns)


def together(programmes: Iterable[Programme]) -> tuple[Programme, ...]:
    """Return one programme a code: what an added pack gives to a plugin's programme joins it."""
    merged: dict[str, Programme] = {}
    for programme in programmes:
        known = merged.get(programme.code)
        if known is None:
            merged[programme.code] = programme
        else:
            benefits, columns = known.benefits + programme.benefits, known.columns + programme.columns
            groups = known.groups + programme.groups
            merged[programme.code] = evolve(known, benefits=benefits, columns=columns, groups=groups)
    return tuple(merged.values())


def _without(programme: Programme, row: Row, error: RuleError) -> Programme:
    """Return a programme without what an error is about: a criterion or the amount of a benefit, or all of a table."""
    return evolve(
        programme,
        benefits=[left for b in programme.benefits if (left := _mended(b, row, error)) is not None],
        columns=[c for c in programme.columns if c.at != row.at],
        groups=[g for g in programme.groups if g.at != row.at],
    )


def _mended(benefit: Benefit, row: Row, error: RuleError) -> Benefit | None:
    if benefit.at != row.at:
        return benefit
    left = [criterion for criterion in benefit.when if criterion.at != error.at]
    if len(left) < len(benefit.when):
        return evolve(benefit, when=left)
    if error.owner.endswith("/ amount"):
        return evolve(benefit, amount=0)
    return None
