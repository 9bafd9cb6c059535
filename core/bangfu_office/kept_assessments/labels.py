"""The words for what stands in a kept assessment: codes, amounts and people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import define, field

from bangfu import Catalog, Choice, Per
from bangfu.facts import CATEGORY_LABELS
from bangfu.messages import _
from bangfu.rules import SupportKind
from bangfu.show import amount_said, category_said
from bangfu_office.registry import Record

_STATUS = {"eligible": _("符合"), "ineligible": _("不符合"), "undetermined": _("不能确定"), "": _("不享受")}


@define
class KeptLabels:
    """Says what was kept as codes; ``programmes`` names programmes, the record people by their number."""

    catalog: Catalog
    programmes: Mapping[str, str]
    record: Record
    _codes: Mapping[str, str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._codes = _unambiguous(self.catalog)

    def person(self, number: int | None) -> str:
        """Return a person's name; who has moved to another household is not named here any more."""
        if number is None:
            return _("全户")
        known = {person.id: person.facts.get("name") for person in (*self.record.members, *self.record.former)}
        if number not in known:
            return _("成员 {number}（已迁往别户）", number=number)
        return str(known[number] or "") or _("成员 {number}", number=number)

    category = staticmethod(category_said)

    def value(self, text: str | None) -> str:
        """Return a value of a reason; empty for yes, no and whatever has no words of its own."""
        if text is None or text in {"true", "false"}:
            return ""
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text if text[:4].isdigit() else self._codes.get(text, "")
        return f"{number:,.2f}" if "." in text else text

    def support(self, support: Mapping[str, Any] | None) -> str:
        """Return what came of a support: its amount, or that there is none."""
        if support is None or support["status"] != "eligible":
            return _STATUS["" if support is None else support["status"]]
        if support["replaced_by"]:
            return _("让位于其他帮扶")
        if support["amount"] is None and support["kind"] == SupportKind.CASH:
            return _("金额未知")
        amount, year_amount = (
            None if support[name] is None else Decimal(support[name]) for name in ("amount", "year_amount")
        )
        return amount_said(SupportKind(support["kind"]), Per(support["per"]), amount, year_amount)


def _unambiguous(catalog: Catalog) -> dict[str, str]:
    """Return the labels of codes that mean the same in every fact."""
    found: dict[str, set[str]] = {}
    for labels in (CATEGORY_LABELS, *(fact.type.labels for fact in catalog.facts if isinstance(fact.type, Choice))):
        for code, label in labels.items():
            found.setdefault(code, set()).add(label)
    return {code: next(iter(labels)) for code, labels in found.items() if len(labels) == 1}
