"""The changes that caseworkers are asked about most, each a few facts at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from bangfu import Catalog, Choice, Level
from bangfu.messages import _
from bangfu_office.forms import FieldView
from bangfu_office.forms.fields import YES_NO

Values = Mapping[str, str]
Facts = Mapping[str, Any]


@frozen
class PresetField:
    """One thing to fill in for a preset; with a ``fact``, what can be chosen is what the fact can be."""

    name: str
    label: str
    kind: str = "choice"
    fact: str = ""
    without: tuple[str, ...] = ()
    options: Mapping[str, str] = {}
    needed: bool = True


@frozen
class Preset:
    """A usual change: which ``facts`` it touches, what is to be filled in, and what becomes of the facts.

    ``changes`` takes the values of the parts and the subject's facts as they are.
    """

    code: str
    title: str
    level: Level
    facts: tuple[str, ...]
    parts: tuple[PresetField, ...]
    changes: Callable[[Values, Facts], dict[str, Any]]
    hint: str = ""

    def fields(self, catalog: Catalog, values: Values, errors: Mapping[str, str]) -> list[FieldView]:
        """Return the inputs of the parts."""
        made = []
        for part in self.parts:
            declared = catalog.by_name[part.fact].type if part.fact else None
            options = declared.labels if isinstance(declared, Choice) else part.options
            offered = {code: label for code, label in options.items() if code not in part.without}
            name = f"{self.code}.{part.name}"
            text, error = values.get(name, ""), errors.get(name, "")
            made.append(FieldView(part.fact, name, part.label, part.kind, text, offered, error=error))
        return made


def _work(values: Values, facts: Facts) -> dict[str, Any]:
    """Put the new wage in the place of every wage there is; other incomes stay."""
    wage = {"kind": "wage", "amount": values["wage"].replace(",", "").replace("，", ""), "per": "month"}
    others = [entry for entry in facts.get("incomes") or () if entry["kind"] != "wage"]
    return {"employment": "employed", "incomes": [*others, wage]}


def _school(values: Values, facts: Facts) -> dict[str, Any]:
    """Go to a stage, from its first year unless another is written; who leaves does not board."""
    stage = values["stage"]
    if stage == "none":
        return {"school_stage": stage, "school_year": None, "boarding": False}
    stays = facts.get("school_stage") == stage
    year: Any = values.get("year") or (facts.get("school_year") if stays else 1)
    boards: Any = {"true": True, "false": False}.get(values.get("boarding", ""))
    year = int(year) if isinstance(year, str) and year.isascii() and year.isdigit() and len(year) < 4 else year  # noqa: PLR2004
    return {"school_stage": stage, "school_year": year, "boarding": boards}


def _disabled(values: Values, _: Facts) -> dict[str, Any]:
    return {"disability_kind": values["kind"], "disability_grade": int(values["grade"])}


PRESETS = (
    Preset(
        "work",
        _("开始工作"),
        Level.MEMBER,
        ("employment", "incomes"),
        (PresetField("wage", _("每月工资（元）"), "amount"),),
        _work,
        _("由这份工资代替现有的工资；其他收入不变，没有登记的按没有算"),
    ),
    Preset(
        "school",
        _("升学、转学或离开学校"),
        Level.MEMBER,
        ("school_stage", "school_year", "boarding"),
        (
            PresetField("stage", _("就读阶段"), fact="school_stage"),
            PresetField("year", _("年级"), "whole", needed=False),
            PresetField("boarding", _("在校寄宿"), options=YES_NO, needed=False),
        ),
        _school,
        _("新的阶段不写年级的，按第一年；不写是否寄宿的，按未知"),
    ),
    Preset(
        "disabled",
        _("被认定为残疾"),
        Level.MEMBER,
        ("disability_kind", "disability_grade"),
        (
            PresetField("kind", _("残疾类别"), fact="disability_kind", without=("none",)),
            PresetField("grade", _("残疾等级"), options={str(n): _("{grade} 级", grade=n) for n in range(1, 5)}),
        ),
        _disabled,
        _("劳动能力已写明的不变"),
    ),
    Preset("insured", _("参加基本医疗保险"), Level.MEMBER, ("insured",), (), lambda *_: {"insured": True}),
    Preset(
        "dwelling",
        _("住房经鉴定"),
        Level.HOUSEHOLD,
        ("dwelling_grade",),
        (PresetField("grade", _("房屋危险等级"), fact="dwelling_grade"),),
        lambda values, _: {"dwelling_grade": values["grade"]},
    ),
)
