"""Made-up populations as files: Parquet, and household files with made-up names and ID numbers, for demonstrations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from errno import EEXIST
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from bangfu.facts import CORE_FACTS, Catalog, Level
from bangfu.files.id_number import check_character
from bangfu.frames import Frames
from bangfu.generate.population import Population
from bangfu.keys import DAY, HOUSEHOLD_KEY, MEMBER_KEY
from bangfu.lists import FILES, ROWS_IN_GROUP
from bangfu.private import make_file, make_folder
from bangfu.unwritable import written_by_polars


def write_population(population: Population, households: int, folder: Path) -> tuple[Path, Path]:
    """Write ``households.parquet`` and ``members.parquet`` into a folder, made where it is not there; return both.

    They are written part by part, so that any number of households fits in memory, with the columns of
    ``bangfu.lists.parquet_schema``, in the order of the households. The same population gives the same bytes.
    A file appears under its name when it is complete.

    Raises:
        FileExistsError: one of the files is there already; nothing is written.
        OSError: the folder cannot be written.
    """
    whole = folder / FILES[Level.HOUSEHOLD], folder / FILES[Level.MEMBER]
    for file in whole:
        if file.exists():
            raise FileExistsError(EEXIST, "is there already", str(file))
    make_folder(folder)
    with TemporaryDirectory(prefix=".generate-", dir=folder) as name:
        temporary = Path(name)
        for number, frames in enumerate(population.chunks(households)):
            for file, frame in zip(whole, (frames.households, frames.members), strict=True):
                part = temporary / f"{number:06}-{file.name}"
                with written_by_polars(part):
                    frame.write_parquet(part)
        for file in whole:
            joined, parts = temporary / file.name, sorted(temporary.glob(f"*-{file.name}"))
            make_file(joined)
            with written_by_polars(joined):
                pl.scan_parquet(parts).sink_parquet(joined, row_group_size=ROWS_IN_GROUP, maintain_order=True)
        for file in whole:
            (temporary / file.name).rename(file)
    return whole


_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
    "于杜叶程魏苏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN = {
    "male": "国建军华明志强文海山林平德福生贵永春新民成东亮勇斌浩宇轩杰涛磊峰刚健波辉鹏飞龙云江河金来顺发有才",
    "female": "秀兰英桂珍玉梅芳丽霞红燕玲敏静娟翠凤莲花春香月琴云彩雪婷颖慧欣怡佳琪萍艳娜美巧小青素清",
}
_ONE_CHARACTER = 0.25
_NO_ID_NUMBER = 0.03
_ORDERS = 500
"""Order numbers of people of one sex born in one place on one day."""

_OWN_FAMILY = ("child_in_law", "other")
_OF_HEAD, _OF_SPOUSE = ("parent", "grandparent", "sibling"), ("parent_in_law",)


def generated_households(
    households: int, *, seed: int, regions: Sequence[str], on: date, catalog: Catalog = CORE_FACTS
) -> list[dict[str, Any]]:
    """Return the made-up households that ``generated`` gives for the same arguments as the data of household files.

    Each is a mapping that ``bangfu.household_from`` takes and JSON holds: days and amounts are text, facts
    that are unknown are left out. Members have a made-up ``name`` and, but for a few, an ``id_number``
    that agrees with birth date and sex, its first digits the region's; no number comes twice.

    Raises:
        ValueError: as ``generated``.
    """
    taken: set[str] = set()
    population = Population(seed, tuple(regions), on, catalog)
    return [each for part in population.chunks(households) for each in _files(part, seed, taken)]


def _files(frames: Frames, seed: int, taken: set[str]) -> Iterator[dict[str, Any]]:
    members = frames.members.rows_by_key(HOUSEHOLD_KEY, named=True)
    for household in frames.households.rows(named=True):
        people = members[household[HOUSEHOLD_KEY]]
        random = Random(f"{seed}/{household[HOUSEHOLD_KEY]}")  # noqa: S311 - nothing secret is drawn
        names = _names(random, people)
        yield {
            **_written(household),
            "members": [
                {"name": name, **_id_number(random, household["region"], member, taken), **_written(member)}
                for name, member in zip(names, people, strict=True)
            ],
        }


def _written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that are known, as JSON holds them."""
    dropped = (HOUSEHOLD_KEY, MEMBER_KEY, DAY) if MEMBER_KEY in facts else (HOUSEHOLD_KEY,)
    return {name: _value(value) for name, value in facts.items() if value is not None and name not in dropped}


def _value(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case list():
            return [{name: _value(field) for name, field in entry.items() if field is not None} for entry in value]
        case _:
            return value


def _names(random: Random, people: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a name for each member: children have their father's surname, men who belong together the same."""
    family = random.choice(_SURNAMES)
    relations = {person["relation"]: person for person in people}
    married_in = people[0]["sex"] == "female" and "spouse" in relations
    head = random.choice(_SURNAMES) if married_in else family
    spouse = family if married_in else random.choice(_SURNAMES)
    names = []
    for person in people:
        relation, sex = person["relation"], person["sex"] or "male"
        own = random.choice(_SURNAMES)
        surname = {"head": head, "spouse": spouse}.get(relation, family)
        if relation in _OF_HEAD:
            surname = head if sex == "male" or relation == "sibling" else own
        elif relation in _OF_SPOUSE:
            surname = spouse if sex == "male" else own
        elif relation in _OWN_FAMILY:
            surname = own
        characters = 1 if random.random() < _ONE_CHARACTER else 2
        names.append(surname + "".join(random.sample(_GIVEN[sex], characters)))
    return names


def _id_number(random: Random, region: str, member: Mapping[str, Any], taken: set[str]) -> dict[str, str]:
    """Return an ID number that nobody else has; none where birth date or sex is unknown, and for a few."""
    start, none = random.randrange(_ORDERS), random.random() < _NO_ID_NUMBER
    if none or member["birth_date"] is None or member["sex"] is None:
        return {}
    before = f"{region[:6]}{member['birth_date']:%Y%m%d}"
    for by in range(_ORDERS):
        digits = f"{before}{(start + by) % _ORDERS * 2 + (member['sex'] == 'male'):03}"
        if digits not in taken:
            taken.add(digits)
            return {"id_number": digits + check_character(digits)}
    return {}
