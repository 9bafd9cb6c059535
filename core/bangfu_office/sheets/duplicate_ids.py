"""One ID number in two households: told by row, for a clerk to find out whose it is; nothing is refused for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import define, field

from bangfu.messages import _, joined
from bangfu_office.masking import masked_id
from bangfu_office.registry import Work
from bangfu_office.registry.duplicates import Registered, registered
from bangfu_office.sheets.read import SheetHousehold
from bangfu_office.workbook_files.problems import place

_MOST = 200
"""Rows that are told of; of more it is told how many."""


@define
class Twice:
    """Looks for ID numbers of a workbook that stand in another household, of the workbook or of the registry.

    ``allowed`` says of a division code whether households there may be named.
    """

    sheet: str
    allowed: Callable[[str], bool]
    _rows: dict[str, list[tuple[str, int]]] = field(factory=dict, repr=False)
    _registered: dict[str, Registered] = field(factory=dict, repr=False)

    def look(self, work: Work, some: Sequence[SheetHousehold]) -> None:
        """Note the ID numbers of some households, and where else they are registered."""
        numbers = []
        for one in some:
            for (_number, row), facts in zip(one.members, one.household.members, strict=True):
                if "id_number" in facts:
                    self._rows.setdefault(facts["id_number"], []).append((one.number, row))
                    numbers.append(facts["id_number"])
        self._registered |= registered(work.connection, work.encryption, numbers, allowed=self.allowed)

    def notices(self) -> list[str]:
        """Return a line for every row whose ID number is somebody's in another household too; the number is masked."""
        found = [line for number, rows in self._rows.items() for line in self._found(number, rows)]
        if len(found) > _MOST:
            found[_MOST:] = [_("另有 {n} 行的公民身份号码重复登记，没有列出", n=len(found) - _MOST)]
        return found

    def _found(self, number: str, rows: Sequence[tuple[str, int]]) -> Iterator[str]:
        here = {name for name, _row in rows}
        registered_in = self._registered.get(number, Registered(()))
        # What this workbook tells of itself is told once.
        elsewhere = [name for name in registered_in.numbers if name not in here]
        if registered_in.elsewhere:
            elsewhere.append(_("另有一处登记"))
        for household, row in rows:
            others = [_("本表第 {other} 行", other=other) for name, other in rows if name != household]
            if others or elsewhere:
                where, shown, listing = place(self.sheet, row), masked_id(number), joined("、", [*others, *elsewhere])
                yield _(
                    "{where}：公民身份号码 {shown} 同时登记在：{list}；请核对是谁的号码",
                    where=where,
                    shown=shown,
                    list=listing,
                )
