"""The handbook's pages about rules: categories, recognition, benefits by department."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bangfu.handbook.lines import SIZES
from bangfu.handbook.markup import Child, Html, anchor, code, el, link, table
from bangfu.handbook.model import Category, Department, HowMuch, IncomeLine, Offer, Recognition, Relation
from bangfu.handbook.parts import cited, clause, conditions, described, mark, standards, verified


def categories(of: Iterable[Category], order: Recognition) -> Iterator[Html]:
    """Yield the order in which categories are tried, then every category with its conditions."""
    yield el(
        "p",
        f"全户按{'、'.join(order.order)}的次序，先符合的就是这一户的类别。",
        f"成员先看是不是{'、'.join(order.member_order)}，都不是的随全户。",
        "前面的还不能确定时，类别待定。每一类别所列的条件须全部符合。",
    )
    yield from (_category(category) for category in of)


def _category(category: Category) -> Html:
    return el(
        "section",
        el("h3", category.name, " ", mark("plain", category.of)),
        conditions(category.conditions),
        id=anchor("category", category.code),
        class_="card",
    )


def recognition(of: Recognition) -> Iterator[Html]:
    """Yield the income lines, who counts as a member, and the limits of property."""
    yield el("section", el("h3", "收入线"), _lines(of.lines), id="lines")
    yield el(
        "section",
        el("h3", "共同生活的家庭成员"),
        el("p", "有下列情形之一的，计入家庭成员："),
        conditions(of.counted),
        el("p", "但有下列情形之一的，不计入："),
        conditions(of.not_counted),
        id="members",
        class_="card",
    )
    yield el("section", el("h3", "家庭收入"), standards(of.income), id="income", class_="card")
    limits = [el("p", "没有财产核对结论的，须同时符合："), conditions(of.property)]
    none = el("p", "本地没有设定财产限额，以财产核对的结论为准。")
    yield el("section", el("h3", "家庭财产"), limits if of.property else none, id="property", class_="card")


def _lines(lines: Iterable[IncomeLine]) -> Iterator[Html]:
    """Yield the table of the lines that are set, then the names of those that are not."""
    named = {f"{line.name}（{line.residence}）": line.amounts for line in lines}
    rows = [(name, *amounts) for name, amounts in named.items() if any(amounts)]
    not_set = [name for name, amounts in named.items() if not any(amounts)]
    if rows:
        heads = ("收入线", *(f"{size} 人" for size in SIZES))
        yield table("全户年收入线，按参加核算的人数，单位：元/年", heads, rows, class_="numbers")
    if not_set:
        yield el("p", mark("bad", "未设定"), f" 所需参数未设定，还不能算出：{'、'.join(not_set)}。")


def department(of: Department) -> Html:
    """Return a programme: an index of its benefits, then each of them."""
    head = el("h3", of.name, " ", el("small", of.office) if of.office else None)
    index = el("ol", [el("li", _in_index(offer)) for offer in of.offers], class_="index")
    body: Child = [index, [_offer(offer) for offer in of.offers]]
    return el(
        "section",
        head,
        body if of.offers else el("p", "本地没有这一项目的待遇。"),
        id=anchor("programme", of.code),
        class_="programme",
    )


def _in_index(offer: Offer) -> Child:
    return [link(anchor("benefit", offer.code), offer.name), el("span", offer.how_much.short)]


def _offer(offer: Offer) -> Html:
    marks = [mark("plain", text) for text in (offer.of, offer.kind, offer.per) if text]
    not_set = mark("bad", "未设定") if offer.how_much.unset else None
    return el(
        "article",
        el("h4", offer.name),
        el("p", code(offer.code), " ", marks, not_set, verified(yes=offer.verified), class_="marks"),
        described(
            [
                ("对象", conditions(offer.conditions) if offer.conditions else f"全部{offer.of}"),
                ("标准", _how_much(offer.how_much)),
                ("期限", [f"至{offer.until.text}止", standards(offer.until.standards)] if offer.until else None),
                ("叠加", [_relation(relation) for relation in offer.relations]),
                ("另列", "、".join(offer.shows)),
                ("材料", "、".join(offer.documents)),
                ("办理", offer.office),
                ("说明", cited(offer.note)),
                ("依据", clause(offer.source)),
                ("政策包", offer.pack),
            ]
        ),
        id=anchor("benefit", offer.code),
        class_="card",
    )


def _how_much(how_much: HowMuch) -> Child:
    return [el("strong", how_much.full), standards(how_much.standards)]


def _relation(relation: Relation) -> Html:
    links = [el("li", link(anchor("benefit", other.code), other.name)) for other in relation.others]
    return el(
        "div",
        f"{relation.text}：",
        clause(relation.source),
        el("ol" if relation.in_order else "ul", links),
        standards(relation.standards),
    )
