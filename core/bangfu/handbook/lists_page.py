"""The handbook's lists: packs, parameters, facts, and the legend."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.handbook.markup import Child, Html, anchor, code, el, table
from bangfu.handbook.model import Document, PackInForce, Standard, StatedFact
from bangfu.handbook.parts import clause, described, mark, verified

_LEGEND: tuple[tuple[str, str], ...] = (
    ("未知", "没有写明的事实是未知，不当作零，也不当作否；只有列出推定的才按推定处理，写明的总以写明的为准。"),
    ("不低于、不高于", "含本数。"),
    ("高于、低于", "不含本数，正好在线上的不算。"),
    ("算式", "算式中的金额一律折合为全年的元，按月的乘以 12；算完后四舍五入到分，只在最后一步取整。"),
    ("成员、全户", "“成员”的待遇按人逐一判断，“全户”的待遇一户一份。"),
    ("任一项", "符合其中一项即可；没有写“任一项”的条件须全部符合。"),
    ("收入线", "线是标准乘以参加核算的人数，比较时不做除法，因此取整不会影响结论。"),
    ("依据", "所引文件的施行日期晚于手册日期的，当时是否适用请向主管部门核实。"),
    ("政策包", "同一项标准，行政区划最长（最具体）的政策包优先；同一地区，本地添加的优先于系统自带的。"),
)


def packs(of: Iterable[PackInForce]) -> Html:
    """Return the packs that apply, with how much of each is in force."""
    rows = [(_pack_name(pack), pack.region, pack.owner, clause(pack.source), _in_force(pack)) for pack in of]
    return table("适用于本地的政策包", ("政策包", "地区", "来自", "依据", "当日有效"), rows)


def _pack_name(pack: PackInForce) -> Child:
    return [pack.name or "（未命名）", " ", code(pack.file)]


def _in_force(pack: PackInForce) -> Child:
    text = f"{pack.standards} 项标准、{pack.offers} 项待遇"
    return [text, el("p", f"没有项目使用的参数：{'、'.join(pack.unused)}") if pack.unused else None]


def parameters(of: Iterable[Standard]) -> Html:
    """Return every parameter with value, unit, clause, pack and whether it was verified."""
    rows = [_parameter(standard) for standard in of]
    return table("政策参数：数值、依据、政策包、是否核对", ("参数", "数值", "依据", "政策包", "核对"), rows)


def _parameter(standard: Standard) -> tuple[Child, ...]:
    name = el("span", standard.label, " ", code(standard.name), id=anchor("standard", standard.name))
    if not standard.is_set:
        unit = f" 单位：{standard.unit}" if standard.unit else None
        return name, [mark("bad", "未设定"), unit], None, None, None
    a_year = f"（{standard.a_year}）" if standard.a_year else None
    pack = f"{standard.pack}，{standard.validity}" if standard.validity else standard.pack
    return name, [el("b", standard.text), a_year], clause(standard.source), pack, verified(yes=standard.verified)


def facts(caption: str, of: Iterable[StatedFact]) -> Html:
    """Return the facts that a file can state, what is presumed where one is absent, and what to ask."""
    rows = [
        (
            [fact.label, " ", code(fact.name)],
            [fact.type, _choices(fact.choices)],
            [fact.if_absent, clause(fact.source)],
            fact.question,
        )
        for fact in of
    ]
    return table(caption, ("事实", "怎样填写", "未写明时", "怎样询问"), rows, class_="facts")


def _choices(choices: tuple[tuple[str, str], ...]) -> Html | None:
    items = [el("li", label, " ", code(key)) for key, label in choices]
    return el("ul", items, class_="choices") if items else None


def legend(documents: Iterable[Document]) -> Iterable[Html]:
    """Return what the marks and words mean, and the texts behind the short codes."""
    marks: list[tuple[str, Child]] = [
        (verified(yes=True), "数值已与正式文件核对。"),
        (verified(yes=False), "数值尚未与正式文件核对，发放前请核实。"),
        (mark("bad", "未设定"), "本地没有设定这一参数；用到它的待遇不能确定，须先由主管部门明确。"),
    ]
    yield described([*marks, *_LEGEND])
    rows = [(el("span", document.code, id=anchor("text", document.code)), document.title) for document in documents]
    yield table("依据的简称和全称", ("简称", "全称"), rows)
