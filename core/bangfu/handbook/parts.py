"""The small parts that all of the handbook's pages share: clauses, marks, standards, conditions."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.handbook.markup import Child, Html, anchor, code, el, link
from bangfu.handbook.model import Condition, Standard
from bangfu.policy.sources import Code, clause_pieces, source_titles


def cited(text: str) -> list[Child]:
    """Return a text with the codes of known documents linked to the list of them."""
    return [
        link(anchor("text", piece), piece) if isinstance(piece, Code) and piece in source_titles() else piece
        for piece in clause_pieces(text)
    ]


def clause(source: str) -> Html | None:
    """Return the clause that something rests on, in brackets."""
    return el("span", "［", cited(source), "］", class_="clause") if source else None


def mark(kind: str, text: str) -> Html:
    """Return a small mark such as *not verified*."""
    return el("span", text, class_=f"mark {kind}")


def verified(*, yes: bool) -> Html:
    """Return the mark that says whether figures were checked against the official text."""
    return mark("good", "已核对") if yes else mark("warn", "未核对")


def unset(standard: Standard) -> Html:
    """Return the mark of a standard that nothing sets, with the parameter's name."""
    return el("span", mark("bad", "未设定"), " ", code(standard.name))


def standards(of: Iterable[Standard]) -> Html | None:
    """Return the standards a rule rests on, each with its value or *not configured*."""
    items = [el("li", _standard(standard)) for standard in of]
    return el("ul", items, class_="standards") if items else None


def _standard(standard: Standard) -> Child:
    name = link(anchor("standard", standard.name), standard.label)
    if not standard.is_set:
        return [name, " ", unset(standard)]
    a_year = f"（{standard.a_year}）" if standard.a_year else None
    return [name, " ", el("b", standard.text), a_year, " ", None if standard.verified else verified(yes=False)]


def conditions(of: Iterable[Condition]) -> Html:
    """Return conditions as a list, grounds of which one suffices nested in it."""
    return el("ul", [el("li", _condition(condition)) for condition in of], class_="conditions")


def _condition(condition: Condition) -> Child:
    if not condition.parts:
        return [condition.text, clause(condition.source), standards(condition.standards)]
    how = "须同时具备：" if condition.together else "符合下列任一项："
    text = f"{condition.text}——{how}" if condition.text else how
    return [text, clause(condition.source), conditions(condition.parts)]


def described(terms: Iterable[tuple[Child, Child]]) -> Html:
    """Return terms with their descriptions, those without one left out."""
    pairs = [el("div", el("dt", term), el("dd", content)) for term, content in terms if content]
    return el("dl", pairs)
