"""The tables are what the journal adds up to: whoever edits them behind its back is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Table

from bangfu import Rulebook
from bangfu_office.registry import FactChange, JournalError, Registry
from bangfu_office.registry.schema import (
    assessment_supports,
    assessments,
    households,
    members,
    policies,
    rechecks,
    users,
)
from bangfu_office.registry.tables import prepared
from bangfu_office.registry.users import Role, User, add_user
from registry_people import DAY, HEAD, KEY, WIFE, clerk, done, family, names
from registry_tampering import Tamper, fill, statement, tampered

IN_HOUSEHOLDS = {
    "number": "'丙'",
    "region": "'610625101201'",
    "version": "9",
    "closed": "'迁出'",
    "statements": """replace(statements, '[1,', '[2,')""",
    "facts": """replace(facts, '"homes":1', '"homes":2')""",
    "head": "'某人'",
    "size": "2",
    "disagreements": "1",
    "assessed": """'{"category":"dibao"}'""",
    "category": "'dibao'",
    "programmes": "' education '",
    "missing": "4",
    "changed_at": "'2020-01-01T00:00:00.000000+00:00'",
}
IN_MEMBERS = {
    "household_id": "2",
    "place": "7",
    "status": "'dead'",
    "statements": """replace(statements, '"other"', '"child"')""",
    "facts": """replace(facts, '"other"', '"child"')""",
    "name": "'某人'",
    "name_index": "'某人'",
    "id_index": "'522723199009090055'",
}
IN_RECHECKS = {"household_id": "1", "due": "'2027-01-01'", "reason": "'无'"}
_COPIED = "status, statements, facts, name, name_index, id_index"
ROWS = {
    "a household's facts damaged": "update households set statements = 'x' where number = '甲'",
    "a household's facts emptied": "update households set statements = '{}' where number = '甲'",
    "a member's facts damaged": "update members set statements = '[]' where id = 1",
    "a member removed": "delete from members where id = 3",
    "a member added": f"insert into members select 9, 2, 9, {_COPIED} from members where id = 2",  # noqa: S608 - no input
    "a recheck removed": "delete from rechecks",
    "a recheck added": "insert into rechecks (household_id, due, reason) values (1, '2027-01-01', '无')",
}


def updates(table: str, where: str, values: dict[str, str]) -> dict[str, Tamper]:
    """Return an edit of every column."""
    return {
        f"{table} {column}": statement(f'update {table} set "{column}" = {value} where {where}')  # noqa: S608 - no input
        for column, value in values.items()
    }


EDITS = {
    **updates("households", "number = '甲'", IN_HOUSEHOLDS),
    **updates("members", "id = 3", IN_MEMBERS),
    **updates("rechecks", "1 = 1", IN_RECHECKS),
    **{what: statement(sql) for what, sql in ROWS.items()},
}


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    """Yield a registry of two households, sound before and, put back, after the test."""
    with Registry.open(database_url, key="") as opened:
        fill(opened)
        opened.verify()
        yield opened
        opened.verify()


@pytest.mark.parametrize(
    ("table", "tried", "known"),
    [(households, IN_HOUSEHOLDS, {"id"}), (members, IN_MEMBERS, {"id"}), (rechecks, IN_RECHECKS, set())],
    ids=["households", "members", "rechecks"],
)
def test_every_column_is_tried(table: Table, tried: dict[str, str], known: set[str]) -> None:
    """A new column of what the journal adds up to needs an edit here."""
    assert {*tried, *known} == set(table.columns.keys())


def test_an_edited_table_is_found(registry: Registry, database_url: str, subtests: pytest.Subtests) -> None:
    """Whatever is edited, it is said that the journal is right, and of which household the table is wrong."""
    for what, tamper in EDITS.items():
        with tampered(database_url, tamper), subtests.test(what):
            with pytest.raises(JournalError, match="日志第 10 条") as caught:
                registry.verify()
            assert any(f"家庭 {number}" in str(caught.value) for number in "甲乙丙")


def test_a_removed_household_is_found(registry: Registry, database_url: str) -> None:
    """A household taken out of the tables with all its people is still in the journal."""

    def remove(connection: object) -> None:
        for sql in ("rechecks", "members where id = 4", "households where number = '乙'"):
            statement(f"delete from {sql}")(connection)  # type: ignore[arg-type]  # noqa: S608 - no input

    with tampered(database_url, remove), pytest.raises(JournalError, match="家庭 乙"):
        registry.verify()


KEPT: dict[Table, dict[str, str]] = {
    assessments: {
        "household_id": "2",
        "on": "'2026-03-02'",
        "made_at": "'2020-01-01T00:00:00.000000+00:00'",
        "who": "'别的办事员'",
        "seq": "1",
        "facts": "replace(facts, 'rural', 'urban')",
        "policy": "(select fingerprint from policies where fingerprint <> policy)",
        "plugins": """replace(plugins, '"living":"', '"living":"9')""",
        "category": "'none'",
        "household": "'{}'",
        "totals": "'{}'",
        "result": "policy",
        "outcome": "'{}'",
    },
    assessment_supports: {
        "place": "999",
        "person": "99",
        **dict.fromkeys(
            ("benefit", "programme", "name", "status", "per", "kind", "source", "until", "replaced_by"), "'another'"
        ),
        "amount": "'0.01'",
        "year_amount": "'0.01'",
        "verified": "1 - verified",
    },
    policies: {"content": "replace(content, '0', '1')"},
    users: {
        "name": "'别的办事员'",
        "role": "'administrator'",
        "region": "''",
        "programme": "'education'",
        "password": "'x'",
        "disabled": "1",
    },
}


def test_edited_assessments_and_users_are_found(
    registry: Registry, database_url: str, rulebook: Rulebook, subtests: pytest.Subtests
) -> None:
    """What was found and who may do what is vouched for by the journal too."""
    done(registry, lambda work: work.change("甲", [FactChange("residence", "rural")]))
    registry.assess("甲", rulebook, clerk(), DAY)
    registry.assess("乙", rulebook, clerk(), date(2019, 1, 1))
    user = User("王办事员", Role.CASEWORKER, "522723")
    done(registry, lambda work: add_user(work, user, "a password made up"))
    registry.verify()
    rows = {
        assessments: "id = 1",
        assessment_supports: "assessment_id = 1 and place = 0",
        policies: "fingerprint = (select policy from assessments where id = 1)",
        users: "name = '王办事员'",
    }
    for table, values in KEPT.items():
        for what, tamper in updates(table.name, rows[table], values).items():
            with tampered(database_url, tamper), subtests.test(what), pytest.raises(JournalError):
                registry.verify()


@pytest.mark.parametrize("key", ["", KEY], ids=["plain", "sealed"])
def test_a_household_that_was_prepared_before(database_url: str, key: str) -> None:
    """It is registered as any other: the same journal, the same rows, and what it says later is its own."""
    marked = {**WIFE, "name": "plain:韦"}  # what looks like a mark of the registry's own is a name like any other
    household = family(HEAD, marked, homes=1)
    with Registry.open(database_url, key=key) as registry:
        states = prepared(household, clerk(), registry.catalog, registry.encryption)
        done(registry, lambda work: work.add(household, "甲"), lambda work: work.add(household, "乙", states))
        registry.verify()
        one, other = (registry.household(number) for number in ("甲", "乙"))
        assert one.facts == other.facts == {**household.facts, "homes": 1}
        assert [m.facts for m in one.members] == [m.facts for m in other.members]
        assert names(other) == {"石大山": "head", "plain:韦": "spouse"}
        done(registry, lambda work: work.change("乙", [FactChange("homes", 2)]))
        registry.verify()
        assert (registry.household("甲").facts["homes"], registry.household("乙").facts["homes"]) == (1, 2)
