"""The files of a population: found, looked through, cut into parts by household."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest

from bangfu import InputError, Level
from bangfu.facts import CORE_FACTS
from bangfu.screen.sources import File, Range, Surveyed, files_of, notices, ranges, step_of, survey


def file_of(folder: Path, keys: list[int | None], name: str = "f.parquet", rows_in_group: int = 10) -> File:
    """Return a file of households with these keys."""
    path = folder / name
    pl.DataFrame({"household": keys}, schema={"household": pl.Int64}).write_parquet(path, row_group_size=rows_in_group)
    return File(str(path), Level.HOUSEHOLD)


def both(folder: Path) -> None:
    """Write two empty files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, fact in (("households", "region"), ("members", "relation")):
        pl.DataFrame(schema={"household": pl.Int64, fact: pl.String}).write_parquet(folder / f"{name}.parquet")


def test_files_lie_in_the_folder_or_in_folders_below(tmp_path: Path) -> None:
    """In the order of their paths; hidden folders are left out, what folders are named for is a column."""
    for place in (".", "region=522723", "region=340123/year=2024", ".parts"):
        both(tmp_path / place)
    found = [(Path(file.path).parent.relative_to(tmp_path).as_posix(), file.columns) for file in files_of(tmp_path)]
    assert found == [
        (".", ()),
        (".", ()),
        ("region=340123/year=2024", (("region", "340123"), ("year", "2024"))),
        ("region=340123/year=2024", (("region", "340123"), ("year", "2024"))),
        ("region=522723", (("region", "522723"),)),
        ("region=522723", (("region", "522723"),)),
    ]


def test_a_file_may_be_a_folder_of_files(tmp_path: Path) -> None:
    """As Spark writes it, partitioned or not."""
    for level in ("households", "members"):
        for part in ("part-0", "region=340123/part-1"):
            path = tmp_path / f"{level}.parquet" / f"{part}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pl.DataFrame({"household": [1]}).write_parquet(path)
    found = files_of(tmp_path)
    assert [file.level for file in found] == [Level.HOUSEHOLD] * 2 + [Level.MEMBER] * 2
    assert found[1].columns == (("region", "340123"),)
    assert found[1].scan().collect().to_dicts() == [{"household": 1, "region": "340123"}]


def test_a_file_s_own_column_goes_before_its_folder_s(tmp_path: Path) -> None:
    """What the rows say is more than what the folder says."""
    path = tmp_path / "f.parquet"
    pl.DataFrame({"household": [1], "region": ["340123101201"]}).write_parquet(path)
    file = File(str(path), Level.HOUSEHOLD, (("region", "340123"),))
    assert file.scan().collect()["region"].item() == "340123101201"


def test_a_file_without_the_other_is_an_error(tmp_path: Path) -> None:
    """As is a folder without any; the folder is named."""
    with pytest.raises(InputError, match="没有人群文件"):
        files_of(tmp_path)
    both(tmp_path / "a")
    (tmp_path / "a" / "members.parquet").unlink()
    with pytest.raises(InputError, match=r"a：只有 households\.parquet"):
        files_of(tmp_path)


def test_what_is_no_parquet_file_is_an_error(tmp_path: Path) -> None:
    """The file is named."""
    path = tmp_path / "households.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match=r"households\.parquet.*\n.*读不出来"):
        list(notices([File(str(path), Level.HOUSEHOLD)], CORE_FACTS))


def test_a_column_is_noticed_once_for_all_files(tmp_path: Path) -> None:
    """However many partitions there are."""
    files = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame({"household": [1], "region": ["340123"], "home": [1]}).write_parquet(path)
        files.append(File(str(path), Level.HOUSEHOLD))
    [notice] = notices(files, CORE_FACTS)
    assert notice == "households.parquet 的列 home：不认识的列，不读；最接近的是 homes"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([], (0, None, None, False, True)),
        ([1, 2, 2, 9], (4, 1, 9, False, True)),
        ([3, 1], (2, 1, 3, False, False)),
        ([1, None, 2], (3, 1, 2, True, True)),
        ([None], (1, None, None, True, True)),
    ],
)
def test_a_survey_says_what_the_keys_come_to(
    tmp_path: Path, keys: list[int | None], expected: tuple[object, ...]
) -> None:
    """Rows, lowest, highest, whether some have none, whether they are in order."""
    found = survey(file_of(tmp_path, keys), 2)
    assert (found.rows, found.lowest, found.highest, found.has_null, found.in_order) == expected


def test_a_survey_does_not_depend_on_how_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of whatever size give the same sample and see the same order."""
    file = file_of(tmp_path, list(range(1000)), rows_in_group=64)
    whole = survey(file, 7)
    assert whole.sample == tuple(range(0, 1000, 7))
    monkeypatch.setattr("bangfu.screen.sources._BATCH", 33)
    assert survey(file, 7) == whole


def surveyed(keys: list[int], step: int) -> Surveyed:
    """Return the survey of a file that has these keys, in order."""
    sample = tuple(keys[::step])
    return Surveyed(File("", Level.HOUSEHOLD), len(keys), keys[0], keys[-1], False, True, step, sample)


@pytest.mark.parametrize("files", [1, 3, 40])
@pytest.mark.parametrize("size", [10, 100, 5000])
def test_ranges_hold_every_key_once_and_are_of_about_one_size(files: int, size: int) -> None:
    """Also where the keys are spread over many files."""
    random = Random(files * size)  # noqa: S311 - nothing secret is drawn
    keys = sorted(random.sample(range(10**6), 3000))
    spread = [keys[i::files] for i in range(files)]
    found = ranges([surveyed(own, step_of(size)) for own in spread], size)
    assert found[0].low is None
    assert found[-1].high is None
    assert [one.high for one in found[:-1]] == [one.low for one in found[1:]]
    frame = pl.DataFrame({"household": keys})
    counts = [frame.filter(one.test).height for one in found]
    assert sum(counts) == len(keys)
    assert max(counts) <= 2 * size + files * step_of(size)


def test_rows_without_a_key_are_in_the_first_range(tmp_path: Path) -> None:
    """And the files they are in are read with it."""
    found = survey(file_of(tmp_path, [100, None]), 1)
    first, second = Range(None, 50), Range(50, None)
    assert (found.overlaps(first), found.overlaps(second)) == (True, True)
    frame = pl.DataFrame({"household": [100, None]})
    assert frame.filter(first.test)["household"].to_list() == [None]
    assert frame.filter(second.test)["household"].to_list() == [100]
    assert not survey(file_of(tmp_path, [100]), 1).overlaps(first)


@pytest.mark.parametrize(
    "keys",
    [
        pl.Series([100, 2**63 + 5], dtype=pl.UInt64),
        pl.Series([100.0, float("nan")]),
        pl.Series(["100", "x"]),
    ],
)
def test_keys_that_are_no_whole_number_are_in_the_first_range(keys: pl.Series) -> None:
    """Wherever they would sort: no range leaves a row out."""
    frame = pl.DataFrame({"household": keys})
    taken = [frame.filter(one.test)["household"].len() for one in (Range(None, 50), Range(50, 200), Range(200, None))]
    assert taken == [1, 1, 0]
