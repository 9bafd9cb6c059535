"""A handbook as one HTML file that asks for nothing from outside."""

from __future__ import annotations

from importlib.resources import files

from bangfu import __version__
from bangfu.handbook import lists_page, rules_page
from bangfu.handbook.markup import Child, Html, anchor, el, join, link
from bangfu.handbook.model import Handbook, PackInForce
from bangfu.handbook.parts import described
from bangfu.handbook.sources import cited
from bangfu.handbook.standards import day_text
from bangfu.regions import prefix_of

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NATION = "全国"


def handbook_as_html(handbook: Handbook) -> str:
    """Return the handbook as a whole HTML document."""
    title = f"{_place(handbook)}帮扶政策手册（{day_text(handbook.on)}）"
    style = (files("bangfu.handbook") / "handbook.css").read_text(encoding="utf-8")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        el("title", title),
        el("style", Html(f"\n{style}")),
    )
    body = el(
        "body",
        link("top", "跳到正文", class_="skip"),
        _header(handbook),
        el("div", _contents(handbook), _main(handbook), class_="columns"),
        el("footer", el("p", f"本手册由 bangfu {__version__} 按规则的声明生成，只供办理时查阅，以正式文件为准。")),
    )
    return f"<!DOCTYPE html>\n{el('html', head, body, lang='zh-CN')}"


def _local(handbook: Handbook) -> PackInForce | None:
    """Return the most local of the packs in force that have a name."""
    named = [pack for pack in handbook.packs if pack.name and pack.region != _NATION and pack.says_something]
    return max(named, key=lambda pack: len(prefix_of(pack.region)), default=None)


def _place(handbook: Handbook) -> str:
    if not prefix_of(handbook.region):
        return _NATION
    local = _local(handbook)
    return local.name if local else ""


def _header(handbook: Handbook) -> Html:
    offers, standards = handbook.offers, handbook.standards
    packs = dict.fromkeys(pack.name or pack.file for pack in handbook.packs if pack.says_something)
    given = [standard for standard in standards if standard.is_set]
    checked = sum(standard.verified for standard in given)
    return el(
        "header",
        el("h1", _place(handbook), "帮扶政策手册"),
        described(
            [
                ("地区", ["行政区划代码 ", el("b", handbook.region)]),
                ("日期", el("b", day_text(handbook.on))),
                ("政策包", "、".join(packs)),
                ("内容", f"{len(handbook.departments)} 个帮扶项目，{len(offers)} 项待遇"),
                ("参数", f"{len(given)} 项已设定（{checked} 项已核对），{len(standards) - len(given)} 项未设定"),
            ]
        ),
        _left_out(handbook),
    )


def _left_out(handbook: Handbook) -> Html | None:
    """Return the warning that plugins are missing, so that nobody takes the handbook for complete."""
    if not handbook.left_out:
        return None
    items = [el("li", reason) for reason in handbook.left_out]
    return el("div", el("p", el("b", "下列插件未能使用，其待遇不在本手册内：")), el("ul", items), class_="warning")


def _contents(handbook: Handbook) -> Html:
    """Return the table of contents."""
    entries: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
        ("categories", "低收入类别", [(anchor("category", c.code), c.name) for c in handbook.categories]),
        (
            "recognition",
            "家庭认定",
            [
                ("lines", "收入线"),
                ("members", "家庭成员"),
                ("income", "家庭收入"),
                ("property", "家庭财产"),
            ],
        ),
        ("programmes", "帮扶项目", [(anchor("programme", d.code), d.name) for d in handbook.departments]),
        ("parameters", "政策参数", []),
        ("facts", "可写明的事实", [("facts-household", "全户"), ("facts-member", "成员")]),
        ("packs", "政策包", []),
        ("legend", "图例和依据", []),
    )
    items = [
        el("li", link(target, text), el("ol", [el("li", link(*part)) for part in parts]) if parts else None)
        for target, text, parts in entries
    ]
    return el("nav", el("h2", "目录"), el("ol", items), aria_label="目录")


def _main(handbook: Handbook) -> Html:
    return el(
        "main",
        _part("categories", "一、低收入类别", rules_page.categories(handbook.categories, handbook.recognition)),
        _part("recognition", "二、家庭认定", list(rules_page.recognition(handbook.recognition))),
        _part("programmes", "三、帮扶项目", [rules_page.department(d) for d in handbook.departments]),
        _part("parameters", "四、政策参数", lists_page.parameters(handbook.standards)),
        _part("facts", "五、家庭文件可以写明的事实", [
            el("h3", "全户的事实", id="facts-household"),
            lists_page.facts("关于全户的事实", handbook.household_facts),
            el("h3", "成员的事实", id="facts-member"),
            lists_page.facts("关于每名成员的事实", handbook.member_facts),
        ]),
        _part("packs", "六、政策包", lists_page.packs(handbook.packs)),
        _part("legend", "七、图例和依据", lists_page.legend(cited(handbook))),
        id="top",
    )  # fmt: skip


def _part(target: str, title: str, *content: Child) -> Html:
    return el("section", el("h2", title), join(content), id=target, class_="part")
