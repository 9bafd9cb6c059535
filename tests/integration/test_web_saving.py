"""The form of a household: what is corrected is saved, what is emptied is unknown, two clicks write once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import permutations

import pytest

from bangfu_office.registry import Attribution, FactChange, Registry, Source
from bangfu_office.registry.users import Role
from posted_forms import Forms
from web_desk import FAMILY, GUIDING, ON, SINGLE, Visitor, id_number

pytest_plugins = ["web_desk"]

ClientAs = Callable[..., Visitor]
EDIT = f"/households/{FAMILY}/edit"
OF_HEAD = id_number(GUIDING, "1980-03-15", 1)
NUMBERS = [id_number(GUIDING, "1980-03-15", order) for order in (1, 3, 5, 7, 9, 11)]


@pytest.fixture
def caseworker(client_as: ClientAs) -> Visitor:
    """Return the browser of a caseworker of the family's county."""
    return client_as(Role.CASEWORKER, GUIDING[:6])


def form_at(visitor: Visitor, path: str, action: str | None = None) -> dict[str, str]:
    """Return the fields of a form as the page has them."""
    return next(fields for sent_to, fields, _ in Forms(visitor.get(path).text).found if sent_to == (action or path))


def saved(visitor: Visitor, path: str, form: dict[str, str]) -> str:
    """Send a form, expect that it is saved, and return where it goes on."""
    answer = visitor.send(path, form)
    assert answer.status_code == 303, re.findall(r'class="error[^>]*>.*?</(?:span|div)', answer.text)
    return str(answer.headers["location"])


@pytest.mark.parametrize(("wrong", "right"), list(permutations(NUMBERS, 2))[::2])
def test_a_corrected_id_number_is_saved(caseworker: Visitor, web_registry: Registry, wrong: str, right: str) -> None:
    """As floats the two would be the same: they differ beyond the sixteenth digit."""
    head = web_registry.household(FAMILY).members[0].id
    with web_registry.work(Attribution("李办事员", on=ON)) as work:
        work.change(FAMILY, [FactChange("id_number", wrong, head)])
    saved(caseworker, EDIT, {**form_at(caseworker, EDIT), "m0.id_number": right})
    assert web_registry.household(FAMILY).members[0].facts["id_number"] == right


def test_an_untouched_form_changes_nothing(caseworker: Visitor, web_registry: Registry) -> None:
    """Not the covered ID numbers either, nor amounts that are written otherwise."""
    before = web_registry.history(FAMILY)
    form = form_at(caseworker, EDIT)
    assert form["m0.incomes.0.amount"] == "600.00"
    saved(caseworker, EDIT, {**form, "m0.incomes.0.amount": "600"})
    assert web_registry.history(FAMILY) == before


def test_id_numbers_are_covered_until_somebody_asks(caseworker: Visitor, web_registry: Registry) -> None:
    """As on the page beside it: covered, a click, an entry in the journal; what was filled in stays."""
    page = caseworker.get(EDIT).text
    assert OF_HEAD not in page
    assert f"{OF_HEAD[:4]}**********{OF_HEAD[-4:]}" in page
    assert "石大山" not in page
    assert "显示姓名和证件号码" in page
    before = len(web_registry.history(FAMILY))
    shown = caseworker.send(EDIT, {**form_at(caseworker, EDIT), "redraw": "reveal", "reason": "核对户口簿"}).text
    assert OF_HEAD in shown
    assert "石大山" in shown
    assert "显示姓名和证件号码" not in shown
    assert 'value="核对户口簿"' in shown
    assert [entry.operation for entry in web_registry.history(FAMILY)[before:]] == ["seen"]


def test_drafts_are_covered_too(caseworker: Visitor) -> None:
    """A draft kept while the numbers were shown does not show them the next time."""
    form = form_at(caseworker, EDIT)
    caseworker.send(f"/drafts/{FAMILY}", {**form, "m0.id_number": OF_HEAD, "h.homes": "1"})
    page = caseworker.get(EDIT).text
    assert "未保存的草稿" in page
    assert OF_HEAD not in page
    saved(caseworker, EDIT, form_at(caseworker, EDIT))


def test_a_covered_number_is_known_while_the_form_is_redrawn(caseworker: Visitor) -> None:
    """What is presumed, and what would decide something, is worked out with it; without it nothing could be."""
    form = form_at(caseworker, EDIT)
    assert "*" in form["m0.id_number"]
    assert "推定：" in caseworker.send(EDIT, {**form, "redraw": "more"}).text
    assert "推定：" not in caseworker.send(EDIT, {**form, "m0.id_number": "5227**0000", "redraw": "more"}).text


def test_an_emptied_field_is_unknown(caseworker: Visitor, web_registry: Registry) -> None:
    """Though it was an import that stated it, and the form speaks for the applicant."""
    with web_registry.work(Attribution("导入", Source.IMPORTED, ON)) as work:
        work.change(FAMILY, [FactChange("homes", 2)])
    form = form_at(caseworker, EDIT)
    assert form["h.homes"] == "2"
    saved(caseworker, EDIT, {**form, "h.homes": ""})
    assert "homes" not in web_registry.household(FAMILY).facts


def test_emptying_what_a_stronger_source_states_is_refused_with_the_way_out(
    caseworker: Visitor, web_registry: Registry
) -> None:
    """At the field, with who states it; with that source chosen, it is saved."""
    with web_registry.work(Attribution("比对", Source.MATCHED, ON)) as work:
        work.change(FAMILY, [FactChange("homes", 2)])
    form = {**form_at(caseworker, EDIT), "h.homes": ""}
    answer = caseworker.send(EDIT, form)
    assert answer.status_code == 422
    assert f"部门比对（{ON}）另有说法" in answer.text
    assert 'href="#h.homes"' in answer.text
    saved(caseworker, EDIT, {**form, "source": "matched"})
    assert "homes" not in web_registry.household(FAMILY).facts


