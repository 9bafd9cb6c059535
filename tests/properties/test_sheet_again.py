"""The same workbook again: it says nothing new, and nobody joins, whatever was known and whatever happened between."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu import InputError, household_from
from bangfu_office.registry import Attribution, FactChange, Registry, RegistryError, Source
from bangfu_office.sheets import Report, import_workbook
from rulebooks import CATALOG, examples
from workbooks import REGION, Book, id_number

DAY = date(2026, 3, 1)
BY = Attribution("王办事员", Source.DECLARED, DAY)
NUMBER = "001"
TELLING = ("name", "id_number", "birth_date", "sex", "relation", "insured")

# Few values, so that people are often alike: same-named twins, nobody named at all, one name written in four ways.
NAMES = ("张三", "张　三", "张 三", "张四", "Ａli", "Ali", "买买提·艾力", "买买提•艾力")
BORN = ("2015-05-05", "1980-01-01")
IDS = tuple(id_number(born.replace("-", ""), order) for born in BORN for order in (1, 2, 3))
MEMBERS = st.fixed_dictionaries(
    {"relation": st.sampled_from(("child", "child", "spouse", "other"))},
    optional={
        "name": st.sampled_from(NAMES),
        "id_number": st.sampled_from(IDS),
        "birth_date": st.sampled_from(BORN),
        "sex": st.sampled_from(("male", "female")),
        "insured": st.booleans(),
    },
)
WORDS = {"child": "子女", "spouse": "配偶", "other": "其他", "head": "户主", "male": "男", "female": "女"}
People = list[dict[str, Any]]


@st.composite
def families(draw: st.DrawFn) -> People:
    """Draw the people of a household; who has an ID number was born then and is of that sex, and has it alone."""
    people = draw(st.lists(MEMBERS, min_size=1, max_size=5))
    if draw(st.booleans()):
        people[0]["relation"] = "head"
    taken = set()
    for person in people:
        number = person.get("id_number")
        if number in taken:
            del person["id_number"]
        elif number:
            taken.add(number)
            person.pop("birth_date", None)
            person.pop("sex", None)
    return people


def workbook(people: Sequence[Mapping[str, Any]], places: Sequence[int], path: Path) -> Path:
    """Write a workbook of one household, the people in these places."""
    rows = [
        [NUMBER, place, *(_cell(person.get(fact)) for fact in TELLING)]
        for place, person in zip(places, people, strict=True)
    ]
    sheets = {"家庭": [["户编号", "region"], [NUMBER, REGION]], "成员": [["户编号", "成员序号", *TELLING], *rows]}
    return Book(sheets).save(path)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else WORDS.get(value, value)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty registry to be copied: its tables are made once."""
    path = tmp_path_factory.mktemp("registry") / "empty.db"
    Registry.open(str(path), catalog=CATALOG).close()
    return path


def opened(empty: Path, folder: str, before: People | None) -> Registry:
    """Return a registry in which the household stands as it was declared, or (None) not at all."""
    registry = Registry.open(str(shutil.copy(empty, Path(folder) / "registry.db")), catalog=CATALOG)
    if before is not None:
        with registry.work(BY) as work:
            work.add(household_from({"region": REGION, "members": before}, on=DAY, catalog=CATALOG), NUMBER)
    return registry


def taken(registry: Registry, path: Path) -> Report | None:
    """Import a workbook; None where it was refused."""
    try:
        return import_workbook(registry, path, BY)
    except InputError:
        return None


PLACES = st.permutations(range(1, 9))


@examples(60)
@given(st.one_of(st.none(), families()), families(), PLACES)
def test_a_second_import_changes_nothing(
    empty: Path, before: People | None, people: People, places: Sequence[int]
) -> None:
    """Over whatever was declared before, with gaps between the numbers of members and in any order."""
    with TemporaryDirectory() as folder, opened(empty, folder, before) as registry:
        path = workbook(people, places[: len(people)], Path(folder) / "households.xlsx")
        if taken(registry, path) is None:
            return
        head = registry.verify()
        again = taken(registry, path)
        assert again is not None
        assert again.unchanged == 1
        assert registry.verify() == head


EVENTS = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(("leave", "die", "split", "name", "born", "number", "forget"))),
    min_size=1,
    max_size=3,
)


@examples(60)
@given(st.one_of(st.none(), families()), families(), PLACES, EVENTS)
def test_nobody_joins_by_an_import_that_was_taken_before(
    empty: Path, before: People | None, people: People, places: Sequence[int], events: Sequence[tuple[int, str]]
) -> None:
    """Though people, who have a name, were put right, died, left or moved to a household of their own since."""
    for place, person in enumerate(people):
        person.setdefault("name", f"王{place}")
    with TemporaryDirectory() as folder, opened(empty, folder, before) as registry:
        path = workbook(people, places[: len(people)], Path(folder) / "households.xlsx")
        if taken(registry, path) is None:
            return
        for whom, event in events:
            _happens(registry, whom, event)
        present = len(registry.household(NUMBER).members)
        if taken(registry, path) is not None:
            assert len(registry.household(NUMBER).members) == present
            head = registry.verify()
            assert taken(registry, path) is not None
            assert registry.verify() == head


def _happens(registry: Registry, whom: int, event: str) -> None:
    """Let something happen to a member, where it can."""
    members = registry.household(NUMBER).members
    if not members:
        return
    person = members[whom % len(members)]
    visited = {
        "name": FactChange("name", "李五", person.id),
        "born": FactChange("birth_date", "1979-12-31", person.id),
        "number": FactChange("id_number", IDS[0], person.id),
        "forget": FactChange("relation", "other", person.id),
    }
    try:
        with registry.work(Attribution("李干部", Source.DECLARED if whom % 2 else Source.VISITED, DAY)) as work:
            if event in visited:
                work.change(NUMBER, [visited[event]])
            elif event == "split":
                work.split(NUMBER, {person.id: "head"})
            elif event == "die":
                work.died(NUMBER, person.id)
            else:
                work.leave(NUMBER, person.id)
    except (InputError, RegistryError):
        return
