"""Policy packs (政策包): what a place sets and gives, since when, by which clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from attrs import field, frozen

from bangfu.facts import Fact, Per
from bangfu.messages import in_words
from bangfu.policy.parameters import Parameter
from bangfu.regions import prefix_of

USER = "user"
"""The owner of packs that are added as files."""


# Entries, rows and packs are told apart by identity: what a pack writes is in tables, which have no hash.
@frozen(eq=False)
class PolicyEntry:
    """One parameter's value as a pack sets it: ``value`` typed, money in the unit of ``per``."""

    path: str
    parameter: Parameter
    value: Any
    per: Per | None
    source: str
    verified: bool
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def year_value(self) -> Any:
        """The value in yuan a year for periodic money, else the value itself."""
        return self.value * self.per.times_a_year if self.per else self.value


@frozen(eq=False)
class Row:
    """One ``[[benefit]]``, ``[[column]]`` or ``[[group]]`` as written, and where it stands."""

    path: str
    data: Mapping[str, Any]
    start: date | None
    until: date | None
    pack: Pack = field(repr=False)

    @property
    def code(self) -> str:
        """The code of a benefit or group, the name of a column; empty where the row lacks one."""
        return str(self.data.get("code", self.data.get("name", "")))

    @property
    def is_repealed(self) -> bool:
        """Whether it says that a benefit is given no more (废止), rather than how."""
        return self.data.get("repealed") is True

    @property
    def at(self) -> str:
        """The place that an error in it names: file and table."""
        return f"{self.pack.file} {self.path}"

    @property
    def programme(self) -> str:
        """The code of the programme that it belongs to."""
        return self.code.split(".")[0]


@frozen(eq=False)
class Pack:
    """A read policy pack.

    ``owner`` is the plugin it lies with, ``core``, or ``user`` for an added file; ``titles`` says what the
    short names of sources that it brings along stand for; ``rows`` are its benefits.
    """

    file: str
    owner: str
    region: str
    name: str = field(converter=in_words)
    source: str
    programmes: tuple[Mapping[str, str], ...] = ()
    titles: Mapping[str, str] = field(factory=dict, repr=False)
    facts: tuple[Fact, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    entries: tuple[PolicyEntry, ...] = field(default=(), repr=False)
    rows: tuple[Row, ...] = field(default=(), repr=False)
    columns: tuple[Row, ...] = field(default=(), repr=False)
    groups: tuple[Row, ...] = field(default=(), repr=False)
    unused: tuple[str, ...] = ()

    @property
    def prefix(self) -> str:
        """The digits a household's region must begin with; empty for the nation."""
        return prefix_of(self.region)

    def applies(self, region: str) -> bool:
        """Return whether the pack is for this region."""
        return region.startswith(self.prefix)


def turning_days(packs: Iterable[Pack], today: date) -> list[date]:
    """Return a day of each policy that packs make one after the other, the latest first: each on which one changes.

    The day before the first change, and today, are among them.
    """
    listed = list(packs)
    dated: list[PolicyEntry | Row] = [entry for pack in listed for entry in pack.entries]
    dated += [row for pack in listed for row in (*pack.rows, *pack.columns, *pack.groups)]
    starts = {part.start for part in dated if part.start}
    ends = {part.until + timedelta(days=1) for part in dated if part.until and part.until < date.max}
    before = {min(starts) - timedelta(days=1)} if starts else set()
    return sorted(starts | ends | before | {today}, reverse=True)
