"""Assessments as they are kept: results as rows, reasons by making them again, and registries that kept them whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.pool import NullPool

from bangfu import Rulebook, household_from
from bangfu.plan import Plan
from bangfu.show import plan_as_json
from bangfu_office.registry import JournalError, Registry, RegistryError, assessing
from bangfu_office.registry.backup import _ORDER, backup, restore
from bangfu_office.registry.schema import assessment_supports, assessments
from bangfu_office.registry.serialization import text
from registry_people import HEAD, added, clerk, done
from web_desk import FAMILY, HOUSEHOLDS, ON, POLICY

OLD_DIGEST = ("id", "on", "made_at", "who", "seq", "facts", "policy", "plugins", "outcome")


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """Return the installed programmes with made-up standards: 5,400 a head and year for dibao in the country."""
    pack = tmp_path_factory.mktemp("policy") / "pack.toml"
    pack.write_text(POLICY, encoding="utf-8")
    return Rulebook.load([pack])


@pytest.fixture
def registry(database_url: str, rules: Rulebook) -> Iterator[Registry]:
    """Yield an empty registry that knows the facts of all programmes."""
    with Registry.open(database_url, catalog=rules.catalog, key="") as opened:
        yield opened


@pytest.fixture
def number(registry: Registry, rules: Rulebook) -> str:
    """Return the number of a registered couple with a daughter at school, who earn 600 yuan a month."""
    household = household_from({**HOUSEHOLDS[FAMILY], "on": ON}, catalog=rules.catalog)
    return str(done(registry, lambda work: work.add(household))[0])


def test_what_is_kept_is_what_the_plan_says(registry: Registry, number: str, rules: Rulebook) -> None:
    """Every support that is more than a no stands as a row, to the fen; category and sums beside it."""
    plan, made = registry.assess(number, rules, clerk(), ON)
    kept = registry.assessment(number, made.id)
    assert kept == made
    assert (kept.household["category"], kept.totals["year"]) == ("dibao", "14260.00")
    dibao = next(support for support in kept.supports if support["name"] == "最低生活保障金")
    assert (dibao["recipient"], dibao["year_amount"]) == ("household", "9000.00")  # 3 × 5,400 − 12 × 600
    due = [(s.benefit.code, s.recipient, s.status.value) for s in plan.supports if s.status.value != "ineligible"]
    assert [(s["benefit"], s["recipient"], s["status"]) for s in kept.supports] == due
    registry.verify()


def test_the_reasons_come_back(registry: Registry, number: str, rules: Rulebook) -> None:
    """Made again, the whole plan is what it was, to the word, though none of it was kept."""
    plan, made = registry.assess(number, rules, clerk(), ON)
    again = registry.replay(made, rules)
    whole = json.loads(json.dumps(plan_as_json(plan)))
    for member in whole["household"]["members"]:
        del member["name"]
    assert (again.same, again.same_result, again.other_versions) == (True, True, ())
    assert json.loads(json.dumps(again.outcome)) == whole
    assert registry.assessment(number, made.id).outcome is None


def test_a_month_of_ten_thousand_households_is_kept_in_a_hundred_megabytes(
    registry: Registry, number: str, rules: Rulebook
) -> None:
    """A twentieth of what the whole plan takes: 10 KB at most for a family, with its entry in the journal."""
    registry.assess(number, rules, clerk(), ON)
    with registry.database.reading() as connection:
        row = connection.execute(select(assessments)).mappings().one()
        supports = connection.execute(select(assessment_supports)).mappings().all()
    values = [str(value) for part in (row, *supports) for value in part.values()]
    written = sum(len(value.encode()) for value in (*values, registry.history(number)[-1].new or ""))
    assert written < 10_000


def test_a_list_reads_neither_facts_nor_supports(registry: Registry, number: str, rules: Rulebook) -> None:
    """However many were kept: two queries, of what a list shows."""
    for _ in range(5):
        registry.assess(number, rules, clerk(), ON)
    asked: list[str] = []
    event.listen(registry.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    listed = registry.assessments(number, 3)
    assert [one.id for one in listed] == [5, 4, 3]
    reading = [query for query in asked if "FROM" in query]
    assert len(reading) == 2
    assert not [query for query in reading if "assessments.facts" in query or "assessment_supports" in query]


def test_an_assessment_of_another_household_is_not_found(registry: Registry, number: str, rules: Rulebook) -> None:
    """Nor one that nobody made, nor one whose number no database can hold."""
    other = added(registry, HEAD)
    _, made = registry.assess(number, rules, clerk(), ON)
    for household, key in ((other, made.id), (number, made.id + 1), (number, 10**30)):
        with pytest.raises(RegistryError, match="没有编号"):
            registry.assessment(household, key)


def as_before(url: str, outcomes: Mapping[int, str]) -> None:
    """Bring a registry back to how it kept assessments before results were rows: whole plans, no rows."""
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.exec_driver_sql("drop table requests")
        connection.exec_driver_sql("drop table assessment_supports")
        for key, outcome in outcomes.items():
            connection.execute(assessments.update().where(assessments.c.id == key).values(outcome=outcome))
        for column in ("category", "household", "totals", "result"):
            connection.exec_driver_sql(f"alter table assessments drop column {column}")
        for column in ("first_until", "factor", "recovery"):
            connection.exec_driver_sql(f"alter table users drop column {column}")
        connection.exec_driver_sql("update alembic_version set version_num = '0001'")


@pytest.fixture
def kept_whole(registry: Registry, number: str, rules: Rulebook, monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Return the whole plans, as JSON, of two assessments that the journal vouches for as it did before."""
    whole: dict[int, str] = {}

    def vouched(row: Mapping[str, Any], _supports: object) -> str:
        old = {**row, "outcome": whole[row["id"]]}
        return hashlib.sha256(text([old[name] for name in OLD_DIGEST]).encode()).hexdigest()

    def as_json(plan: Plan) -> dict[str, Any]:
        outcome = plan_as_json(plan)
        nameless = [{k: v for k, v in one.items() if k != "name"} for one in outcome["household"]["members"]]
        whole[len(whole) + 1] = text(outcome | {"household": outcome["household"] | {"members": nameless}})
        return outcome

    monkeypatch.setattr(assessing, "digest_of", vouched)
    monkeypatch.setattr(assessing, "plan_as_json", as_json)
    registry.assess(number, rules, clerk(), ON)
    done(registry, lambda work: work.died(number, work.state(number).present[2].id))
    registry.assess(number, rules, clerk(), ON)
    monkeypatch.undo()
    return whole