def test_what_does_not_count_is_said_on_the_plan(caseworker: Visitor, web_registry: Registry) -> None:
    """The applicant says one home, the matching two: both are kept, and the plan says which it uses."""
    with web_registry.work(Attribution("比对", Source.MATCHED, ON)) as work:
        work.change(FAMILY, [FactChange("homes", 2)])
    plan = saved(caseworker, EDIT, {**form_at(caseworker, EDIT), "h.homes": "1"})
    page = re.sub(r"<[^>]+>", "", caseworker.get(plan).text)
    assert "来源的说法不一，计算时以括号中的为准：住房套数（部门比对）" in page


def test_an_older_observation_is_refused(caseworker: Visitor, web_registry: Registry) -> None:
    """What was seen in January does not undo what was seen in February."""
    with web_registry.work(Attribution("李办事员", on=date(2026, 2, 10))) as work:
        work.change(FAMILY, [FactChange("homes", 1)])
    answer = caseworker.send(EDIT, {**form_at(caseworker, EDIT), "h.homes": "0", "observed_on": "2026-01-15"})
    assert answer.status_code == 422
    assert "本人申报在 2026-02-10 已有更新的说法" in answer.text
    assert web_registry.household(FAMILY).facts["homes"] == 1


def test_the_head_died_and_the_spouse_becomes_head(caseworker: Visitor, web_registry: Registry) -> None:
    """In one form, as it is told at the counter."""
    head, wife, child = (person.id for person in web_registry.household(FAMILY).members)
    form = {**form_at(caseworker, EDIT), "m0.leaves": "dead", "m1.relation": "head", "observed_on": "2026-04-07"}
    saved(caseworker, EDIT, form)
    record = web_registry.household(FAMILY)
    assert {person.id: person.facts["relation"] for person in record.members} == {wife: "head", child: "child"}
    assert [(person.id, person.status) for person in record.former] == [(head, "dead")]
    assert record.rechecks == (("2026-07-07", "家庭人口减少"),)


def test_two_clicks_register_one_household(caseworker: Visitor, web_registry: Registry) -> None:
    """The second is answered as the first; gone back to and filled in otherwise, the form registers another one."""
    form = {**form_at(caseworker, "/households/new"), "h.region": GUIDING, "h.residence": "rural"}
    form |= {"m0.name": "覃春谷", "m0.relation": "head", "m0.sex": "female", "m0.birth_date": "1990-05-06"}
    before = set(web_registry.numbers())
    first = saved(caseworker, "/households/new", form)
    assert saved(caseworker, "/households/new", form) == first
    assert len(set(web_registry.numbers()) - before) == 1
    assert saved(caseworker, "/households/new", {**form, "m0.name": "覃春禾"}) != first
    fresh = form_at(caseworker, "/households/new")["_once"]
    assert saved(caseworker, "/households/new", {**form, "_once": fresh}) != first


def test_two_clicks_save_once(caseworker: Visitor, web_registry: Registry) -> None:
    """The second is no conflict with oneself."""
    form = {**form_at(caseworker, EDIT), "h.homes": "1"}
    assert saved(caseworker, EDIT, form) == saved(caseworker, EDIT, form)
    assert [entry.fact for entry in web_registry.history(FAMILY) if entry.operation == "fact"] == ["homes"]


def test_two_clicks_on_an_event_let_one_child_be_born(caseworker: Visitor, web_registry: Registry) -> None:
    """Nor are there two assessments of one moment."""
    events, plan = f"/households/{FAMILY}/events", f"/households/{FAMILY}/plan"
    form = {**form_at(caseworker, events), "event": "born", "born.relation": "child", "born.birth_date": "2026-02-03"}
    assert saved(caseworker, events, form) == saved(caseworker, events, form)
    assert len(web_registry.household(FAMILY).members) == 4
    keep = f"/households/{FAMILY}/assess"
    form = form_at(caseworker, plan, keep)
    assert saved(caseworker, keep, form) == saved(caseworker, keep, form)
    assert len(web_registry.assessments(FAMILY)) == 1


def test_two_clicks_on_an_answer_are_no_conflict_with_oneself(caseworker: Visitor, web_registry: Registry) -> None:
    """The second shows the plan with the answer, as the first does."""
    page, path = f"/households/{FAMILY}/plan", f"/households/{FAMILY}/answers"
    asked = next(fields for sent_to, fields, _ in Forms(caseworker.get(page).text).found if sent_to == path)
    answer = {**asked, "fact": "homes", "person": "", "value": "1"}
    for _ in range(2):
        assert caseworker.send(path, answer).status_code == 303
    assert [entry.fact for entry in web_registry.history(FAMILY) if entry.operation == "fact"] == ["homes"]


def test_the_same_form_of_somebody_else_is_another(
    caseworker: Visitor, client_as: ClientAs, web_registry: Registry
) -> None:
    """A token says nothing of who sends it."""
    form = {**form_at(caseworker, f"/households/{SINGLE}/edit"), "h.homes": "1"}
    saved(caseworker, f"/households/{SINGLE}/edit", form)
    reviewer = client_as(Role.REVIEWER)
    answer = reviewer.send(f"/households/{SINGLE}/edit", {**form, "_csrf": reviewer.csrf})
    assert answer.status_code == 409
    assert web_registry.household(SINGLE).facts["homes"] == 1