def test_a_registry_that_kept_whole_plans(
    registry: Registry, number: str, rules: Rulebook, kept_whole: dict[int, str], database_url: str
) -> None:
    """It is brought up to date: the rows follow from the plans, which stay, for the journal vouches for them."""
    before = [registry.assessment(number, key) for key in kept_whole]
    registry.database.dispose()
    as_before(database_url, kept_whole)
    with Registry.open(database_url, key="") as opened:
        opened.verify()
        for made, whole in zip(before, kept_whole.values(), strict=True):
            found = opened.assessment(number, made.id)
            assert found.outcome == json.loads(whole)
            assert (found.supports, found.household, found.totals) == (made.supports, made.household, made.totals)
            assert opened.replay(found, rules).same
        opened.assess(number, rules, clerk(), ON)
        opened.verify()
        with opened.database.writing() as connection:
            connection.execute(assessment_supports.update().values(year_amount="1.00"))
        with pytest.raises(JournalError, match="评估 1"):
            opened.verify()


def test_a_backup_of_a_registry_that_kept_whole_plans(
    registry: Registry, number: str, kept_whole: dict[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken in, and the rows follow from the plans here too."""
    with registry.database.writing() as connection:
        for key, whole in kept_whole.items():
            connection.execute(assessments.update().where(assessments.c.id == key).values(outcome=whole))
    expected = [registry.assessment(number, key) for key in kept_whole]
    file = tmp_path / "old.zip"
    monkeypatch.setattr("bangfu_office.registry.backup.REVISION", "0001")
    monkeypatch.setattr(
        "bangfu_office.registry.backup._ORDER", tuple(t for t in _ORDER if t is not assessment_supports)
    )
    backup(registry, file)
    monkeypatch.undo()
    with Registry.open(str(tmp_path / "new.db"), key="") as opened:
        restore(opened, file)
        opened.verify()
        assert [opened.assessment(number, key) for key in kept_whole] == expected
        with opened.database.reading() as connection:
            assert connection.execute(select(func.count()).select_from(assessment_supports)).scalar_one() > 0
